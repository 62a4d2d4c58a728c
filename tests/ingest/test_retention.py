"""Clean-up on a real store: what goes, what stays, and what is told of it."""

import asyncio
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

import pytest

from exporters.metrics import Metrics
from ingest.retention import Retention
from ingest.space import Space
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import Segment, Tombstone
from nvr.settings import Ages, Budget, RetentionSettings, StorageSettings
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_store import record

DAY = 86_400.0
NO_PROMISE, NEVER = Ages(0, 0), Ages(inf, inf)


def limits(budget: Budget, keep: Ages = NO_PROMISE, delete: Ages = NEVER) -> RetentionSettings:
    return RetentionSettings(budget, keep, delete)


@pytest.fixture
def recorded(store: Store, footage: Path) -> list[Segment]:
    """Twenty segments of five seconds, some days old."""
    return [record(store, footage, NOON + timedelta(seconds=5 * n), index=n) for n in range(20)]


class Keeper:
    """A retention at a moment of its own."""

    def __init__(self, store: Store, facts: KeptFacts, metrics: Metrics, volume: RetentionSettings) -> None:
        self.now = NOON + timedelta(days=3)
        clock = UtcClock(wall=self._wall)
        settings = StorageSettings(store.root, retention=volume)
        self.metrics, self.facts = metrics, facts
        self.retention = Retention(settings, {}, store, facts=facts, telemetry=metrics, clock=clock)

    def _wall(self) -> float:
        return self.now.timestamp()

    @property
    def stones(self) -> list[tuple[Segment, str]]:
        return [(fact.segment, fact.policy) for fact in self.facts.facts if isinstance(fact, Tombstone)]

    def deleted(self, policy: str) -> float:
        labels = {"site": "test", "reason": policy}
        return self.metrics.registry.get_sample_value("nvr_retention_deleted_segments_total", labels) or 0.0


KeeperOf = Callable[[RetentionSettings], Keeper]


@pytest.fixture
def keeper_of(store: Store, facts: KeptFacts, metrics: Metrics) -> KeeperOf:
    return lambda volume: Keeper(store, facts, metrics, volume)


@pytest.fixture
def size(footage: Path) -> int:
    return footage.stat().st_size


def test_from_the_trigger_to_the_target_the_oldest_goes(
    store: Store, recorded: list[Segment], size: int, keeper_of: KeeperOf
) -> None:
    keeper = keeper_of(limits(Budget(None, 22 * size)))
    keeper.retention.run_once()
    assert keeper.stones == [(segment, "budget") for segment in recorded[:4]]
    assert store.segments("yard", NOON, NOON + timedelta(hours=1)) == recorded[4:]
    assert [store.file(segment).exists() for segment in recorded] == [False] * 4 + [True] * 16
    assert keeper.deleted("budget") == 4
    status = keeper.retention.status
    assert (status.used_bytes, status.retention_last_success) == (16 * size, keeper.now)


def test_under_the_trigger_nothing_goes(store: Store, recorded: list[Segment], size: int, keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(None, 24 * size)))
    keeper.retention.run_once()
    assert keeper.facts.facts == []
    assert all(store.file(segment).exists() for segment in recorded)


def test_footage_goes_when_it_reaches_its_limit(recorded: list[Segment], keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(0.5), delete=Ages(3 * DAY, 3 * DAY)))
    keeper.now = recorded[10].end + timedelta(days=3, seconds=1)
    keeper.retention.run_once()
    assert keeper.stones == [(segment, "delete_after") for segment in recorded[:11]]


def test_a_promise_yields_before_the_disk_is_full_and_says_so(
    recorded: list[Segment], size: int, keeper_of: KeeperOf, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = keeper_of(limits(Budget(None, 20 * size), keep=Ages(7 * DAY, 7 * DAY)))
    keeper.retention.run_once()
    assert keeper.stones == [(segment, "emergency") for segment in recorded[:2]]
    assert {stone.promised_seconds for stone in keeper.facts.facts if isinstance(stone, Tombstone)} == {7 * DAY}
    assert keeper.deleted("emergency") == 2
    assert keeper.retention.status.broke_promise == keeper.retention.status.made_room is not None
    assert "emergency" in caplog.text


@pytest.mark.usefixtures("recorded")
def test_what_somebody_else_needs_is_not_taken_from_promised_footage_without_need(
    size: int, keeper_of: KeeperOf
) -> None:
    keeper = keeper_of(limits(Budget(None, 22 * size), keep=Ages(7 * DAY, 7 * DAY)))
    keeper.retention.run_once()
    assert keeper.stones == []


def test_a_disk_that_says_that_it_is_full_is_believed(recorded: list[Segment], keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(0.5)))
    keeper.retention.run_once()
    assert keeper.stones == []
    keeper.retention.press()
    keeper.retention.run_once()
    assert keeper.stones == [(recorded[0], "budget")]
    status = keeper.retention.status
    assert (status.made_room is None, status.broke_promise) == (False, None)


