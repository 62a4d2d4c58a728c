"""What was deleted, when and under which policy: a line for each segment, for as long as anyone asks the catalogue.

ClickHouse keeps them for ever. Here the forecast needs four weeks of them, and by them the bar of time says why there
is nothing; older ones go, or a camera that is kept around motion only filled the catalogue with what it did not keep.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from ingest.catalogue_file import CatalogueFile
from nvr.clock import from_milliseconds, milliseconds
from nvr.housekeeping import DeletedFootage
from nvr.model import Tombstone

KEPT = timedelta(days=35)
MOST_AT_ONCE = 5000
"""Old ones that go with each burial: more than come, and few enough for nobody to wait."""

TOUCHING = timedelta(seconds=1)
"""What lies closer together went as one."""

_LONGEST = timedelta(hours=2)
"""No segment is longer."""


class Tombstones:
    """Those of one catalogue. It touches the disk; methods may be called from any thread."""

    def __init__(self, file: CatalogueFile) -> None:
        self._file = file

    def bury(self, tombstones: Iterable[Tombstone]) -> None:
        """Replace segments by their tombstones. Raises StorageError."""
        stones = list(tombstones)
        if stones:
            self._file.write(lambda database: _bury(database, stones))

    def between(self, camera: str, start: datetime, end: datetime) -> list[DeletedFootage]:
        """What was deleted of `[start, end)`, oldest first; neighbours that went for the same reason are one."""
        rows = self._file.rows(
            "SELECT start, duration, policy FROM tombstones"
            " WHERE camera = ? AND start >= ? AND start < ? AND start + duration > ? ORDER BY start",
            camera,
            milliseconds(start - _LONGEST),
            milliseconds(end),
            milliseconds(start),
        )
        found = list[DeletedFootage]()
        for begin, duration, policy in rows:
            since = from_milliseconds(int(begin))  # type: ignore[call-overload]
            until = since + timedelta(milliseconds=int(duration))  # type: ignore[call-overload]
            last = found[-1] if found else None
            if last and last.policy == policy and since - last.end <= TOUCHING:
                found[-1] = DeletedFootage(last.start, max(last.end, until), last.policy)
            else:
                found.append(DeletedFootage(since, until, str(policy)))
        return found


def _bury(database: sqlite3.Connection, stones: list[Tombstone]) -> None:
    database.executemany("INSERT OR REPLACE INTO tombstones VALUES (?,?,?,?,?,?,?)", map(_row, stones))
    database.executemany("DELETE FROM segments WHERE id = ?", [(stone.segment.id,) for stone in stones])
    now = max(stone.deleted for stone in stones)
    for camera in {stone.segment.camera for stone in stones}:  # the newest stays: it says until when there was footage
        database.execute(
            "DELETE FROM tombstones WHERE segment IN (SELECT segment FROM tombstones WHERE camera = ?1 AND start < "
            "min(?2, (SELECT max(start) FROM tombstones WHERE camera = ?1)) ORDER BY start LIMIT ?3)",
            (camera, milliseconds(now - KEPT), MOST_AT_ONCE),
        )


def _row(stone: Tombstone) -> tuple[str, str, int, int, int, int, str]:
    segment = stone.segment
    start, deleted = milliseconds(segment.start), milliseconds(stone.deleted)
    duration = round(segment.duration_seconds * 1000)
    return segment.id, segment.camera, start, duration, segment.size_bytes, deleted, stone.policy
