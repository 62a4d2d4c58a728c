"""The gaps in a catalogue: told of from the moment they are noted, and written down when the disk takes them."""

import sqlite3
import threading
from collections.abc import Iterable
from datetime import datetime

from ingest.catalogue_file import CatalogueFile
from nvr.clock import from_milliseconds, milliseconds
from nvr.model import Cause, Gap


class GapRecords:
    """Those of one catalogue. All but `note` touch the disk; methods may be called from any thread."""

    def __init__(self, file: CatalogueFile) -> None:
        self._file = file
        self._unsaved: dict[tuple[str, datetime], Gap] = {}
        self._lock = threading.Lock()

    def last_end(self, camera: str) -> datetime | None:
        """Until when the absence of a camera's footage has an explanation."""
        [(end,)] = self._file.rows('SELECT max("end") FROM gaps WHERE camera = ?', camera)
        return None if end is None else from_milliseconds(end)  # type: ignore[arg-type]

    def note(self, gap: Gap) -> None:
        """From now on it is told of; `save` writes it down. Touches no disk."""
        with self._lock:
            self._unsaved[gap.camera, gap.start] = gap

    def save(self) -> None:
        """Write down those that were noted. Raises StorageError, and keeps them, where the disk refuses."""
        with self._lock:
            noted = dict(self._unsaved)
        if noted:
            self._file.write(lambda database: _put(database, noted.values()))
        with self._lock:
            for key, gap in noted.items():
                if self._unsaved.get(key) is gap:  # and has not ended meanwhile
                    del self._unsaved[key]

    def put(self, gap: Gap) -> None:
        """Open a gap, or close the one with the same start; one that has no length is forgotten."""
        self.note(gap)
        self.save()

    def between(self, camera: str | None, start: datetime, end: datetime) -> list[Gap]:
        """Those that overlap `[start, end)`, oldest first; those of all cameras where none is named."""
        rows = self._file.rows(
            'SELECT camera, start, "end", cause FROM gaps'
            ' WHERE (?1 IS NULL OR camera = ?1) AND start < ?2 AND ("end" IS NULL OR "end" > ?3)',
            camera,
            milliseconds(end),
            milliseconds(start),
        )
        found = {(gap.camera, milliseconds(gap.start)): gap for gap in map(_gap, rows)}  # type: ignore[arg-type]
        with self._lock:
            noted = [gap for gap in self._unsaved.values() if camera in (None, gap.camera)]
        found |= {(gap.camera, milliseconds(gap.start)): gap for gap in noted}
        overlapping = (gap for gap in found.values() if gap.start < end and (gap.end is None or gap.end > start))
        return sorted(overlapping, key=lambda gap: (gap.start, gap.camera))

    def open(self, camera: str) -> Gap | None:
        rows = self._file.rows(
            'SELECT camera, start, "end", cause FROM gaps WHERE camera = ? AND "end" IS NULL ORDER BY start DESC',
            camera,
        )
        return _gap(rows[0]) if rows else None  # type: ignore[arg-type]


def _gap(row: tuple[str, int, int | None, str]) -> Gap:
    camera, start, end, cause = row
    return Gap(camera, from_milliseconds(start), None if end is None else from_milliseconds(end), Cause(cause))


def _put(database: sqlite3.Connection, gaps: Iterable[Gap]) -> None:
    for gap in gaps:
        start, end = milliseconds(gap.start), None if gap.end is None else milliseconds(gap.end)
        if end is not None and end <= start:
            database.execute("DELETE FROM gaps WHERE camera = ? AND start = ?", (gap.camera, start))
        else:
            database.execute("INSERT OR REPLACE INTO gaps VALUES (?,?,?,?)", (gap.camera, start, end, gap.cause))
