"""Compression: a film through a real H.264 encoder at a camera's bit rate, and back."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from ingest.ffmpeg import executable
from tests.scenarios.film import Shot
from tests.scenarios.ground import HEIGHT, WIDTH

BITS_A_SECOND = 90_000
"""At 320 x 180 and 5 pictures a second: 0.3 bits a pixel, where cameras spend 0.1 to 0.2 at 1080p, whose artefacts
the scaling to 160 x 90 then averages away more."""

KEY_EVERY = 10
"""Pictures: a key frame each 2 seconds, as most cameras come."""

_SIZE = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}"]


REEL = 1500
"""Pictures that are encoded at once: five minutes, so that an hour need not be held in memory."""


def compressed(shots: Iterable[Shot], bits_a_second: int = BITS_A_SECOND) -> Iterator[Shot]:
    """The shots as they look after encoding and decoding. One thread, so that every run gives the same."""
    rest = iter(shots)
    while reel := list(islice(rest, REEL)):
        yield from _coded(reel, str(bits_a_second))


def _coded(shots: list[Shot], rate: str) -> Iterator[Shot]:
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-threads", "1", "-pix_fmt", "yuv420p"]
    bits = ["-b:v", rate, "-maxrate", rate, "-bufsize", rate, "-g", str(KEY_EVERY), "-sc_threshold", "0"]
    stream = _run([*_SIZE, "-r", "5", "-i", "pipe:0", *encode, *bits, "-f", "h264"], _bytes(shots))
    raw = _run(["-threads", "1", "-f", "h264", "-i", "pipe:0", "-fps_mode", "passthrough", *_SIZE[:4]], stream)
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)
    for shot, picture in zip(shots, pictures, strict=True):
        yield replace(shot, large=picture)


def _bytes(shots: list[Shot]) -> bytes:
    return b"".join(shot.large.tobytes() for shot in shots)


def _run(arguments: list[str], data: bytes) -> bytes:
    command = [executable(), "-v", "error", *arguments, "pipe:1"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout
