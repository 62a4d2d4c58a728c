"""The deletion of segments: their files first, and what of that was refused."""

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nvr.model import Segment, Tombstone

_WHOLE_VOLUME = (errno.EROFS, errno.EIO)
"""What is refused for these reasons is refused for all files of a volume."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What went, what refused to, and the ids of what is protected."""

    stones: list[Tombstone]
    refusals: list[OSError]
    spared: set[str]

    @property
    def is_refused_by_volume(self) -> bool:
        return any(refusal.errno in _WHOLE_VOLUME for refusal in self.refusals)


def unlinked(
    root: Path, segments: Iterable[Segment], policy: str, now: datetime
) -> tuple[list[Tombstone], list[OSError]]:
    """Those that are gone from the disk now, and what the others refused with."""
    stones, refusals = list[Tombstone](), list[OSError]()
    for segment in segments:
        try:
            (root / segment.path).unlink(missing_ok=True)
            stones.append(Tombstone(segment, now, policy))
        except OSError as error:
            refusals.append(error)
            if error.errno in _WHOLE_VOLUME:
                break
    return stones, refusals
