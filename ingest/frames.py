"""Frames on their way to the processor: a bounded queue that drops the oldest, so that no pipe is held up."""

import asyncio
from collections import deque

from nvr.model import Frame
from nvr.ports import Telemetry


class FrameQueue:
    """Frames of one camera, at most `capacity` of them, more only of what came at once. For use in one event loop."""

    def __init__(self, camera: str, capacity: int, telemetry: Telemetry) -> None:
        self._camera, self._telemetry = camera, telemetry
        self._frames: deque[Frame] = deque()
        self.capacity = capacity
        self._filled = asyncio.Event()

    def put(self, *frames: Frame) -> None:
        """Those that come at once are all let in, be they more: nobody had time to take any of them."""
        while len(self._frames) >= self.capacity:
            self._frames.popleft()
            self._telemetry.frames_dropped(self._camera, "queue_full", 1)
        self._frames.extend(frames)
        self._filled.set()

    async def get(self) -> Frame:
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        return self._frames.popleft()
