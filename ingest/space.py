"""The room on a disk: in bytes and in files' numbers, and how much of it footage must give back at once."""

import os
from dataclasses import dataclass
from pathlib import Path

SCARCE = 0.01
"""The share of a disk's bytes or of its files' numbers below which footage makes room at once."""

FEW_FILES = 16
"""So few more files are few on any disk."""


@dataclass(frozen=True, slots=True)
class Space:
    """What a file system says of itself."""

    size_bytes: int
    free_bytes: int
    files: int
    free_files: int

    @classmethod
    def of(cls, folder: Path) -> "Space":
        found = os.statvfs(folder)
        return cls(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize, found.f_files, found.f_favail)

    def urgent_bytes(self, used_bytes: int, *, next_bytes: int = 0, is_full: bool = False) -> int:
        """What footage must give back at once: bytes, or files' numbers in the bytes that go with them.

        `next_bytes` are about to be recorded. `is_full` is what the disk itself said: a quota may be reached that is
        not to be seen here.
        """
        next_bytes = min(next_bytes, used_bytes // 2)
        wanted = max(0, int(SCARCE * self.size_bytes) - self.free_bytes, next_bytes - self.free_bytes)
        few = max(SCARCE * self.files, FEW_FILES)
        if self.files and self.free_files < few:
            share = (2 * few - self.free_files) / max(1, self.files - self.free_files)
            wanted = max(wanted, int(share * used_bytes), 1)
        return max(wanted, next_bytes, int(2 * SCARCE * used_bytes), 1) if is_full else wanted
