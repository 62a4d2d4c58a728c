"""The reel: a child's pictures with their times, as they are fetched from its two pipes at the beat."""

import asyncio
import os
import time
from typing import NamedTuple

from ingest.pictures import PICTURE_BYTES, Pairs
from ingest.pipe import Pipe
from nvr.model import Picture

MOST_BYTES = 1 << 16
"""What a pipe holds."""


FIRST_SECONDS, OBSERVED_SECONDS, EVERY_SECONDS = 15.0, 3.0, 15.0
"""Arrivals are observed in the first seconds of a run, and then for some in so many: at least one picture each time,
as few as a camera may send."""


class Shown(NamedTuple):
    """A picture, its media time, and when it was there by the monotonic clock: a beat late, unless it was awaited."""

    media_seconds: float
    arrived: float
    picture: Picture


class Reel:
    """What one child writes. Of pictures whose arrival says when they were taken some are awaited: it is the least
    delayed of many that counts, and each that is awaited costs a waking."""

    def __init__(self, pictures: Pipe, times: Pipe, *, arrival_counts: bool = False) -> None:
        self.end, self._times, self._arrival_counts = pictures.read_end, times.read_end, arrival_counts
        self._began: float | None = None
        for end in (self.end, self._times):
            os.set_blocking(end, False)
        self._pairs = Pairs()
        self._came: list[Shown] = []
        self._ended = False
        self._news = asyncio.Event()

    @property
    def is_awaited(self) -> bool:
        if not self._arrival_counts:
            return False
        return self._began is None or is_observed(time.monotonic() - self._began)

    async def next(self) -> list[Shown]:
        """What came since the last time, once something has; nothing when the child has closed its pipes."""
        while not self._came and not self._ended:
            self._news.clear()
            await self._news.wait()
        came, self._came = self._came, []
        return came

    def fetch(self) -> bool:
        """A time is written before its picture: where there is no picture nothing is to be read."""
        if self._ended:
            asyncio.get_running_loop().remove_reader(self.end)  # at its end a pipe may be read again and again
            return False
        if (data := _available(self.end)) is None:
            return False
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        pairs = self._pairs.add(data, _available(self._times) or b"")
        self._came += [Shown(seconds, now, picture) for seconds, picture in pairs]
        self._ended = not data
        return len(data) > MOST_BYTES - PICTURE_BYTES

    def hand_on(self) -> None:
        if self._came or self._ended:
            self._news.set()


def is_observed(elapsed_seconds: float) -> bool:
    """Whether, so long after the first picture, it matters when exactly one comes."""
    return elapsed_seconds < FIRST_SECONDS or elapsed_seconds % EVERY_SECONDS < OBSERVED_SECONDS


def _available(end: int) -> bytes | None:
    """What can be read at once: None where there is nothing yet, no bytes at the end, or where nothing can be read."""
    try:
        return os.read(end, MOST_BYTES)
    except BlockingIOError:
        return None
    except OSError:  # the one who waits is told of the end: an error here would meet everyone who shares the beat
        return b""
