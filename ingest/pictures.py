"""The form in which ffmpeg hands pictures over: raw gray bytes on one pipe, a line with their time on another."""

import re
from collections import deque

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture

PICTURE_BYTES = FRAME_HEIGHT * FRAME_WIDTH
TICKS_PER_SECOND = 1_000_000
"""The time base that `ingest.ffmpeg.analysis_filter` sets."""

_PTS = re.compile(rb"\bpts:(-?\d+)")


class Pairs:
    """Puts the two pipes' bytes together, however they were cut, as media times in seconds and pictures."""

    def __init__(self) -> None:
        self._pictures = self._lines = b""
        self._ticks: deque[int] = deque()

    def add(self, pictures: bytes, lines: bytes) -> list[tuple[float, Picture]]:
        """The pairs that these bytes complete, in the order in which they were taken."""
        self._pictures += pictures
        self._take_times(self._lines + lines)
        count = min(len(self._pictures) // PICTURE_BYTES, len(self._ticks))
        whole, self._pictures = self._pictures[: count * PICTURE_BYTES], self._pictures[count * PICTURE_BYTES :]
        shown = np.frombuffer(whole, np.uint8).reshape(count, FRAME_HEIGHT, FRAME_WIDTH)
        return [(self._ticks.popleft() / TICKS_PER_SECOND, picture) for picture in shown]

    def _take_times(self, lines: bytes) -> None:
        end = lines.rfind(b"\n") + 1
        self._lines = lines[end:]
        self._ticks.extend(int(ticks) for ticks in _PTS.findall(lines, 0, end))


def picture_of(data: bytes) -> Picture:
    """`PICTURE_BYTES` bytes as `(90, 160) uint8`."""
    return np.frombuffer(data, np.uint8).reshape(FRAME_HEIGHT, FRAME_WIDTH)


def ticks_of(line: bytes) -> int | None:
    """The integer `pts` of a line that tells one; `pts_time` beside it is rounded to six digits."""
    match = _PTS.search(line)
    return int(match[1]) if match else None
