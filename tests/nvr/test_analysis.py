"""A camera's analysis is replaced while it runs: the event that is open ends, and the next pictures are judged anew."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from ingest.camera import Camera
from ingest.ffmpeg import executable
from ingest.store import Store
from ingest.surroundings import Surroundings
from nvr.analysis import Analysis
from nvr.clock import UtcClock
from nvr.model import Frame, MotionEvent, Segment
from nvr.settings import CameraSettings, MotionSettings, RecordingMode, RecordingSettings
from tests.ingest.conftest import KeptFacts
from tests.processor.scenes import EPOCH, Gray, Paint, Shot, both, camera, seconds, shoot, walker

SECOND = timedelta(seconds=1)
ROLLS = MotionSettings(pre_roll_seconds=1.0, post_roll_seconds=1.0)
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    store = Store(tmp_path / "recordings")
    yield Surroundings(executable(), store, 2.0, KeptFacts(), Metrics("test", CollectorRegistry()), UtcClock())
    store.close()


async def see(watched: Camera, shots: Sequence[Shot]) -> None:
    for shot in shots:
        watched.frames.put(Frame(watched.name, EPOCH + timedelta(seconds=shot.seconds), shot.picture))
        await asyncio.sleep(0.001)


async def changed_in_mid_event(around: Surroundings, settings: CameraSettings) -> list[MotionEvent]:
    """Someone walks from 8 s to 16 s and from 30 s to 38 s; at 12 s other settings come to hold."""
    before = camera()
    watched = Camera(before, around)
    analysis = Analysis(watched, before, facts=around.facts, telemetry=around.telemetry, clock=around.clock)
    running = asyncio.create_task(analysis.run())
    shots = list(shoot(42, both(walker(8, 16), walker(30, 38))))
    await see(watched, shots[:60])
    assert watched.health.motion_active
    analysis.change(settings)
    assert not watched.health.motion_active
    await see(watched, shots[60:])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert isinstance(around.facts, KeptFacts)
    return [fact for fact in around.facts.facts if isinstance(fact, MotionEvent)]


def test_the_open_event_ends_with_the_last_picture_that_was_judged(around: Surroundings) -> None:
    events = asyncio.run(changed_in_mid_event(around, camera(masks=(WHOLE,))))
    opened, closed = events
    assert (opened.id, opened.end) == (closed.id, None)
    assert closed.end is not None
    assert 3 < (closed.end - closed.start).total_seconds() < 4.5


def test_what_moves_later_is_a_new_event(around: Surroundings) -> None:
    events = asyncio.run(changed_in_mid_event(around, camera(motion=MotionSettings(off_after_seconds=1))))
    last = events[-1]
    assert last.id != events[0].id
    assert last.end is not None
    assert abs(seconds(last.end) - 38) < 1


def hand(begin: float, end: float) -> Paint:
    """On the lens."""

    def paint(picture: Gray, time: float) -> None:
        if begin <= time < end:
            picture[:] = 60.0

    return paint


async def kept_of_a_covered_camera(around: Surroundings) -> list[float]:
    """A hand lies on the lens from the 40th to the 60th second of 100; when those segments begin that stay."""
    settings = camera(recording=RecordingSettings(RecordingMode.MOTION), motion=ROLLS)
    watched = Camera(settings, around)
    analysis = Analysis(watched, settings, facts=watched.ring, telemetry=around.telemetry, clock=around.clock)
    running = asyncio.create_task(analysis.run())
    segments = [
        Segment(f"{n}", settings.name, EPOCH + n * 2 * SECOND, 2.0, 1, f"{n}", "h264", 16, 9) for n in range(40)
    ]
    for shot in shoot(100, hand(40, 60)):
        while segments and shot.seconds > (segments[0].end - EPOCH) / SECOND:
            watched.ring.put(segments.pop(0))
        await see(watched, [shot])
    gone = {(each.start - EPOCH) / SECOND for each in watched.ring.unmoved()}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return sorted({float(start) for start in range(0, 80, 2)} - gone)


def test_what_a_covered_camera_recorded_stays_and_how_it_came_to_be_covered(around: Surroundings) -> None:
    kept = asyncio.run(kept_of_a_covered_camera(around))
    assert {float(start) for start in range(38, 60, 2)} <= set(kept)
    assert set(kept) & {float(start) for start in range(2, 34, 2)} == set()
