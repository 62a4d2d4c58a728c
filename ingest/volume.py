"""Whether a storage folder lies on the volume that it should: an unmounted disk leaves an empty folder of its name.

What was recorded into before is remembered outside of it, with the place where its file system was mounted, and the
volume itself holds the same mark. So a folder on the wrong disk is told from one that is merely empty.
"""

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from nvr.errors import MountMissing

log = logging.getLogger(__name__)

MARK = ".volume"
MEMORY = "volume.json"


@dataclass(frozen=True, slots=True)
class Place:
    """A storage folder as it was used: where its file system was mounted, and the mark that it holds."""

    path: str
    mount_point: str
    mark: str


def mount_point(path: Path) -> Path:
    """Where the file system of a path, which need not exist, is mounted."""
    path = path.absolute()
    while not path.is_mount():
        path = path.parent
    return path


def check(root: Path, memory: Path, *, mount: Path | None = None) -> None:
    """Raise MountMissing where `root` would lie on another disk than it should. Nothing is made.

    `memory` is the folder in which the place was remembered; `mount` is what the configuration says is mounted.
    """
    if mount and not mount.is_mount():
        raise MountMissing(f"{mount} is not mounted, and footage belongs on it", path=root, hint="mount it")
    before, here = _remembered(memory / MEMORY), mount_point(root)
    if before is None or before.path != str(root) or before.mount_point == str(here) or _mark(root) == before.mark:
        return
    raise MountMissing(
        f"{before.mount_point} is not mounted, and footage was recorded to it before",
        path=root,
        hint=f"mount it, or remove {memory / MEMORY} if footage shall go to {here} from now on",
    )


def remember(root: Path, memory: Path) -> None:
    """Mark a folder that is used, and keep in mind which it is. A disk that refuses is looked at elsewhere."""
    try:
        mark = _mark(root) or _make_mark(root)
        place = Place(str(root), str(mount_point(root)), mark)
        if _remembered(memory / MEMORY) != place:
            memory.mkdir(parents=True, exist_ok=True)
            draft = memory / f"{MEMORY}.tmp"
            draft.write_text(json.dumps(asdict(place)), encoding="utf-8")
            draft.replace(memory / MEMORY)
    except OSError as error:
        log.warning("the storage folder %s is not remembered: %s", root, error)


class Mounted:
    """The file system under a folder, as it was at first."""

    def __init__(self, root: Path) -> None:
        self._root, self._device = root, root.stat().st_dev
        self._is_missing = False
        self.returns = 0
        """How often it was missing and came back: who looked meanwhile saw no files."""

    def check(self) -> None:
        """Raise MountMissing where another file system has come into its place, or none."""
        if _device(self._root) != self._device:
            self._is_missing = True
            raise MountMissing("the volume is not mounted any more", path=self._root, hint="mount it again")
        if self._is_missing:
            self._is_missing = False
            self.returns += 1


def _device(path: Path) -> int:
    """Of the closest folder that exists: one that was deleted leaves its parent's, on the same disk."""
    while True:
        try:
            return path.stat().st_dev
        except FileNotFoundError:
            path = path.parent


def _mark(root: Path) -> str:
    try:
        return (root / MARK).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _make_mark(root: Path) -> str:
    mark = str(uuid4())
    with (root / MARK).open("w", encoding="utf-8") as file:
        file.write(mark + "\n")
        file.flush()
        os.fsync(file.fileno())
    return mark


def _remembered(file: Path) -> Place | None:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        return Place(str(values["path"]), str(values["mount_point"]), str(values["mark"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
