"""A volume's catalogue: which segments lie on it, which footage is missing and why, and what was deleted.

It answers playback and retention without ClickHouse, and is rebuilt from the files where lost.
Times are whole milliseconds since the epoch. All methods may be called from any thread.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from ingest.catalogue_file import CatalogueFile
from ingest.catalogue_schema import Row
from ingest.forecast import Written
from ingest.gap_records import GapRecords
from ingest.motion_marks import MotionMarks
from ingest.protections import Protections
from ingest.segment_row import COLUMNS, row_of, segment_of
from ingest.tombstones import Tombstones
from nvr.clock import from_milliseconds, milliseconds
from nvr.errors import StorageError
from nvr.model import Segment, Tombstone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_PAGE = 1000
"""So many rows are read at a time: whoever names a segment waits for no longer than that."""

_HOLDINGS_PAGE = 20_000
"""As `_PAGE`, of rows that are short."""

_LONGEST = timedelta(hours=2)
"""No segment is longer: it bounds the search for those that began before a range and reach into it."""


class Catalogue:
    """The catalogue in one SQLite file; where that is damaged an empty one takes its place, for the store to fill."""

    def __init__(self, path: Path) -> None:
        self._file = CatalogueFile(path)
        self.protections = Protections(self._file)
        self.motion = MotionMarks(self._file)
        self.gaps = GapRecords(self._file)
        self.tombstones = Tombstones(self._file)
        self._rows, self.look = self._file.rows, self._file.look

    def close(self) -> None:
        with contextlib.suppress(StorageError):
            self.motion.save()
        self._file.close()

    @property
    def renewals(self) -> int:
        """How often it was found damaged, and lost its segments."""
        return self._file.renewals

    @property
    def was_missing(self) -> bool:
        """Whether there was none when it was opened."""
        return self._file.is_new

    def add(self, segment: Segment, *, origin: str) -> None:
        """Enter a finished segment. `origin` names it as it was while it was being written."""
        row = (*row_of(segment), origin)

        def enter(database: sqlite3.Connection) -> None:
            # No REPLACE: of the row that it removes no trigger would hear.
            database.execute("DELETE FROM segments WHERE id = ? OR path = ?", (segment.id, segment.path))
            places = ",".join("?" * len(row))
            database.execute(f"INSERT INTO segments ({COLUMNS}, origin) VALUES ({places})", row)

        self._file.write(enter)

    def segment(self, segment_id: str) -> Segment | None:
        """By its id, or by the one it had while it was being written."""
        rows = self._rows(f"SELECT {COLUMNS} FROM segments WHERE id = ? OR origin = ?", segment_id, segment_id)
        return segment_of(rows[0]) if rows else None

    def segments(self, camera: str, start: datetime, end: datetime) -> list[Segment]:
        """Those that overlap `[start, end)`, oldest first."""
        since, found = milliseconds(start - _LONGEST), list[Segment]()
        while True:
            rows = self._rows(
                f"SELECT {COLUMNS} FROM segments"
                " WHERE camera = ? AND start >= ? AND start < ? AND start + duration > ? ORDER BY start LIMIT ?",
                camera,
                since,
                milliseconds(end),
                milliseconds(start),
                _PAGE,
            )
            found += [segment_of(row) for row in rows]
            if len(rows) < _PAGE:
                return found
            since = milliseconds(found[-1].start) + 1  # no two of a camera begin in the same millisecond

    def oldest(self, limit: int) -> list[Segment]:
        """The oldest unprotected segments of all cameras."""
        rows = self._rows(f"SELECT {COLUMNS} FROM segments WHERE NOT protected ORDER BY start LIMIT ?", limit)
        return [segment_of(row) for row in rows]

    def last_end(self, camera: str) -> datetime | None:
        """Until when a camera's footage reaches, also what was deleted since."""
        newest = "SELECT start + duration FROM {} WHERE camera = ? ORDER BY start DESC LIMIT 1"
        ends = (row[0] for table in ("segments", "tombstones") for row in self._rows(newest.format(table), camera))
        return max((from_milliseconds(end) for end in ends), default=None)  # type: ignore[arg-type]

    def days(self, camera: str) -> set[date]:
        """On which days, in UTC, segments of a camera begin."""
        rows = self._rows(
            "SELECT DISTINCT start / ? FROM segments WHERE camera = ?", _DAY // timedelta(milliseconds=1), camera
        )
        return {(_EPOCH + int(day) * _DAY).date() for (day,) in rows}  # type: ignore[call-overload]

    def paths(self, camera: str, day: date) -> set[str]:
        """Of the segments that begin on that day."""
        start = datetime.combine(day, time(), UTC)
        rows = self._rows(
            "SELECT path FROM segments WHERE camera = ? AND start >= ? AND start < ?",
            camera,
            milliseconds(start),
            milliseconds(start + _DAY),
        )
        return {str(path) for (path,) in rows}

    def at_path(self, path: str) -> Segment | None:
        rows = self._rows(f"SELECT {COLUMNS} FROM segments WHERE path = ?", path)
        return segment_of(rows[0]) if rows else None

    def holdings(self) -> Iterator[Row]:
        """Number, camera, start, duration, size, motion, protected and importance of every segment."""
        last = 0
        while rows := self._rows(
            "SELECT rowid, camera, start, duration, size, motion, protected, importance FROM segments"
            " WHERE rowid > ? ORDER BY rowid LIMIT ?",
            last,
            _HOLDINGS_PAGE,
        ):
            last = int(rows[-1][0])  # type: ignore[call-overload]
            yield from rows

    def numbered(self, numbers: Collection[int]) -> dict[int, Segment]:
        """Segments by their numbers in `holdings`, as far as they are still there."""
        places = ",".join("?" * len(numbers))
        rows = self._rows(f"SELECT {COLUMNS}, rowid FROM segments WHERE rowid IN ({places})", *numbers)
        return {row[-1]: segment_of(row[:-1]) for row in rows}  # type: ignore[misc]

    def standing(self, segment_ids: Collection[str]) -> dict[str, bool]:
        """Which of these are there, and whether they are protected."""
        places = ",".join("?" * len(segment_ids))
        rows = self._rows(f"SELECT id, protected FROM segments WHERE id IN ({places})", *segment_ids)
        return {str(segment_id): bool(protected) for segment_id, protected in rows}

    def add_importance(self, chances: Iterable[tuple[float, str]]) -> None:
        """Each a reason why a segment, named by its id, may be wanted, beside those that are known."""
        statement = "UPDATE segments SET importance = 1 - (1 - importance) * (1 - ?) WHERE id = ?"
        rows = list(chances)
        self._file.write(lambda database: database.executemany(statement, rows))

    def written(self, since: datetime) -> dict[str, Written]:
        """What each camera wrote from then on, by the hour in which a segment began; deleted ones are included.

        What was weeded is not: nothing moved in it, and it takes no room for longer than it was looked at.
        """
        kept = "SELECT camera, start, duration, size FROM segments"
        gone = "SELECT camera, start, duration, iif(policy = 'no_motion', 0, size) FROM tombstones"
        rows = self._rows(
            "SELECT camera, start / 3600000, sum(size), min(start), max(start + duration)"
            f" FROM ({kept} WHERE start >= ?1 UNION ALL {gone} WHERE start >= ?1) GROUP BY 1, 2 ORDER BY 1, 2",
            milliseconds(since),
        )
        found: dict[str, Written] = {}
        for camera, *numbers in rows:
            hour, size, start, end = (int(number) for number in numbers)  # type: ignore[call-overload]
            before = found.get(str(camera), Written({}, from_milliseconds(start), from_milliseconds(end)))
            hours, last = {**before.hours, hour: size}, max(before.end, from_milliseconds(end))
            found[str(camera)] = Written(hours, before.start, last)
        return found

    def bytes_since(self, start: datetime) -> int:
        """Of the segments that began since then."""
        [(size,)] = self._rows("SELECT coalesce(sum(size), 0) FROM segments WHERE start >= ?", milliseconds(start))
        return int(size)  # type: ignore[call-overload,no-any-return]

    def sizes(self) -> dict[str, tuple[int, datetime]]:
        """Per camera the bytes of its footage and the start of its oldest segment."""
        rows = self._rows(
            "SELECT camera, size, (SELECT min(start) FROM segments s WHERE s.camera = t.camera) FROM totals t"
        )
        return {str(c): (int(size), from_milliseconds(start)) for c, size, start in rows if start is not None}  # type: ignore[call-overload,arg-type]

    def bury(self, tombstones: Iterable[Tombstone]) -> None:
        """Replace segments by their tombstones."""
        self.tombstones.bury(tombstones)
