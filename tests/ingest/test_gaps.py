import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exporters.metrics import Metrics
from ingest.gaps import NOTICED_SECONDS, Arrival, GapLedger
from ingest.schedule import Schedule
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import Cause, Gap
from nvr.settings import RecordingMode, RecordingSettings, WeeklyRange
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_store import record

SECONDS, HOURS = timedelta(seconds=1), timedelta(hours=1)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class Hands:
    """Of a clock: `seconds` since noon, and by how much the wall clock was set since."""

    def __init__(self) -> None:
        self.seconds = self.set_by = 0.0
        self.clock = UtcClock(lambda: NOON.timestamp() + self.seconds + self.set_by, lambda: 5000.0 + self.seconds)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def ledger(store: Store, facts: KeptFacts, metrics: Metrics, hands: Hands) -> GapLedger:
    return GapLedger("yard", store.catalogue, facts, metrics, hands.clock)


def _counted(metrics: Metrics, cause: Cause) -> float:
    labels = {"site": "test", "camera": "yard", "reason": cause.value}
    return metrics.registry.get_sample_value("nvr_recording_gap_seconds_total", labels) or 0.0


def _all(store: Store) -> list[Gap]:
    return store.gaps("yard", at(-1e6), at(1e6))


def test_a_new_camera_is_missing_from_its_configuration_on(ledger: GapLedger, store: Store) -> None:
    ledger.begin(at(0))
    ledger.recording(at(2))
    assert _all(store) == [Gap("yard", at(0), at(2), Cause.CONFIG_CHANGE)]


def test_since_the_last_footage_the_recorder_was_down(ledger: GapLedger, store: Store, footage: Path) -> None:
    record(store, footage, at(-100))
    ledger.begin(at(0))
    ledger.recording(at(2))
    assert _all(store) == [Gap("yard", at(-95), at(2), Cause.RECORDER_DOWN)]


def test_a_camera_whose_settings_changed_is_missing_since_its_last_footage(
    ledger: GapLedger, store: Store, footage: Path
) -> None:
    record(store, footage, at(-10))
    ledger.begin(at(0), Arrival.CHANGED)
    ledger.recording(at(2))
    assert _all(store) == [Gap("yard", at(-5), at(2), Cause.CONFIG_CHANGE)]


def test_a_camera_that_comes_back_was_not_missing_before(ledger: GapLedger, store: Store, footage: Path) -> None:
    record(store, footage, at(-100))
    ledger.begin(at(0), Arrival.ADDED)
    ledger.recording(at(2))
    assert _all(store) == [Gap("yard", at(0), at(2), Cause.CONFIG_CHANGE)]


def test_an_outage_is_one_gap_with_its_first_cause(ledger: GapLedger, store: Store, facts: KeptFacts) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    ledger.lost(Cause.EOF, at(60), at(61))
    ledger.lost(Cause.REFUSED, at(60), at(63))
    ledger.lost(Cause.TIMEOUT, at(60), at(80))
    ledger.recording(at(90))
    assert _all(store) == [Gap("yard", at(60), at(90), Cause.EOF)]
    assert facts.facts[-2:] == [Gap("yard", at(60), None, Cause.EOF), Gap("yard", at(60), at(90), Cause.EOF)]


def test_a_camera_that_hung_up_and_now_refuses_the_password_is_missing_for_that(
    ledger: GapLedger, store: Store
) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    ledger.lost(Cause.EOF, at(60), at(61))
    ledger.lost(Cause.AUTH, at(60), at(62))
    ledger.lost(Cause.REFUSED, at(60), at(100))
    ledger.recording(at(120))
    assert _all(store) == [Gap("yard", at(60), at(120), Cause.AUTH)]


def test_a_camera_that_is_away_at_the_start_splits_the_gap(ledger: GapLedger, store: Store, footage: Path) -> None:
    record(store, footage, at(-100))
    ledger.begin(at(0))
    ledger.lost(Cause.REFUSED, at(0.2), at(1))
    ledger.recording(at(30))
    assert _all(store) == [
        Gap("yard", at(-95), at(0.2), Cause.RECORDER_DOWN),
        Gap("yard", at(0.2), at(30), Cause.REFUSED),
    ]


