"""What a process has used: CPU seconds and resident bytes, from `/proc` (see proc(5))."""

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
