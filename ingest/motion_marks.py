"""Which footage has motion: the footage of events, by which the catalogue's triggers mark segments.

Segments that are entered later are marked as well, among them those that end after the event, those of a recorder that
was killed while it lasted, and all of them where the catalogue is made anew.
"""

import sqlite3
import threading
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from ingest.catalogue_file import CatalogueFile
from nvr.clock import milliseconds
from nvr.model import MotionEvent


class MotionMarks:
    """Those of one catalogue. `save` and what asks touch the disk; methods may be called from any thread."""

    def __init__(self, file: CatalogueFile) -> None:
        self._file = file
        self._noted: dict[UUID, MotionEvent] = {}
        self._lock = threading.Lock()

    def note(self, event: MotionEvent) -> None:
        """It has opened or closed; `save` writes it down. Touches no disk."""
        with self._lock:
            self._noted[event.id] = event

    def save(self) -> None:
        """Write down what was noted. Raises StorageError, and keeps it, where the disk refuses."""
        with self._lock:
            noted = dict(self._noted)
        if noted:
            self._file.write(lambda database: _put(database, noted.values()))
        with self._lock:
            for key, event in noted.items():
                if self._noted.get(key) is event:  # and has not closed meanwhile
                    del self._noted[key]

    def close_left_open(self, camera: str, end: datetime) -> None:
        """Events that a recorder that was killed left open end here. Raises StorageError."""
        statement = 'UPDATE motion SET "end" = max(start, ?) WHERE camera = ? AND "end" IS NULL'
        self._file.write(lambda database: database.execute(statement, (milliseconds(end), camera)))

    def among(self, segment_ids: Collection[str]) -> set[str]:
        """Which of these segments have motion."""
        places = ",".join("?" * len(segment_ids))
        rows = self._file.rows(f"SELECT id FROM segments WHERE motion AND id IN ({places})", *segment_ids)
        return {str(segment_id) for (segment_id,) in rows}


def _put(database: sqlite3.Connection, events: Collection[MotionEvent]) -> None:
    database.executemany(
        'INSERT INTO motion VALUES (?,?,?,?) ON CONFLICT (id) DO UPDATE SET "end" = excluded."end"',
        [(str(each.id), each.camera, milliseconds(each.footage_start), _end(each)) for each in events],
    )
    for camera in {each.camera for each in events}:  # footage that has gone needs no marks
        database.execute(
            'DELETE FROM motion WHERE camera = ?1 AND "end" < (SELECT min(start) FROM segments WHERE camera = ?1)',
            (camera,),
        )


def _end(event: MotionEvent) -> int | None:
    return None if event.footage_end is None else milliseconds(event.footage_end)
