"""What a process has used of CPU and memory, and whether it waits for a disk, from `/proc` (see proc(5))."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    cpu_seconds: float = 0.0
    resident_bytes: int = 0


def usage_of(pid: int) -> Usage:
    """Zeros where the process is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return Usage()
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE)


def waits_for_disk(pid: int) -> bool:
    """Whether a thread of the process is in uninterruptible sleep: but for moments, its file system hangs."""
    try:
        return any(_state(task) == "D" for task in Path(f"/proc/{pid}/task").iterdir())
    except OSError:  # it is gone
        return False


def _state(task: Path) -> str:
    return (task / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]


class Meter:
    """Sums the CPU time of processes that follow one another."""

    def __init__(self) -> None:
        self._before, self._current = 0.0, Usage()

    def sample(self, pid: int) -> None:
        self._current = usage_of(pid)

    def ended(self) -> None:
        """The process is gone: keep what it used."""
        self._before, self._current = self.cpu_seconds, Usage()

    @property
    def cpu_seconds(self) -> float:
        return self._before + self._current.cpu_seconds

    @property
    def resident_bytes(self) -> int:
        return self._current.resident_bytes
