"""Volumes to do harm to: ext4 in a file, mounted for a test and gone after it, whatever became of it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Volume:
    """A mounted file system, and the file that is its disk."""

    image: Path
    path: Path

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Whoever writes waits, in uninterruptible sleep, until it thaws; what has not been written yet is not."""
        _run("fsfreeze", "--freeze", str(self.path))
        try:
            yield
        finally:
            _run("fsfreeze", "--unfreeze", str(self.path))

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """What is looked up by its path is read-only, what is open stays writable, as when a server takes rights away.

        To remount a file system that has files open for writing is refused by the kernel.
        """
        _run("mount", "--bind", str(self.path), str(self.path))
        try:
            _run("mount", "-o", "remount,bind,ro", str(self.path))
            yield
        finally:
            _run("umount", "--lazy", str(self.path))

    def fail(self) -> None:
        """An error in the file system, upon which the kernel lets nobody write to it any more."""
        device = _run("findmnt", "--noheadings", "--output", "SOURCE", str(self.path)).strip()
        (Path("/sys/fs/ext4") / Path(device).name / "trigger_fs_error").write_text("a test")


@contextmanager
def ext4(image: Path, path: Path, size: str) -> Iterator[Volume]:
    """A new file system of this size."""
    image.touch()
    _run("truncate", f"--size={size}", str(image))
    _run("mkfs.ext4", "-q", "-F", str(image))
    with mounted(image, path) as volume:
        yield volume


@contextmanager
def tmpfs(path: Path, options: str) -> Iterator[Path]:
    """One in memory, empty: `options` say how large it is."""
    with _on(path, "-t", "tmpfs", "-o", options, "tmpfs"):
        yield path


@contextmanager
def bound(folder: Path, path: Path) -> Iterator[Path]:
    """A folder in a second place."""
    with _on(path, "--bind", str(folder)):
        yield path


@contextmanager
def mounted(image: Path, path: Path) -> Iterator[Volume]:
    """The file system in a file; its journal is replayed where it was not put away in good order."""
    with _on(path, "-o", "loop,errors=remount-ro", str(image)):
        yield Volume(image, path)


@contextmanager
def _on(path: Path, *options: str) -> Iterator[None]:
    path.mkdir(exist_ok=True)
    _run("mount", *options, str(path))
    try:
        yield
    finally:
        unmount(path)


def unmount(path: Path) -> None:
    """Lazily: what still holds it, a child that is about to end, must not leave a mount behind. Twice does no harm."""
    subprocess.run(["umount", "--lazy", str(path)], check=False, capture_output=True, timeout=30)


def copied(volume: Volume, copy: Path) -> Path:
    """Its disk, byte by byte."""
    shutil.copyfile(volume.image, copy)
    return copy


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
