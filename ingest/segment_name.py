"""The name of a finished segment, `CAMERA/YYYY-MM-DD/HHMMSS.mmmZ.mp4`: its true start in UTC, and taken once only."""

import contextlib
import errno
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from nvr.model import Segment


def named(segment: Segment, start: datetime) -> Segment:
    """The segment with this start, to the millisecond, and the names that follow from it."""
    start = start.astimezone(UTC).replace(microsecond=start.microsecond // 1000 * 1000)
    return replace(
        segment,
        id=Segment.identity(segment.camera, start),
        start=start,
        path=path_of(segment.camera, start),
    )


def path_of(camera: str, start: datetime) -> str:
    """A segment's path within its volume."""
    start = start.astimezone(UTC)
    return f"{camera}/{start:%Y-%m-%d}/{start:%H%M%S}.{start.microsecond // 1000:03d}Z.mp4"


def start_of(path: str) -> datetime:
    """The start that a segment's path names. Raises ValueError where it names none."""
    _, day, name = path.split("/")
    return datetime.strptime(f"{day} {name}", "%Y-%m-%d %H%M%S.%fZ.mp4").replace(tzinfo=UTC)


def start_of_link(folder: Path, inode: int) -> datetime | None:
    """The start in the name that a file has in the folder of a day of its volume; None where it has none."""
    if not folder.is_dir():
        return None
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.inode() == inode:
                with contextlib.suppress(ValueError):  # a name that somebody else gave it
                    return start_of(f"/{folder.name}/{entry.name}")
    return None


def link(file: Path, target: Path) -> None:
    """Give a file a name that is free; where the file system has no links, by moving it to a name reserved before.

    Raises FileExistsError where the name is taken.
    """
    try:
        os.link(file, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        file.rename(target)
