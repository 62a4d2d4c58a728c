"""A process that hands pictures over as many decoders would.

    python -m tests.bench.feeder PICTURES SECONDS FPS FD,FD ...

Each pair of descriptors is a camera's: raw pictures go to the first, a line with each one's time to the second. Cameras
take turns evenly, and begin at different places of the film.
"""

import os
import sys
import time
from pathlib import Path

from ingest.pictures import PICTURE_BYTES, TICKS_PER_SECOND


def feed(pictures: bytes, seconds: float, fps: float, pipes: list[tuple[int, int]]) -> None:
    count, began = len(pictures) // PICTURE_BYTES, time.monotonic()
    for number in range(round(seconds * fps) * len(pipes)):
        turn, camera = divmod(number, len(pipes))
        due = began + number / (fps * len(pipes))
        time.sleep(max(0.0, due - time.monotonic()))
        first = (turn + 37 * camera) % count * PICTURE_BYTES
        to_pictures, to_times = pipes[camera]
        os.write(to_times, b"frame:%d pts:%d\n" % (turn, time.time() * TICKS_PER_SECOND))
        os.write(to_pictures, pictures[first : first + PICTURE_BYTES])


def main(arguments: list[str]) -> None:
    file, seconds, fps, *pairs = arguments
    pipes = [(int(one), int(other)) for one, other in (pair.split(",") for pair in pairs)]
    feed(Path(file).read_bytes(), float(seconds), float(fps), pipes)


if __name__ == "__main__":
    main(sys.argv[1:])
