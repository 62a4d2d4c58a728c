"""The reel: a child's pictures with their times, as they are fetched from its two pipes at the beat."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.beat import Beat
from ingest.pictures import PICTURE_BYTES, Pairs
from ingest.pipe import Pipe
from nvr.model import Picture

MOST_BYTES = 1 << 16
"""What a pipe holds."""

Timed = tuple[float, Picture]
"""A media time in seconds, and the picture that was taken then."""


class Reel:
    """What one child writes."""

    def __init__(self, pictures: Pipe, times: Pipe) -> None:
        self._pictures, self._times = pictures.read_end, times.read_end
        for end in (self._pictures, self._times):
            os.set_blocking(end, False)
        self._pairs = Pairs()
        self._came: list[Timed] = []
        self._ended = False
        self._news = asyncio.Event()

    @contextmanager
    def running(self, beat: Beat) -> Iterator["Reel"]:
        with beat.calling(self._fetch):
            yield self

    async def next(self) -> list[Timed]:
        """What came since the last time, once something has; nothing when the child has closed its pipes."""
        while not self._came and not self._ended:
            self._news.clear()
            await self._news.wait()
        came, self._came = self._came, []
        return came

    def _fetch(self) -> bool:
        """A time is written before its picture: where there is no picture nothing is to be read."""
        if self._ended or (data := _available(self._pictures)) is None:
            return False
        self._came += self._pairs.add(data, _available(self._times) or b"")
        self._ended = not data
        if self._came or self._ended:
            self._news.set()
        return len(data) > MOST_BYTES - PICTURE_BYTES


def _available(end: int) -> bytes | None:
    """What can be read at once: None where there is nothing yet, no bytes at the end, or where nothing can be read."""
    try:
        return os.read(end, MOST_BYTES)
    except BlockingIOError:
        return None
    except OSError:  # the one who waits is told of the end: an error here would meet everyone who shares the beat
        return b""
