"""Segments with motion are marked, whenever they are entered: before, while or after it, and after a restart."""

from datetime import timedelta
from pathlib import Path

import pytest

from exporters.metrics import Metrics
from ingest.cleanup import Cleanup
from ingest.store import CATALOGUE, Store
from nvr.clock import UtcClock
from nvr.model import MotionEvent, Segment, Tombstone
from nvr.settings import RetentionSettings
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_protections import protection
from tests.ingest.test_ring import event
from tests.ingest.test_store import record

SECONDS = timedelta(seconds=1)


def marked(store: Store) -> list[float]:
    """When those begin that have motion, in seconds after noon."""
    found = store.catalogue.segments("yard", NOON - 3600 * SECONDS, NOON + 3600 * SECONDS)
    among = store.catalogue.motion.among([segment.id for segment in found])
    return [(segment.start - NOON) / SECONDS for segment in found if segment.id in among]


def note(store: Store, *events: MotionEvent) -> None:
    for each in events:
        store.catalogue.motion.note(each)
    store.catalogue.motion.save()


def segments(store: Store, footage: Path, *starts: float) -> list[Segment]:
    """Of five seconds each."""
    return [record(store, footage, NOON + start * SECONDS, index=int(start)) for start in starts]


def test_what_lies_there_is_marked_with_the_rolls(store: Store, footage: Path) -> None:
    segments(store, footage, 0, 5, 10, 15, 20, 25)
    note(store, event(13, 14))  # its footage is from 10 to 18
    assert marked(store) == [10, 15]


def test_what_is_entered_while_it_lasts_and_after_it_is_marked(store: Store, footage: Path) -> None:
    note(store, event(13, None))
    segments(store, footage, 0, 5, 10)
    assert marked(store) == [10]
    note(store, event(13, 18))  # until 22
    segments(store, footage, 15, 20, 25)
    assert marked(store) == [10, 15, 20]


def test_one_event_of_many_is_enough(store: Store, footage: Path) -> None:
    note(store, event(-40, None), *(event(start, start + 1) for start in range(-400, -40, 10)), event(-40, -39))
    segments(store, footage, 0)
    assert marked(store) == []
    note(store, event(1, 2))
    assert marked(store) == [0]


def test_what_was_recorded_until_a_kill_in_mid_event_is_marked_and_no_more(
    store: Store, footage: Path, tmp_path: Path
) -> None:
    segments(store, footage, 0)
    note(store, event(3, None))
    store.close()
    again = Store(tmp_path / "recordings")
    try:
        segments(again, footage, 5)  # the torn file, adopted
        again.catalogue.motion.close_left_open("yard", NOON + 14 * SECONDS)
        segments(again, footage, 10, 15)
        assert marked(again) == [0, 5, 10]
    finally:
        again.close()


def test_marks_outlive_a_catalogue_that_is_made_anew(store: Store, footage: Path) -> None:
    kept = segments(store, footage, 0, 5)
    note(store, event(7, 8))
    (store.root / CATALOGUE).write_bytes(b"no database at all, whatever it was before" * 200)
    store.look()
    for segment in kept:
        store.catalogue.add(segment, origin=segment.id)
    assert marked(store) == [0, 5]


def test_what_was_noted_is_written_down_at_the_end(store: Store, footage: Path, tmp_path: Path) -> None:
    segments(store, footage, 0)
    store.catalogue.motion.note(event(3, 4))
    store.close()
    again = Store(tmp_path / "recordings")
    assert marked(again) == [0]
    again.close()


def test_marks_go_with_the_last_footage_that_they_could_be_for(store: Store, footage: Path) -> None:
    old = segments(store, footage, 0, 5)
    note(store, event(3, 4))
    store.delete(old[:1], "budget", NOON)
    store.delete(old[1:], "budget", NOON)
    segments(store, footage, 20)
    note(store, event(21, 22))
    rows = store.catalogue._file.rows("SELECT start FROM motion")
    assert len(rows) == 1


@pytest.fixture
def cleanup(store: Store, facts: KeptFacts, metrics: Metrics) -> Cleanup:
    return Cleanup(store, RetentionSettings(), {}, facts=facts, telemetry=metrics, clock=UtcClock())


def test_what_has_no_motion_goes_with_a_tombstone_and_what_has_or_is_protected_stays(
    store: Store, footage: Path, cleanup: Cleanup, facts: KeptFacts
) -> None:
    kept = segments(store, footage, 0, 5, 10, 15)
    note(store, event(3, 3))  # until 7
    store.protections.add(protection(12, 14))
    cleanup.let_go(kept)
    stones = [fact for fact in facts.facts if isinstance(fact, Tombstone)]
    assert [(stone.segment, stone.policy) for stone in stones] == [(kept[3], "no_motion")]
    assert [store.file(segment).exists() for segment in kept] == [True, True, True, False]


def test_the_camera_was_not_away_while_what_went_was_recorded(store: Store, footage: Path, cleanup: Cleanup) -> None:
    kept = segments(store, footage, 0, 5)
    cleanup.let_go(kept)
    assert store.catalogue.last_end("yard") == kept[1].end
