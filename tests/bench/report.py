"""A page of results for docs/bench: what was measured, on which machine, when and by which command."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ingest.ffmpeg import executable
from nvr.clock import utc_now

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "bench"
"""The results that are committed."""

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Setting:
    """Under which circumstances something was measured. `versions` are names of installed packages."""

    command: str
    versions: tuple[str, ...]

    def lines(self) -> list[str]:
        return [
            f"{utc_now():%Y-%m-%d %H:%M} UTC, `{self.command}`.",
            f"{os.cpu_count()} cores of {processor()}, {platform.system()} {platform.release()},"
            f" Python {platform.python_version()}, {', '.join(map(_named, self.versions))}.",
        ]


def processor() -> str:
    """The model that the kernel tells."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def ffmpeg_version() -> str:
    """As `ffmpeg 5.1.9-0+deb12u1`."""
    said = subprocess.run([executable(), "-hide_banner", "-version"], check=True, capture_output=True, text=True).stdout
    return "ffmpeg " + said.split()[2]


def table(head: Row, rows: Iterable[Row]) -> list[str]:
    """Markdown; every column but the first is of figures."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return ["| " + " | ".join(row) + " |" for row in (head, rule, *rows)]


def write(file: Path, lines: Iterable[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _named(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"
