"""A volume's catalogue: which segments lie on it, which footage is missing and why, and what was deleted.

It answers playback and retention without ClickHouse, and is rebuilt from the files where lost.
Times are whole milliseconds since the epoch. All methods may be called from any thread.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from ingest.catalogue_file import CatalogueFile, Row
from ingest.forecast import Written
from ingest.motion_marks import MotionMarks
from ingest.protections import Protections
from nvr.clock import from_milliseconds, milliseconds
from nvr.errors import StorageError
from nvr.model import Cause, Gap, Segment, Tombstone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEGMENT = "id, camera, start, duration, size, path, codec, width, height, clock_step, clock_offset"
_DAY = timedelta(days=1)
_PAGE = 1000
"""So many rows are read at a time: whoever names a segment waits for no longer than that."""

_HOLDINGS_PAGE = 20_000
"""As `_PAGE`, of rows that are short."""

_LONGEST = timedelta(hours=2)
"""No segment is longer: it bounds the search for those that began before a range and reach into it."""


def _segment(row: tuple[str, str, int, int, int, str, str, int, int, float, float]) -> Segment:
    segment_id, camera, start, duration, size, path, codec, width, height, step, offset = row
    return Segment(
        segment_id,
        camera,
        from_milliseconds(start),
        duration / 1000,
        size,
        path,
        codec,
        width,
        height,
        clock_step_seconds=step,
        clock_offset_seconds=offset,
    )


def _gap(row: tuple[str, int, int | None, str]) -> Gap:
    camera, start, end, cause = row
    return Gap(camera, from_milliseconds(start), None if end is None else from_milliseconds(end), Cause(cause))


class Catalogue:
    """The catalogue in one SQLite file; where that is damaged an empty one takes its place, for the store to fill."""

    def __init__(self, path: Path) -> None:
        self._file = CatalogueFile(path)
        self.protections = Protections(self._file)
        self.motion = MotionMarks(self._file)
        self._unsaved: dict[tuple[str, datetime], Gap] = {}
        self._unsaved_lock = threading.Lock()
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

    # Segments

    def add(self, segment: Segment, *, origin: str) -> None:
        """Enter a finished segment. `origin` names it as it was while it was being written."""
        row = (
            segment.id,
            segment.camera,
            milliseconds(segment.start),
            round(segment.duration_seconds * 1000),
            segment.size_bytes,
            segment.path,
            segment.codec,
            segment.width,
            segment.height,
            segment.clock_step_seconds,
            segment.clock_offset_seconds,
            origin,
        )

        def enter(database: sqlite3.Connection) -> None:
            # No REPLACE: of the row that it removes no trigger would hear.
            database.execute("DELETE FROM segments WHERE id = ? OR path = ?", (segment.id, segment.path))
            places = ",".join("?" * len(row))
            database.execute(f"INSERT INTO segments ({_SEGMENT}, origin) VALUES ({places})", row)

        self._file.write(enter)

    def segment(self, segment_id: str) -> Segment | None:
        """By its id, or by the one it had while it was being written."""
        rows = self._rows(f"SELECT {_SEGMENT} FROM segments WHERE id = ? OR origin = ?", segment_id, segment_id)
        return _segment(rows[0]) if rows else None  # type: ignore[arg-type]

    def segments(self, camera: str, start: datetime, end: datetime) -> list[Segment]:
        """Those that overlap `[start, end)`, oldest first."""
        since, found = milliseconds(start - _LONGEST), list[Segment]()
        while True:
            rows = self._rows(
                f"SELECT {_SEGMENT} FROM segments"
                " WHERE camera = ? AND start >= ? AND start < ? AND start + duration > ? ORDER BY start LIMIT ?",
                camera,
                since,
                milliseconds(end),
                milliseconds(start),
                _PAGE,
            )
            found += [_segment(row) for row in rows]  # type: ignore[arg-type]
            if len(rows) < _PAGE:
                return found
            since = milliseconds(found[-1].start) + 1  # no two of a camera begin in the same millisecond

    def oldest(self, limit: int) -> list[Segment]:
        """The oldest unprotected segments of all cameras."""
        rows = self._rows(f"SELECT {_SEGMENT} FROM segments WHERE NOT protected ORDER BY start LIMIT ?", limit)
        return [_segment(row) for row in rows]  # type: ignore[arg-type]

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
        rows = self._rows(f"SELECT {_SEGMENT} FROM segments WHERE path = ?", path)
        return _segment(rows[0]) if rows else None  # type: ignore[arg-type]

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
        rows = self._rows(f"SELECT {_SEGMENT}, rowid FROM segments WHERE rowid IN ({places})", *numbers)
        return {row[-1]: _segment(row[:-1]) for row in rows}  # type: ignore[misc,arg-type]

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
        rows = [
            (
                stone.segment.id,
                stone.segment.camera,
                milliseconds(stone.segment.start),
                round(stone.segment.duration_seconds * 1000),
                stone.segment.size_bytes,
                milliseconds(stone.deleted),
                stone.policy,
            )
            for stone in tombstones
        ]

        def replace(database: sqlite3.Connection) -> None:
            database.executemany("INSERT OR REPLACE INTO tombstones VALUES (?,?,?,?,?,?,?)", rows)
            database.executemany("DELETE FROM segments WHERE id = ?", [(row[0],) for row in rows])

        if rows:
            self._file.write(replace)

    # Gaps

    def last_gap_end(self, camera: str) -> datetime | None:
        """Until when the absence of a camera's footage has an explanation."""
        [(end,)] = self._rows('SELECT max("end") FROM gaps WHERE camera = ?', camera)
        return None if end is None else from_milliseconds(end)  # type: ignore[arg-type]

    def note_gap(self, gap: Gap) -> None:
        """From now on it is told of; `save_gaps` writes it down. Touches no disk."""
        with self._unsaved_lock:
            self._unsaved[gap.camera, gap.start] = gap

    def save_gaps(self) -> None:
        """Write down those that were noted. Raises StorageError, and keeps them, where the disk refuses."""
        with self._unsaved_lock:
            noted = dict(self._unsaved)
        if noted:
            self._file.write(lambda database: _put(database, noted.values()))
        with self._unsaved_lock:
            for key, gap in noted.items():
                if self._unsaved.get(key) is gap:  # and has not ended meanwhile
                    del self._unsaved[key]

    def put_gap(self, gap: Gap) -> None:
        """Open a gap, or close the one with the same start; one that has no length is forgotten."""
        self.note_gap(gap)
        self.save_gaps()

    def gaps(self, camera: str | None, start: datetime, end: datetime) -> list[Gap]:
        """Those that overlap `[start, end)`, oldest first; those of all cameras where none is named."""
        rows = self._rows(
            'SELECT camera, start, "end", cause FROM gaps'
            ' WHERE (?1 IS NULL OR camera = ?1) AND start < ?2 AND ("end" IS NULL OR "end" > ?3)',
            camera,
            milliseconds(end),
            milliseconds(start),
        )
        found = {(gap.camera, milliseconds(gap.start)): gap for gap in map(_gap, rows)}  # type: ignore[arg-type]
        with self._unsaved_lock:
            noted = [gap for gap in self._unsaved.values() if camera in (None, gap.camera)]
        found |= {(gap.camera, milliseconds(gap.start)): gap for gap in noted}
        overlapping = (gap for gap in found.values() if gap.start < end and (gap.end is None or gap.end > start))
        return sorted(overlapping, key=lambda gap: (gap.start, gap.camera))

    def open_gap(self, camera: str) -> Gap | None:
        rows = self._rows(
            'SELECT camera, start, "end", cause FROM gaps WHERE camera = ? AND "end" IS NULL ORDER BY start DESC',
            camera,
        )
        return _gap(rows[0]) if rows else None  # type: ignore[arg-type]


def _put(database: sqlite3.Connection, gaps: Iterable[Gap]) -> None:
    for gap in gaps:
        start, end = milliseconds(gap.start), None if gap.end is None else milliseconds(gap.end)
        if end is not None and end <= start:
            database.execute("DELETE FROM gaps WHERE camera = ? AND start = ?", (gap.camera, start))
        else:
            database.execute("INSERT OR REPLACE INTO gaps VALUES (?,?,?,?)", (gap.camera, start, end, gap.cause))
