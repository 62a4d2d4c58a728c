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
from nvr.model import Frame, MotionEvent
from nvr.settings import CameraSettings, MotionSettings
from tests.ingest.conftest import KeptFacts
from tests.processor.scenes import EPOCH, Shot, both, camera, seconds, shoot, walker

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
