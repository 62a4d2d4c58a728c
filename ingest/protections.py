"""Which footage may not go to make room, and why: stretches of a camera's time that somebody asked to keep.

The catalogue's triggers mark the segments that a protection overlaps, also those that are entered later, and unmark
them when no protection covers them any more.
"""

import sqlite3

from ingest.catalogue_file import CatalogueFile
from ingest.catalogue_schema import Row
from nvr.clock import from_timestamp, milliseconds
from nvr.housekeeping import ProtectedFootage, Protection

_COLUMNS = 'id, camera, start, "end", reason, created'


class Protections:
    """Those of one catalogue. Methods touch the disk and may be called from any thread; they raise StorageError."""

    def __init__(self, file: CatalogueFile) -> None:
        self._file = file

    def add(self, protection: Protection) -> ProtectedFootage:
        """Protect from now on, and say what is there of it by now."""
        row = (
            protection.id,
            protection.camera,
            *(milliseconds(time) for time in (protection.start, protection.end)),
            protection.reason,
            milliseconds(protection.created),
        )
        self._file.write(lambda database: database.execute("INSERT INTO protections VALUES (?,?,?,?,?,?)", row))
        self._file.keep_protections()
        return self._with_footage(protection)

    def remove(self, protection_id: str) -> ProtectedFootage | None:
        """What was protected and is no longer, unless by another; None where there is no such protection."""
        found = next((each for each in self.all() if each.protection.id == protection_id), None)
        self._file.write(lambda database: _remove(database, protection_id))
        self._file.keep_protections()
        return found

    def all(self) -> list[ProtectedFootage]:
        """The newest first."""
        rows = self._file.rows(f"SELECT {_COLUMNS} FROM protections ORDER BY created DESC, id")
        return [self._with_footage(_protection(row)) for row in rows]

    def _with_footage(self, protection: Protection) -> ProtectedFootage:
        [(count, size)] = self._file.rows(
            "SELECT count(*), coalesce(sum(size), 0) FROM segments"
            " WHERE camera = ?1 AND start > ?2 - 7200000 AND start < ?3 AND start + duration > ?2",
            protection.camera,
            milliseconds(protection.start),
            milliseconds(protection.end),
        )
        return ProtectedFootage(protection, int(count), int(size))  # type: ignore[call-overload]


def _remove(database: sqlite3.Connection, protection_id: str) -> None:
    database.execute("DELETE FROM protections WHERE id = ?", (protection_id,))


def _protection(row: Row) -> Protection:
    protection_id, camera, start, end, reason, created = row
    start, end, created = (from_timestamp(int(time) / 1000) for time in (start, end, created))  # type: ignore[call-overload]
    return Protection(str(protection_id), str(camera), start, end, str(reason), created)
