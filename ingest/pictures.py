"""The form in which ffmpeg hands pictures over: raw gray bytes on one pipe, a line with their time on another."""

import re

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture

PICTURE_BYTES = FRAME_HEIGHT * FRAME_WIDTH
TICKS_PER_SECOND = 1_000_000
"""The time base that `ingest.ffmpeg.analysis_filter` sets."""

_PTS = re.compile(r"\bpts:(-?\d+)")


def picture_of(data: bytes) -> Picture:
    """`PICTURE_BYTES` bytes as `(90, 160) uint8`."""
    return np.frombuffer(data, np.uint8).reshape(FRAME_HEIGHT, FRAME_WIDTH)


def ticks_of(line: str) -> int | None:
    """The integer `pts` of a line that tells one; `pts_time` beside it is rounded to six digits."""
    match = _PTS.search(line)
    return int(match[1]) if match else None
