"""What makes a segment important: how much moves in it, where, and who looks at it; and when that is written down."""

import itertools
from datetime import timedelta
from pathlib import Path

import pytest

from exporters.metrics import Metrics
from ingest.importance import combined, of_event, of_motion
from ingest.interest import LATEST, LOOK_SECONDS, Interest
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import MotionEvent, Segment
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_store import record

SECONDS = timedelta(seconds=1)


def event(start: float, end: float | None, *, peak: float = 0.1, zones: tuple[str, ...] = ()) -> MotionEvent:
    began, ended = NOON + start * SECONDS, None if end is None else NOON + end * SECONDS
    name = MotionEvent.identity("yard", began)
    return MotionEvent(name, "yard", began, ended, peak, (0, 0, 1, 1), zones, began, ended)


class Watched:
    """Interest in a store, at a time of its own."""

    def __init__(self, store: Store, facts: KeptFacts, metrics: Metrics) -> None:
        self.now, self.store = NOON + timedelta(minutes=30), store
        clock = UtcClock(wall=self._seconds, monotonic=self._seconds)
        zones = {"yard": {"door"}}
        self.interest = Interest(store, facts, alert_zones=zones, telemetry=metrics, clock=clock)

    def _seconds(self) -> float:
        return self.now.timestamp()

    def importance(self) -> list[float]:
        self.interest.run_once()
        rows = sorted(self.store.catalogue.holdings(), key=lambda row: str(row[2]))
        return [float(row[7]) for row in rows]  # type: ignore[arg-type]


@pytest.fixture
def watched(store: Store, facts: KeptFacts, metrics: Metrics) -> Watched:
    return Watched(store, facts, metrics)


def recorded(store: Store, footage: Path, numbers: range = range(3)) -> list[Segment]:
    return [record(store, footage, NOON + 5 * n * SECONDS, index=n) for n in numbers]


def test_more_and_larger_motion_is_more_important_and_in_a_zone_that_alerts_most() -> None:
    scale = [
        of_motion(share, peak, alerts=False) for share, peak in ((0, 0), (0.01, 0.01), (0.5, 0.01), (0.5, 0.2), (1, 1))
    ]
    assert scale == sorted(scale)
    assert all(a < b for a, b in itertools.pairwise(scale))
    assert (scale[0], scale[-1]) == pytest.approx((0.2, 0.8))
    assert of_motion(0.01, 0.01, alerts=True) > of_motion(0.3, 0.1, alerts=False)
    assert of_motion(1, 1, alerts=True) < 1


def test_reasons_add_up_and_never_to_certainty() -> None:
    assert combined(0.5, 0.5) == 0.75
    assert combined(0.0, 0.3) == pytest.approx(0.3)
    assert combined(0.9, 0.9) < 1


def test_a_segment_counts_what_moves_within_it(store: Store, footage: Path) -> None:
    [first, second, third] = recorded(store, footage)
    long = event(0, 6)
    assert of_event(long, first, ()) == of_motion(1, 0.1, alerts=False)
    assert of_event(long, second, ()) == pytest.approx(of_motion(0.2, 0.1, alerts=False), abs=0.01)
    assert of_event(event(0, 6, zones=("door",)), third, {"door"}) == of_motion(0, 0.1, alerts=True)


def test_a_closed_event_makes_its_footage_important(watched: Watched, store: Store, footage: Path) -> None:
    segments = recorded(store, footage)
    watched.interest.put(event(6, None))
    assert watched.importance() == [0, 0, 0]
    watched.interest.put(event(6, 8))
    expected = of_event(event(6, 8), segments[1], ())
    assert watched.importance() == pytest.approx([0, expected, 0])
    watched.interest.put(event(8, 9, zones=("door",)))
    more = of_event(event(8, 9, zones=("door",)), segments[1], {"door"})
    assert watched.importance() == pytest.approx([0, combined(expected, more), 0])
    assert watched.importance()[1] == pytest.approx(combined(expected, more))  # once


def test_facts_are_passed_on(watched: Watched, facts: KeptFacts) -> None:
    watched.interest.put(event(6, 8))
    assert facts.facts == [event(6, 8)]


def test_an_event_waits_for_footage_that_is_still_being_written(watched: Watched, store: Store, footage: Path) -> None:
    recorded(store, footage, range(1))
    watched.interest.put(event(4, 7))
    assert watched.importance() == [0]
    recorded(store, footage, range(1, 2))
    assert [found > 0 for found in watched.importance()] == [True, True]


def test_it_does_not_wait_for_ever(watched: Watched, store: Store, footage: Path) -> None:
    recorded(store, footage, range(1))
    watched.interest.put(event(4, 7))
    assert watched.importance() == [0]
    watched.now += LATEST
    assert watched.importance()[0] > 0


def test_who_looks_at_footage_makes_it_important_once_an_hour(watched: Watched, store: Store, footage: Path) -> None:
    [segment] = recorded(store, footage, range(1))
    for _ in range(50):  # a player reads it in pieces
        watched.interest.viewed(segment, "footage")
    assert watched.importance() == pytest.approx([0.4])
    watched.now += LOOK_SECONDS * SECONDS
    watched.interest.viewed(segment, "picture")
    assert watched.importance() == pytest.approx([combined(0.4, 0.05)])


def test_who_watches_live_makes_nothing_important(watched: Watched, store: Store, footage: Path) -> None:
    [segment] = recorded(store, footage, range(1))
    watched.now = segment.end + timedelta(minutes=1)
    watched.interest.viewed(segment, "footage")
    assert watched.importance() == [0]


def test_what_the_catalogue_refuses_is_written_down_later(
    watched: Watched, store: Store, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [segment] = recorded(store, footage, range(1))
    watched.interest.viewed(segment, "footage")
    watched.interest.put(event(1, 2))

    def refuse(*_: object) -> None:
        raise StorageError("the disk is full", path=store.root)

    with monkeypatch.context() as full:
        full.setattr(store.catalogue, "add_importance", refuse)
        with pytest.raises(StorageError):
            watched.interest.run_once()
    assert watched.importance() == pytest.approx([combined(0.4, of_event(event(1, 2), segment, ()))])
