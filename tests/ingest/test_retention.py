from datetime import timedelta
from math import inf
from pathlib import Path

import pytest

from exporters.metrics import Metrics
from ingest.retention import Retention, expired, surplus
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.model import Segment, Tombstone
from nvr.settings import Ages, Budget, RetentionSettings, StorageSettings
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_store import record


def _segments(count: int, size: int = 100) -> list[Segment]:
    starts = [NOON + timedelta(seconds=60 * n) for n in range(count)]
    return [Segment(f"s{n}", "yard", start, 60.0, size, f"{n}", "h264", 1, 1) for n, start in enumerate(starts)]


def test_what_ended_before_the_limit_is_expired() -> None:
    segments = _segments(4)
    assert expired(segments, NOON + timedelta(seconds=180), 60.0) == segments[:1]
    assert expired(segments, NOON + timedelta(days=900), inf) == []


@pytest.mark.parametrize(("excess", "count"), [(-5, 0), (0, 0), (1, 1), (100, 1), (101, 2), (10_000, 4)])
def test_the_oldest_go_until_the_excess_is_gone(excess: int, count: int) -> None:
    segments = _segments(4)
    assert surplus(segments, excess) == segments[:count]


def test_a_share_is_of_what_the_volume_offers_and_a_size_is_itself() -> None:
    assert Budget(fraction=0.9).resolve(1000) == 900
    assert Budget(fraction=None, size_bytes=123).resolve(1000) == 123
    assert Budget(fraction=None, size_bytes=5000).resolve(1000) == 970


def _retention(store: Store, budget: int, facts: KeptFacts, metrics: Metrics) -> Retention:
    settings = StorageSettings(
        store.root, retention=RetentionSettings(Budget(None, budget), delete_after=Ages(inf, inf))
    )
    return Retention(settings, store, facts=facts, telemetry=metrics, clock=UtcClock())


def test_the_oldest_footage_goes_when_the_budget_is_reached(
    store: Store, footage: Path, facts: KeptFacts, metrics: Metrics
) -> None:
    size = footage.stat().st_size
    recorded = [record(store, footage, NOON + timedelta(seconds=5 * n), index=n) for n in range(6)]
    retention = _retention(store, 3 * size + 10, facts, metrics)
    retention.run_once()
    assert store.segments("yard", NOON, NOON + timedelta(hours=1)) == recorded[3:]
    assert [store.file(segment).exists() for segment in recorded] == [False] * 3 + [True] * 3
    stones = [fact for fact in facts.facts if isinstance(fact, Tombstone)]
    assert [(stone.segment, stone.policy) for stone in stones] == [(s, "budget") for s in recorded[:3]]
    assert retention.status.used_bytes == 3 * size
    assert retention.status.retention_last_success is not None
    deleted = metrics.registry.get_sample_value(
        "nvr_retention_deleted_segments_total", {"site": "test", "reason": "budget"}
    )
    assert deleted == 3


def test_within_the_budget_nothing_goes(store: Store, footage: Path, facts: KeptFacts, metrics: Metrics) -> None:
    segment = record(store, footage, NOON)
    _retention(store, 10**12, facts, metrics).run_once()
    assert store.file(segment).exists()
    assert facts.facts == []