def test_seconds_are_counted_while_the_gap_lasts_and_are_exact_at_its_end(
    ledger: GapLedger, metrics: Metrics, hands: Hands
) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    hands.seconds = 62.0
    ledger.lost(Cause.EOF, at(60), at(62))
    for second in range(63, 100):
        hands.seconds = second
        ledger.tick()
    assert _counted(metrics, Cause.EOF) == pytest.approx(29)
    ledger.recording(at(97.5))
    hands.seconds = 200.0
    ledger.tick()
    assert _counted(metrics, Cause.EOF) == pytest.approx(37.5)


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_clock_that_is_set_counts_no_seconds_that_did_not_pass(
    ledger: GapLedger, metrics: Metrics, hands: Hands, step: float
) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    hands.seconds = 60.0
    ledger.lost(Cause.EOF, at(60), at(60))
    for second in range(61, 100):
        hands.seconds = second
        hands.set_by = step if second > 80 else 0.0
        ledger.tick()
    ledger.recording(at(97.5 + step))
    assert _counted(metrics, Cause.EOF) == pytest.approx(37.5)


def test_a_loss_found_after_the_clock_was_set_ahead_is_not_counted_for_as_long(
    ledger: GapLedger, metrics: Metrics, hands: Hands
) -> None:
    ledger.begin(at(0))
    hands.seconds = 1.0
    ledger.recording(at(0.5))
    hands.seconds, hands.set_by = 7200.0, 3600.0
    ledger.lost(Cause.EOF, at(7199), at(7200 + 3600))
    hands.seconds = 7210.0
    ledger.recording(at(7210 + 3600))
    assert 10 <= _counted(metrics, Cause.EOF) <= 10 + NOTICED_SECONDS


def test_nobody_waits_for_the_disk_that_a_beginning_asks(ledger: GapLedger, store: Store) -> None:
    asked, answered = threading.Event(), threading.Event()

    def hang(_camera: str) -> None:
        asked.set()
        assert answered.wait(60)

    with pytest.MonkeyPatch.context() as hanging, ThreadPoolExecutor() as threads:
        hanging.setattr(store.catalogue, "last_end", hang)
        beginning = threads.submit(ledger.begin, at(0))
        try:
            assert asked.wait(60)
            threads.submit(ledger.tick).result(60)
            threads.submit(ledger.end, at(1)).result(60)
        finally:
            answered.set()
        beginning.result(60)
    [gap] = _all(store)
    assert (gap.start, gap.end) == (at(0), None)


def test_runs_that_follow_at_once_leave_no_gap(ledger: GapLedger, store: Store) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    ledger.lost(Cause.CODEC, at(60), at(61))
    ledger.recording(at(60.05))
    assert _all(store) == []


def test_a_gap_that_was_open_at_the_end_goes_on_at_the_next_start(
    ledger: GapLedger, store: Store, facts: KeptFacts, metrics: Metrics
) -> None:
    ledger.begin(at(0))
    ledger.lost(Cause.AUTH, at(1), at(1))
    again = GapLedger("yard", store.catalogue, facts, metrics, UtcClock())
    again.begin(at(50))
    again.recording(at(60))
    assert _all(store)[-1] == Gap("yard", at(1), at(60), Cause.AUTH)


def test_a_stop_ends_what_the_camera_is_blamed_for(
    ledger: GapLedger, store: Store, facts: KeptFacts, metrics: Metrics
) -> None:
    ledger.begin(at(0))
    ledger.lost(Cause.EOF, at(10), at(11))
    ledger.end(at(20))
    again = GapLedger("yard", store.catalogue, facts, metrics, UtcClock())
    again.begin(at(500))
    again.recording(at(502))
    assert _all(store)[-2:] == [
        Gap("yard", at(10), at(20), Cause.EOF),
        Gap("yard", at(20), at(502), Cause.RECORDER_DOWN),
    ]


def test_a_loss_never_begins_in_the_future(ledger: GapLedger, store: Store) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    ledger.lost(Cause.TIMESTAMP_JUMP, at(600), at(60))
    ledger.recording(at(63))
    assert _all(store) == [Gap("yard", at(60), at(63), Cause.TIMESTAMP_JUMP)]