@pytest.mark.usefixtures("immutable_files")
def test_one_file_that_refuses_keeps_no_other(
    store: Store, recorded: list[Segment], size: int, keeper_of: KeeperOf
) -> None:
    keeper = keeper_of(limits(Budget(None, 22 * size)))
    refusing = store.file(recorded[1])
    subprocess.run(["chattr", "+i", refusing], check=True)
    try:
        keeper.retention.run_once()
        assert [segment for segment, _ in keeper.stones] == [recorded[0], recorded[2], recorded[3]]
        run = keeper.retention.last_run
        assert run is not None
        assert (run.refused, run.error) == (1, "")
        asyncio.run(keeper.retention.clean_up())
        assert keeper.retention.last_run is not None
        assert keeper.retention.last_run.refused == 0  # it is left alone from now on
    finally:
        subprocess.run(["chattr", "-i", refusing], check=True)
    assert store.segment(recorded[1].id) == recorded[1]


@pytest.fixture
def immutable_files(tmp_path: Path) -> None:
    """For what only root may do, and not every file system can."""
    trial = tmp_path / "trial"
    trial.touch()
    if subprocess.run(["chattr", "+i", trial], capture_output=True, check=False).returncode:
        pytest.skip("files cannot be made immutable here")
    subprocess.run(["chattr", "-i", trial], check=True)


@pytest.mark.usefixtures("immutable_files")
def test_where_everything_refuses_it_stops(store: Store, footage: Path, size: int, keeper_of: KeeperOf) -> None:
    recorded = [record(store, footage, NOON + timedelta(seconds=5 * n), index=n) for n in range(30)]
    folder = store.file(recorded[0]).parent
    keeper = keeper_of(limits(Budget(None, 10 * size)))
    subprocess.run(["chattr", "+i", folder], check=True)
    try:
        with pytest.raises(StorageError, match="too many files refuse"):
            keeper.retention.run_once()
        assert keeper.stones == []
    finally:
        subprocess.run(["chattr", "-i", folder], check=True)
    assert len(store.segments("yard", NOON, NOON + timedelta(hours=1))) == 30


def test_a_preview_is_what_a_run_does(store: Store, recorded: list[Segment], size: int, keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(None, 22 * size), keep=Ages(2.99 * DAY, 2.99 * DAY)))
    planned = keeper.retention.preview()
    assert all(store.file(segment).exists() for segment in recorded)
    keeper.retention.run_once()
    assert keeper.retention.last_run is not None
    assert planned.steps == keeper.retention.last_run.steps
    [camera] = planned.cameras
    assert (camera.segments, camera.size_bytes, camera.oldest) == (20, 20 * size, recorded[0].start)
    assert planned.freeable_bytes == 20 * size


@pytest.mark.usefixtures("recorded")
def test_other_limits_hold_at_once(keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(0.5)))
    keeper.retention.run_once()
    assert keeper.stones == []
    keeper.retention.change(limits(Budget(0.5), delete=Ages(DAY, DAY)), {})
    keeper.retention.run_once()
    assert len(keeper.stones) == 20


def test_a_forecast_counts_what_was_written_and_is_gone(
    store: Store, footage: Path, size: int, keeper_of: KeeperOf
) -> None:
    keeper = keeper_of(limits(Budget(None, 10**9)))
    first = keeper.now - timedelta(days=2)
    written = [record(store, footage, first + timedelta(hours=hour), index=hour) for hour in range(48)]
    store.delete(written[:24], "budget", keeper.now)
    found = keeper.retention.forecast()
    assert found.bytes_a_day == pytest.approx(24 * size, rel=0.05)
    assert found.clean_up is not None
    assert isinstance(found.clean_up, datetime)


@pytest.mark.parametrize(
    ("space", "full", "urgent"),
    [
        (Space(1000, 500, 0, 0), False, 0),
        (Space(1000, 4, 0, 0), False, 6),
        (Space(1000, 500, 100, 50), False, 0),
        (Space(1000, 500, 100, 12), False, 90),
        (Space(1000, 500, 10_000, 50), False, 6),
        (Space(1000, 500, 0, 0), True, 8),
    ],
)
def test_need_is_of_bytes_of_files_or_of_what_the_disk_says(space: Space, full: bool, urgent: int) -> None:
    assert space.urgent_bytes(400, is_full=full) == urgent


def test_room_for_what_is_recorded_next_is_made_and_half_of_the_footage_at_most_goes_for_it() -> None:
    assert Space(1000, 500, 0, 0).urgent_bytes(400, next_bytes=100) == 0
    assert Space(1000, 60, 0, 0).urgent_bytes(400, next_bytes=100) == 40
    assert Space(1000, 60, 0, 0).urgent_bytes(400, next_bytes=100, is_full=True) == 100
    assert Space(1000, 10, 0, 0).urgent_bytes(400, next_bytes=5000) == 190


def test_a_share_is_of_what_the_volume_offers_and_a_size_is_itself() -> None:
    assert Budget(fraction=0.9).resolve(1000) == 900
    assert Budget(fraction=1.0).resolve(1000) == 970
    assert Budget(fraction=None, size_bytes=123).resolve(1000) == 123
    assert Budget(fraction=None, size_bytes=5000).resolve(1000) == 970
    assert Budget(fraction=None, free_bytes=300).resolve(1000) == 700
    assert Budget(fraction=None, free_bytes=3000).resolve(1000) == 0
