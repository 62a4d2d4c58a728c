import asyncio
from datetime import timedelta

import numpy as np

from exporters.metrics import Metrics
from ingest.frames import FrameQueue
from nvr.model import Frame
from tests.ingest.conftest import NOON


def _frame(number: int) -> Frame:
    return Frame("yard", NOON + timedelta(seconds=number), np.zeros((90, 160), np.uint8))


def test_a_full_queue_drops_the_oldest_and_counts_it(metrics: Metrics) -> None:
    queue = FrameQueue("yard", 3, metrics)
    frames = [_frame(number) for number in range(5)]
    for frame in frames:
        queue.put(frame)

    async def drain() -> list[Frame]:
        return [await queue.get() for _ in range(3)]

    assert asyncio.run(drain()) == frames[2:]
    labels = {"site": "test", "camera": "yard", "reason": "queue_full"}
    assert metrics.registry.get_sample_value("nvr_camera_frames_dropped_total", labels) == 2


def test_what_comes_at_once_is_let_in_and_bounded_by_what_comes_after(metrics: Metrics) -> None:
    """A camera's first pictures wait until it is known when they were taken."""
    frames = [_frame(number) for number in range(12)]

    async def story() -> list[Frame]:
        queue = FrameQueue("yard", 3, metrics)
        queue.put(*frames[:8])
        first = [await queue.get() for _ in range(4)]
        for frame in frames[8:]:
            queue.put(frame)
        return first + [await queue.get() for _ in range(3)]

    assert asyncio.run(story()) == frames[:4] + frames[9:]
    labels = {"site": "test", "camera": "yard", "reason": "queue_full"}
    assert metrics.registry.get_sample_value("nvr_camera_frames_dropped_total", labels) == 5


def test_a_queue_that_is_made_shorter_keeps_the_newest(metrics: Metrics) -> None:
    async def story() -> Frame:
        queue = FrameQueue("yard", 5, metrics)
        for number in range(5):
            queue.put(_frame(number))
        queue.capacity = 2
        queue.put(_frame(5))
        return await queue.get()

    assert asyncio.run(story()).time == NOON + timedelta(seconds=4)


def test_a_reader_waits_for_the_next_frame(metrics: Metrics) -> None:
    async def exchange() -> Frame:
        queue = FrameQueue("yard", 3, metrics)
        reading = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        queue.put(_frame(1))
        return await reading

    assert asyncio.run(exchange()).time == NOON + timedelta(seconds=1)