def test_a_disk_that_refuses_stops_nothing_and_is_made_up_for(
    ledger: GapLedger, store: Store, facts: KeptFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise StorageError("the disk is full", path=store.root)

    ledger.begin(at(0))
    ledger.recording(at(0.05))
    with monkeypatch.context() as full:
        full.setattr(store.catalogue.gaps, "save", refuse)
        ledger.lost(Cause.ENOSPC, at(60), at(61))
        ledger.recording(at(90))
        assert _all(store) == [Gap("yard", at(60), at(90), Cause.ENOSPC)]
    ledger.tick()
    store.close()
    with contextlib.closing(Store(store.root)) as again:
        assert _all(again) == [Gap("yard", at(60), at(90), Cause.ENOSPC)]
    assert facts.facts[-1] == Gap("yard", at(60), at(90), Cause.ENOSPC)


def test_what_the_camera_shows_when_it_is_back_explains_its_silence(ledger: GapLedger, store: Store) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    ledger.lost(Cause.EOF, at(60), at(61))
    ledger.explain(Cause.CODEC)
    ledger.recording(at(64))
    assert _all(store) == [Gap("yard", at(60), at(64), Cause.CODEC)]


@pytest.mark.parametrize("cause", [Cause.AUTH, Cause.ENOSPC, Cause.RECORDER_DOWN])
def test_what_is_known_of_a_gap_is_not_explained_away(ledger: GapLedger, store: Store, cause: Cause) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    ledger.lost(cause, at(60), at(61))
    ledger.explain(Cause.RESOLUTION)
    ledger.recording(at(64))
    assert _all(store) == [Gap("yard", at(60), at(64), cause)]


def test_a_hole_in_a_run_is_a_gap_of_its_own(ledger: GapLedger, store: Store, metrics: Metrics) -> None:
    ledger.begin(at(0))
    ledger.recording(at(0.05))
    ledger.hole(Cause.STALLED, at(30), at(33.5))
    ledger.lost(Cause.EOF, at(60), at(61))
    ledger.recording(at(64))
    assert _all(store) == [Gap("yard", at(30), at(33.5), Cause.STALLED), Gap("yard", at(60), at(64), Cause.EOF)]
    assert _counted(metrics, Cause.STALLED) == 3.5


def _off_from(hour: int, until: int) -> Schedule:
    """Recorded all day but for these hours, in UTC."""
    off = WeeklyRange(frozenset(range(7)), hour * 3600, until * 3600, RecordingMode.OFF)
    return Schedule(RecordingSettings(schedule=(off,)), ZoneInfo("UTC"))


def test_a_recorder_that_was_down_misses_only_what_its_schedule_wanted(
    store: Store, facts: KeptFacts, metrics: Metrics
) -> None:
    store.catalogue.gaps.put(Gap("yard", NOON - 3 * HOURS, NOON - 3 * HOURS + SECONDS, Cause.EOF))
    ledger = GapLedger("yard", store.catalogue, facts, metrics, UtcClock())
    ledger.begin(NOON)
    ledger.keep_only(_off_from(10, 11), NOON)
    day = (NOON - 12 * HOURS, NOON + 12 * HOURS)
    assert [(gap.start, gap.end, gap.cause) for gap in store.gaps("yard", *day)][1:] == [
        (NOON - 3 * HOURS + SECONDS, NOON - 2 * HOURS, Cause.RECORDER_DOWN),
        (NOON - HOURS, None, Cause.RECORDER_DOWN),
    ]


def test_a_recorder_that_starts_outside_a_cameras_time_opens_no_gap(
    store: Store, facts: KeptFacts, metrics: Metrics
) -> None:
    ledger = GapLedger("yard", store.catalogue, facts, metrics, UtcClock())
    ledger.begin(NOON)
    ledger.keep_only(_off_from(10, 13), NOON)
    assert store.gaps("yard", NOON - HOURS, NOON + HOURS) == []
    ledger.begin(NOON + HOURS, Arrival.ADDED)
    [gap] = store.gaps("yard", NOON, NOON + 2 * HOURS)
    assert (gap.start, gap.end, gap.cause) == (NOON + HOURS, None, Cause.CONFIG_CHANGE)


def test_a_gap_stays_whole_where_all_of_it_was_wanted(store: Store, facts: KeptFacts, metrics: Metrics) -> None:
    ledger = GapLedger("yard", store.catalogue, facts, metrics, UtcClock())
    ledger.begin(NOON)
    before = list(facts.facts)
    ledger.keep_only(_off_from(1, 2), NOON)
    assert facts.facts == before
