"""The reel: a child's pictures with their times, as they are fetched from its two pipes at the beat."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ingest.beat import Beat
from ingest.pictures import PICTURE_BYTES, Pairs
from ingest.pipe import Pipe
from nvr.model import Picture

MOST_BYTES = 1 << 16
"""What a pipe holds."""


class Shown(NamedTuple):
    """A picture, its media time, and when it was there by the monotonic clock: a beat late, unless it was awaited."""

    media_seconds: float
    arrived: float
    picture: Picture


class Reel:
    """What one child writes."""

    def __init__(self, pictures: Pipe, times: Pipe) -> None:
        self._pictures, self._times = pictures.read_end, times.read_end
        for end in (self._pictures, self._times):
            os.set_blocking(end, False)
        self._pairs = Pairs()
        self._came: list[Shown] = []
        self._ended = False
        self._news = asyncio.Event()

    @contextmanager
    def running(self, beat: Beat, *, awaited: bool = False) -> Iterator["Reel"]:
        """`awaited` is for those whose arrival says when they were taken: each is fetched at once, which costs a waking
        more, and handed on at the beat all the same."""
        loop = asyncio.get_running_loop()
        with beat.calling(self._hand_on):
            if awaited:
                loop.add_reader(self._pictures, self._fetch)
            try:
                yield self
            finally:
                loop.remove_reader(self._pictures)

    async def next(self) -> list[Shown]:
        """What came since the last time, once something has; nothing when the child has closed its pipes."""
        while not self._came and not self._ended:
            self._news.clear()
            await self._news.wait()
        came, self._came = self._came, []
        return came

    def _hand_on(self) -> bool:
        is_nearly_full = self._fetch()
        if self._came or self._ended:
            self._news.set()
        return is_nearly_full

    def _fetch(self) -> bool:
        """A time is written before its picture: where there is no picture nothing is to be read."""
        if self._ended or (data := _available(self._pictures)) is None:
            return False
        now = time.monotonic()
        pairs = self._pairs.add(data, _available(self._times) or b"")
        self._came += [Shown(seconds, now, picture) for seconds, picture in pairs]
        if not data:
            self._ended = True
            asyncio.get_running_loop().remove_reader(self._pictures)
        return len(data) > MOST_BYTES - PICTURE_BYTES


def _available(end: int) -> bytes | None:
    """What can be read at once: None where there is nothing yet, no bytes at the end, or where nothing can be read."""
    try:
        return os.read(end, MOST_BYTES)
    except BlockingIOError:
        return None
    except OSError:  # the one who waits is told of the end: an error here would meet everyone who shares the beat
        return b""
