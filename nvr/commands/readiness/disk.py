"""Folders that the recorder writes to, and the room in them."""

import os
import shutil
import tempfile
from pathlib import Path

from nvr.commands.readiness.finding import Finding
from nvr.commands.resolved import size_text
from nvr.settings import Budget


def folder(subject: str, path: Path) -> Finding:
    """Whether it can be written, or be made where it is missing. Nothing is made."""
    there = nearest(path)
    if not there.is_dir():
        return Finding(subject, False, f"{there} is no folder", "choose another path, or move that file away")
    if not _writable(there):
        remedy = f"make it writable for {os.environ.get('USER') or f'user {os.getuid()}'}, or mount it for writing"
        return Finding(subject, False, f"{there} cannot be written", remedy)
    return Finding(subject, True, f"{path} can be written" if there == path else f"{path} will be made")


def room(path: Path, budget: Budget) -> Finding:
    free = shutil.disk_usage(nearest(path)).free
    footage = sum(_size(file) for file in path.rglob("*.mp4")) if path.is_dir() else 0
    return judged_room(free, footage, budget)


def judged_room(free_bytes: int, footage_bytes: int, budget: Budget) -> Finding:
    offered = free_bytes + footage_bytes
    wanted = budget.size_bytes or budget.resolve(offered)
    figures = f"budget {size_text(wanted)}; {size_text(free_bytes)} free, {size_text(footage_bytes)} footage"
    if wanted > offered:
        return Finding(
            "room", False, figures, f"lower storage.budget to 90% or {size_text(offered)}, or free some space"
        )
    if wanted < 100_000_000:
        return Finding("room", False, figures, "free some space, or choose a larger disk for storage.path")
    return Finding("room", True, figures)


def nearest(path: Path) -> Path:
    """The path itself, or the closest folder above it that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _writable(path: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=path):
            return True
    except OSError:
        return False


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # Retention was faster.
