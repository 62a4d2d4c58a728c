"""A volume's catalogue: which segments lie on it, which footage is missing and why, and what was deleted.

SQLite, WAL, full sync. It answers playback and retention without ClickHouse, and is rebuilt from the files where lost.
Times are whole milliseconds since the epoch. All methods may be called from any thread.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nvr.errors import StorageError
from nvr.model import Cause, Gap, Segment, Tombstone

log = logging.getLogger(__name__)

VERSION = 1
_SCHEMA = """
CREATE TABLE segments (
    id TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, duration INTEGER NOT NULL,
    size INTEGER NOT NULL, path TEXT NOT NULL UNIQUE, codec TEXT NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, origin TEXT NOT NULL, motion INTEGER NOT NULL DEFAULT 0,
    protected INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX segments_by_time ON segments (camera, start);
CREATE INDEX segments_by_age ON segments (start);
CREATE INDEX segments_by_origin ON segments (origin);
CREATE TABLE gaps (
    camera TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER, cause TEXT NOT NULL, PRIMARY KEY (camera, start)
) STRICT;
CREATE TABLE tombstones (
    segment TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, duration INTEGER NOT NULL,
    size INTEGER NOT NULL, deleted INTEGER NOT NULL, policy TEXT NOT NULL
) STRICT;
"""
_SEGMENT = "id, camera, start, duration, size, path, codec, width, height"
_LONGEST = timedelta(hours=2)
"""No segment is longer: it bounds the search for those that began before a range and reach into it."""


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _time(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _segment(row: tuple[str, str, int, int, int, str, str, int, int]) -> Segment:
    segment_id, camera, start, duration, size, path, codec, width, height = row
    return Segment(segment_id, camera, _time(start), duration / 1000, size, path, codec, width, height)


def _gap(row: tuple[str, int, int | None, str]) -> Gap:
    camera, start, end, cause = row
    return Gap(camera, _time(start), None if end is None else _time(end), Cause(cause))


class Catalogue:
    """The catalogue in one SQLite file; a corrupt one is moved aside, so that the store can rebuild it."""

    def __init__(self, path: Path) -> None:
        self._lock, self._path = threading.RLock(), path
        try:
            self._database = _open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StorageError(f"the catalogue cannot be opened, {error}", path=path) from error
            log.error("the catalogue %s is corrupt (%s): it is moved aside and rebuilt from the files", path, error)
            _set_aside(path)
            self._database = _open(path)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction. Raises StorageError where the disk refuses it."""
        try:
            with self._lock, self._database:
                yield self._database
        except sqlite3.Error as error:
            raise StorageError(f"the catalogue cannot be written, {error}", path=self._path) from error

    def _rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        try:
            with self._lock:
                return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StorageError(f"the catalogue cannot be read, {error}", path=self._path) from error

    # Segments

    def add(self, segment: Segment, *, origin: str) -> None:
        """Enter a finished segment. `origin` names it as it was while it was being written."""
        row = (
            segment.id,
            segment.camera,
            _milliseconds(segment.start),
            round(segment.duration_seconds * 1000),
            segment.size_bytes,
            segment.path,
            segment.codec,
            segment.width,
            segment.height,
            origin,
        )
        with self._writing() as database:
            database.execute(f"INSERT OR REPLACE INTO segments ({_SEGMENT}, origin) VALUES (?,?,?,?,?,?,?,?,?,?)", row)

    def segment(self, segment_id: str) -> Segment | None:
        """By its id, or by the one it had while it was being written."""
        rows = self._rows(f"SELECT {_SEGMENT} FROM segments WHERE id = ? OR origin = ?", segment_id, segment_id)
        return _segment(rows[0]) if rows else None  # type: ignore[arg-type]

    def segments(self, camera: str, start: datetime, end: datetime) -> list[Segment]:
        """Those that overlap `[start, end)`, oldest first."""
        rows = self._rows(
            f"SELECT {_SEGMENT} FROM segments"
            " WHERE camera = ? AND start >= ? AND start < ? AND start + duration > ? ORDER BY start",
            camera,
            _milliseconds(start - _LONGEST),
            _milliseconds(end),
            _milliseconds(start),
        )
        return [_segment(row) for row in rows]  # type: ignore[arg-type]

    def oldest(self, limit: int) -> list[Segment]:
        """The oldest unprotected segments of all cameras."""
        rows = self._rows(f"SELECT {_SEGMENT} FROM segments WHERE NOT protected ORDER BY start LIMIT ?", limit)
        return [_segment(row) for row in rows]  # type: ignore[arg-type]

    def last_end(self, camera: str) -> datetime | None:
        """Until when a camera's footage reaches."""
        [(end,)] = self._rows("SELECT max(start + duration) FROM segments WHERE camera = ?", camera)
        return None if end is None else _time(end)  # type: ignore[arg-type]

    def paths(self) -> set[str]:
        return {str(path) for (path,) in self._rows("SELECT path FROM segments")}

    def at_path(self, path: str) -> Segment | None:
        rows = self._rows(f"SELECT {_SEGMENT} FROM segments WHERE path = ?", path)
        return _segment(rows[0]) if rows else None  # type: ignore[arg-type]

    def sizes(self) -> dict[str, tuple[int, datetime]]:
        """Per camera the bytes of its footage and the start of its oldest segment."""
        rows = self._rows("SELECT camera, sum(size), min(start) FROM segments GROUP BY camera")
        return {str(camera): (int(size), _time(start)) for camera, size, start in rows}  # type: ignore[call-overload,arg-type]

    def bury(self, tombstones: Iterable[Tombstone]) -> None:
        """Replace segments by their tombstones."""
        rows = [
            (
                stone.segment.id,
                stone.segment.camera,
                _milliseconds(stone.segment.start),
                round(stone.segment.duration_seconds * 1000),
                stone.segment.size_bytes,
                _milliseconds(stone.deleted),
                stone.policy,
            )
            for stone in tombstones
        ]
        with self._writing() as database:
            database.executemany("INSERT OR REPLACE INTO tombstones VALUES (?,?,?,?,?,?,?)", rows)
            database.executemany("DELETE FROM segments WHERE id = ?", [(row[0],) for row in rows])

    # Gaps

    def last_gap_end(self, camera: str) -> datetime | None:
        """Until when the absence of a camera's footage has an explanation."""
        [(end,)] = self._rows('SELECT max("end") FROM gaps WHERE camera = ?', camera)
        return None if end is None else _time(end)  # type: ignore[arg-type]

    def put_gap(self, gap: Gap) -> None:
        """Open a gap, or close the one with the same start; one that has no length is forgotten."""
        start, end = _milliseconds(gap.start), None if gap.end is None else _milliseconds(gap.end)
        with self._writing() as database:
            if end is not None and end <= start:
                database.execute("DELETE FROM gaps WHERE camera = ? AND start = ?", (gap.camera, start))
            else:
                database.execute("INSERT OR REPLACE INTO gaps VALUES (?,?,?,?)", (gap.camera, start, end, gap.cause))

    def gaps(self, camera: str | None, start: datetime, end: datetime) -> list[Gap]:
        """Those that overlap `[start, end)`, oldest first; those of all cameras where none is named."""
        rows = self._rows(
            'SELECT camera, start, "end", cause FROM gaps'
            ' WHERE (?1 IS NULL OR camera = ?1) AND start < ?2 AND ("end" IS NULL OR "end" > ?3)'
            " ORDER BY start, camera",
            camera,
            _milliseconds(end),
            _milliseconds(start),
        )
        return [_gap(row) for row in rows]  # type: ignore[arg-type]

    def open_gap(self, camera: str) -> Gap | None:
        rows = self._rows(
            'SELECT camera, start, "end", cause FROM gaps WHERE camera = ? AND "end" IS NULL ORDER BY start DESC',
            camera,
        )
        return _gap(rows[0]) if rows else None  # type: ignore[arg-type]


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, timeout=10.0)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    [version] = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise StorageError(
            f"the catalogue has version {version}, this recorder knows {VERSION}",
            path=path,
            hint="run the newer release that wrote it, or move it away to have it rebuilt from the files",
        )
    [found] = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        database.close()
        raise sqlite3.DatabaseError(found)
    if version == 0:
        database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    return database


def _set_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(path.with_name(f"{path.name}.corrupt-{stamp}{suffix}"))
