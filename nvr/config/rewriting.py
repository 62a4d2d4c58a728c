"""The configuration file, changed by the recorder itself: whole or not at all, and as its owner left it otherwise."""

import codecs
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from nvr.config.editing import with_motion
from nvr.config.motion import checked
from nvr.errors import ConfigError, Unchangeable
from nvr.settings import Settings


class WritableConfig:
    """One file. `read` gives the settings that it holds now, or raises ConfigError. Touches the disk."""

    def __init__(self, path: Path, read: Callable[[], Settings]) -> None:
        self._path, self._read = path, read
        self._lock = threading.Lock()

    def change_motion(self, camera: str, given: Mapping[str, object]) -> None:
        """Write some of a camera's motion settings into it; the others stay.

        Raises InvalidConfig for values that cannot be used, Unchangeable where the file cannot take them.
        """
        values = checked(camera, given)
        with self._lock:
            self._require(camera)
            if values:
                try:
                    self._rewrite(lambda text: with_motion(text, camera, values, str(self._path)))
                except OSError as error:
                    raise self._refusal(error) from error

    def _require(self, camera: str) -> None:
        try:
            cameras = self._read().cameras
        except ConfigError as error:
            hint = "mend the file first: nvr check names each of its mistakes"
            raise Unchangeable("cannot be used as it stands now", file=str(self._path), hint=hint) from error
        if camera not in cameras:
            hint = "send the recorder SIGHUP, so that it follows its file"
            raise Unchangeable(f"has no camera {camera} any more", file=str(self._path), hint=hint)

    def _refusal(self, error: OSError) -> Unchangeable:
        hint = (
            "make the file and its directory writable for the user that runs nvr, or write the change into it by hand"
        )
        return Unchangeable(f"cannot be written: {error.strerror}", file=str(self._path), hint=hint)

    def _rewrite(self, edited: Callable[[str], str]) -> None:
        """A link is followed, so that it stays one."""
        target = self._path.resolve()
        if not os.access(target, os.W_OK, effective_ids=True):
            raise PermissionError(0, "it is read-only")
        before = target.read_bytes()
        mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
        after = mark + edited(before.removeprefix(mark).decode("utf-8")).encode("utf-8")
        if after != before:
            _replace(target, before, after)


def _replace(target: Path, before: bytes, after: bytes) -> None:
    """Durably, with the same owner and mode. Raises OSError, and leaves all as it was."""
    draft = target.with_name(f".{target.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        _write(draft, after, target.stat())
        if target.read_bytes() != before:
            raise OSError(0, "somebody else changes it just now")
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _write(draft: Path, content: bytes, like: os.stat_result) -> None:
    """Readable for nobody else until it is like the file that it replaces."""
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        if (os.geteuid(), os.getegid()) != (like.st_uid, like.st_gid):
            os.fchown(file.fileno(), like.st_uid, like.st_gid)
        os.fchmod(file.fileno(), like.st_mode & 0o7777)
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
