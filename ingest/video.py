"""Video files as analysed pictures with their media times, decoded as fast as the machine allows.

ffmpeg writes raw gray pictures to one pipe and a line a picture with its integer time to another. A picture's line is
written, unbuffered, before the picture, and hundreds fit into the pipe: reading picture, then line, cannot deadlock.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ingest.ffmpeg import executable, scan_command
from ingest.pictures import PICTURE_BYTES, TICKS_PER_SECOND, picture_of, ticks_of
from nvr.errors import MediaError
from nvr.model import Picture

STOP_SECONDS = 2.0


def analysed_frames(video: Path, fps: float) -> Iterator[tuple[float, Picture]]:
    """At most `fps` pictures `(90, 160) uint8` a second of the first video track, with seconds since the first one.

    Raises MediaError where the file is missing or ffmpeg cannot decode it, after the pictures that it could.
    """
    if not video.is_file():
        raise MediaError("there is no such video file", path=video)
    # stderr goes to a file: as a pipe nobody drains, it would stop ffmpeg when full.
    with tempfile.TemporaryFile() as complaints:
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as times:
            try:
                child = _spawn(video, fps, writer, complaints)
            finally:
                os.close(writer)
            seen = False
            try:
                for frame in _frames(child.stdout, times):
                    seen = True
                    yield frame
                status = child.wait()
            finally:
                _end(child)
        if status or not seen:
            raise MediaError(f"ffmpeg cannot decode this file ({_last_line(complaints)})", path=video)


def _spawn(video: Path, fps: float, times_fd: int, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        scan_command(executable(), video.absolute(), fps=fps, times_fd=times_fd),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        pass_fds=(times_fd,),
    )


def _frames(pictures: IO[bytes] | None, lines: IO[bytes]) -> Iterator[tuple[float, Picture]]:
    assert pictures is not None
    first: int | None = None
    while len(raw := pictures.read(PICTURE_BYTES)) == PICTURE_BYTES:
        if (ticks := _next_time(lines)) is None:
            return
        first = ticks if first is None else first
        yield (ticks - first) / TICKS_PER_SECOND, picture_of(raw)


def _next_time(lines: IO[bytes]) -> int | None:
    """The next picture's time; None at the end."""
    told = (ticks_of(line) for line in lines)
    return next((ticks for ticks in told if ticks is not None), None)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Stop the child if it still runs, and reap it."""
    if child.stdout:
        child.stdout.close()
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 4096))
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("[error] ") if lines else "it has no picture"
