import asyncio
import time

from exporters.metrics import Metrics
from ingest.child import Child
from ingest.ffmpeg import Command
from ingest.health import Health
from ingest.reception import Reception
from ingest.watch import Watch
from nvr.clock import UtcClock
from nvr.model import Cause


async def _judged(metrics: Metrics, *, is_held_up: bool) -> Cause | None:
    """Of a run without growth for five seconds, of which a report comes after a second and a half."""
    clock, health, loop = UtcClock(), Health("yard", 0.0), asyncio.get_running_loop()
    reception = Reception(health, metrics, clock)
    reception.first_frame = reception.last_growth = clock.monotonic() - 5.0
    child = await Child.spawn(Command(["sleep", "60"]), name="test")
    watch = Watch(child, reception, health=health, decoder=None, clock=clock)
    loop.call_later(1.5, lambda: setattr(reception, "last_growth", clock.monotonic()))
    if is_held_up:
        loop.call_later(0.1, time.sleep, 2.5)
    try:
        return await watch.look()
    finally:
        await child.stop()


def test_a_run_that_does_not_grow_is_judged_after_a_second(metrics: Metrics) -> None:
    assert asyncio.run(_judged(metrics, is_held_up=False)) is Cause.STALLED


def test_a_recorder_that_was_held_up_reads_what_came_before_it_judges(metrics: Metrics) -> None:
    assert asyncio.run(_judged(metrics, is_held_up=True)) is None
