"""One run of a recorder: its numbered files while they are written, and what is needed to name them after a crash.

ffmpeg writes `RUN-000000.mp4`, `RUN-000001.mp4`, ... into the camera's `.open` folder. Beside them `RUN.json` says
when the run's media time 0 was and at which media time the file being written began, so that whoever finds a torn
file knows its true time.
"""

import contextlib
import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nvr.model import stamp

OPEN_FOLDER = ".open"
DAMAGED_FOLDER = "damaged"
"""Within the open folder: what nobody can read is kept there, and looked at by people only."""

DAMAGED_FILES = 20
"""So many of a camera are kept there, and then the oldest goes."""

_FILE_NAME = re.compile(r"^(?P<run>\d{8}T\d{6}\.\d{3}Z)-(?P<index>\d{6,})\.mp4$")


@dataclass(frozen=True, slots=True)
class Note:
    """What `RUN.json` holds: `anchor` in seconds since the epoch, and where file `index` begins in media time.

    The last two are of the clocks when it was written, as a segment has them.
    """

    anchor: float
    index: int
    media_start: float
    clock_step_seconds: float = 0.0
    clock_offset_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """The files of one run. `name` is the time of its start, and sorts like it."""

    camera: str
    name: str
    folder: Path

    @classmethod
    def begin(cls, camera: str, camera_folder: Path, now: datetime) -> "Run":
        """A run of a name that none has that left files: a clock that was set back gives it again. Makes its folder."""
        folder = camera_folder / OPEN_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        while any(folder.rglob(f"{stamp(now)}[-.]*")):
            now += timedelta(milliseconds=1)
        return cls(camera, stamp(now), folder)

    def file(self, index: int) -> Path:
        return self.folder / f"{self.name}-{index:06d}.mp4"

    def origin(self, index: int) -> str:
        """The identity of a segment that is still being written."""
        return f"{self.camera}-{self.name}.{index:06d}"

    @property
    def _note(self) -> Path:
        return self.folder / f"{self.name}.json"

    def write_note(self, note: Note) -> None:
        """Replace the note, durably."""
        draft = self._note.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(note), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._note)
        sync(self.folder)

    def read_note(self) -> Note | None:
        """The note, or None where there is none that can be read."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            values = json.loads(self._note.read_text(encoding="utf-8"))
            return Note(
                float(values["anchor"]),
                int(values["index"]),
                float(values["media_start"]),
                float(values.get("clock_step_seconds", 0.0)),
                float(values.get("clock_offset_seconds", 0.0)),
            )
        return None

    def remove_note(self) -> None:
        self._note.unlink(missing_ok=True)
        self._note.with_suffix(".tmp").unlink(missing_ok=True)

    def set_aside(self, index: int) -> Path:
        """Move a file to where no run looks for files, and say where that is."""
        file = self.file(index)
        kept = file.parent / DAMAGED_FOLDER / file.name
        kept.parent.mkdir(exist_ok=True)
        file.replace(kept)
        for old in sorted(kept.parent.glob("*.mp4"))[:-DAMAGED_FILES]:
            old.unlink(missing_ok=True)
        sync(kept.parent)
        return kept

    def indices(self) -> list[int]:
        """The numbers of its files on disk, in order."""
        matches = (_FILE_NAME.match(entry.name) for entry in self.folder.glob(f"{self.name}-*.mp4"))
        return sorted(int(match["index"]) for match in matches if match)


def sync(path: Path, *, data_only: bool = False) -> None:
    """Make a file's content, or a folder's names, last. Of a file that grows its data will do."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        (os.fdatasync if data_only else os.fsync)(descriptor)
    finally:
        os.close(descriptor)


def leftovers(camera: str, camera_folder: Path) -> Iterator[Run]:
    """The runs that left files or notes behind, oldest first."""
    folder = camera_folder / OPEN_FOLDER
    names = {match["run"] for entry in folder.glob("*.mp4") if (match := _FILE_NAME.match(entry.name))}
    names |= {entry.stem for entry in folder.glob("*.json")}
    return (Run(camera, name, folder) for name in sorted(names))


def parse_list_line(line: str) -> tuple[int, float, float] | None:
    """Index, start and end in media seconds from a line of the segment list; None for one that was cut off."""
    try:
        [(name, start, end)] = csv.reader([line.strip()])
        return int(Path(name).stem.rpartition("-")[2]), float(start), float(end)
    except ValueError:
        return None
