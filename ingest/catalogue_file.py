"""The SQLite file of a catalogue: opened, brought to this form, and replaced where it is damaged, also while in use.

WAL, full sync, and locked for this process alone: SQLite then does without a file of shared memory, which a disk that
fails or hangs would turn into the end of the process (SIGBUS) or a thread that waits for ever.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ingest.protections_file import ProtectionsFile
from nvr.errors import StorageError, StorageTooNew

log = logging.getLogger(__name__)

T = TypeVar("T")

ASIDE = 3
"""So many damaged files are kept, for somebody may find in one of them what was not found here."""

Row = tuple[object, ...]

SMALL_BYTES = 64_000_000
"""A file up to this size is checked when it is opened; a larger one would hold up recording for seconds."""

PATIENCE_SECONDS = 10.0
"""How long another may hold the file, or the lock, before that is an error."""

_MAGIC = b"SQLite format 3\0"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_FIRST = """
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
_SECOND = """
ALTER TABLE segments ADD COLUMN clock_step REAL NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN clock_offset REAL NOT NULL DEFAULT 0;
CREATE TABLE totals (camera TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
INSERT INTO totals SELECT camera, sum(size) FROM segments GROUP BY camera;
CREATE TRIGGER segment_came AFTER INSERT ON segments BEGIN
    INSERT INTO totals VALUES (new.camera, new.size) ON CONFLICT (camera) DO UPDATE SET size = size + excluded.size;
END;
CREATE TRIGGER segment_went AFTER DELETE ON segments BEGIN
    UPDATE totals SET size = size - old.size WHERE camera = old.camera;
END;
"""
_THIRD = """
ALTER TABLE segments ADD COLUMN importance REAL NOT NULL DEFAULT 0;
CREATE TABLE protections (
    id TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, reason TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
"""
_FOURTH = """
CREATE INDEX protections_by_camera ON protections (camera, start);
CREATE TRIGGER segment_came_protected AFTER INSERT ON segments WHEN EXISTS (
    SELECT 1 FROM protections
    WHERE camera = new.camera AND start < new.start + new.duration AND "end" > new.start
) BEGIN
    UPDATE segments SET protected = 1 WHERE id = new.id;
END;
CREATE TRIGGER protection_came AFTER INSERT ON protections BEGIN
    UPDATE segments SET protected = 1
    WHERE camera = new.camera AND start > new.start - 7200000 AND start < new."end" AND start + duration > new.start;
END;
CREATE TRIGGER protection_went AFTER DELETE ON protections BEGIN
    UPDATE segments SET protected = EXISTS (
        SELECT 1 FROM protections p
        WHERE p.camera = segments.camera AND p.start < segments.start + segments.duration AND p."end" > segments.start
    )
    WHERE camera = old.camera AND start > old.start - 7200000 AND start < old."end" AND start + duration > old.start;
END;
"""
# Of one camera's events the one that begins last before a segment's end is also the one that ends last, but for a clock
# that was set: a few of them tell whether any reaches into it, however many there were before.
_FIFTH = """
CREATE TABLE motion (id TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER) STRICT;
CREATE INDEX motion_by_camera ON motion (camera, start);
CREATE INDEX tombstones_by_camera ON tombstones (camera, start);
CREATE TRIGGER segment_came_moving AFTER INSERT ON segments WHEN (
    SELECT max(last) FROM (
        SELECT coalesce("end", 1 << 62) AS last FROM motion
        WHERE camera = new.camera AND start < new.start + new.duration ORDER BY start DESC LIMIT 8
    )
) > new.start BEGIN
    UPDATE segments SET motion = 1 WHERE id = new.id;
END;
CREATE TRIGGER motion_began AFTER INSERT ON motion BEGIN
    UPDATE segments SET motion = 1
    WHERE camera = new.camera AND start > new.start - 7200000 AND start < coalesce(new."end", 1 << 62)
    AND start + duration > new.start;
END;
CREATE TRIGGER motion_ended AFTER UPDATE ON motion BEGIN
    UPDATE segments SET motion = 1
    WHERE camera = new.camera AND start > new.start - 7200000 AND start < coalesce(new."end", 1 << 62)
    AND start + duration > new.start;
END;
"""
MIGRATIONS = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH)
"""Step n leads from version n to version n + 1. Never change one that was released: add the next."""

VERSION = len(MIGRATIONS)

_IRREPLACEABLE = {"gaps": 4, "protections": 6, "motion": 4}
"""Unlike segments no file tells of them: these tables, with so many columns, are taken along into a new catalogue."""


@dataclass(frozen=True, slots=True)
class _Saved:
    """What was read of a table. `expected` is how many rows it should have had, where anything tells."""

    rows: list[Row]
    is_damaged: bool = False
    expected: int = 0

    def or_else(self, other: "_Saved") -> "_Saved":
        """With what another attempt has read, where this one read nothing or not all."""
        if self.rows and not self.is_damaged:
            return self
        rows = list(dict.fromkeys([*self.rows, *other.rows]))
        return _Saved(rows, other.is_damaged, max(self.expected, other.expected))

    def __str__(self) -> str:
        if not self.is_damaged:
            return f"{len(self.rows)}"
        lost = max(0, self.expected - len(self.rows))
        return f"{len(self.rows)} ({lost or 'an unknown number'} could not be read)"


class CatalogueFile:
    """May be used from any thread, one at a time. `renewals` counts how often it was replaced, and is empty since."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.RLock()
        self._protections = ProtectionsFile(path.parent)
        self.renewals = 0
        self._database: sqlite3.Connection | None = None
        self._identity, self._size = (0, 0), 0
        self._closed = False
        with self._using("opened"):
            self.is_new = not path.exists()
            self._connection()

    def close(self) -> None:
        with self._held():
            self._closed = True
            self._let_go()

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in one transaction. Raises StorageError where the disk refuses it."""
        with self._using("written"):
            return self._again_if_damaged(work)

    def rows(self, statement: str, *values: object) -> list[Row]:
        with self._using("read"):
            return self._again_if_damaged(lambda database: database.execute(statement, values).fetchall())

    def keep_protections(self) -> None:
        """Write them down beside the catalogue too, as they are now."""
        with self._using("read"):
            self._protections.keep(self._again_if_damaged(_protections))

    def look(self) -> None:
        """Notice that the file was deleted, replaced, cut short or written over, and replace it."""
        with self._using("looked at"):
            if not self._closed and (trouble := self._trouble()):
                self._renew(trouble)

    @contextlib.contextmanager
    def _using(self, done: str) -> Iterator[None]:
        try:
            with self._held():
                yield
        except sqlite3.Error as error:
            raise StorageError(f"the catalogue cannot be {done}, {error}", path=self._path) from error
        except OSError as error:
            raise StorageError(f"the catalogue cannot be {done}, {error.strerror}", path=self._path) from error

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=PATIENCE_SECONDS):
            raise StorageError("the catalogue is not to be had: its disk hangs", path=self._path)
        try:
            yield
        finally:
            self._lock.release()

    def _again_if_damaged(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self._connection() as database:
                return work(database)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._renew(str(error))
        with self._connection() as database:
            return work(database)

    def _connection(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.ProgrammingError("it is closed")
        if self._database is None:
            try:
                self._database = _open(self._path)
                self._recall(self._database)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._renew(str(error))
            self._remember()
        assert self._database is not None
        return self._database

    def _recall(self, database: sqlite3.Connection) -> None:
        """Where protections are written down in one of two places only, put them into the other."""
        kept, entered = self._protections.read(), _protections(database)
        if entered and not kept:
            self._protections.keep(entered)
        elif kept and not entered:
            log.error("the catalogue %s has lost its protections: %d are put back", self._path, len(kept))
            with database:
                _put(database, "protections", kept)

    def _remember(self) -> None:
        found = self._path.stat()
        self._identity, self._size = (found.st_dev, found.st_ino), found.st_size

    def _trouble(self) -> str | None:
        self._connection()
        before, size = self._identity, self._size
        try:
            self._remember()
            begins = _beginning(self._path)
        except FileNotFoundError:
            return "it was deleted"
        if self._identity != before:
            return "another file took its place"
        if self._size < size:  # SQLite never makes it shorter
            return "it was cut short"
        return None if begins == _MAGIC else "it was written over"

    def _renew(self, trouble: str) -> None:
        log.error("the catalogue %s is damaged (%s): it is made anew from the files", self._path, trouble)
        saved = _saved(self._database)
        self._let_go()
        aside = _set_aside(self._path)
        if aside and any(not table.rows or table.is_damaged for table in saved.values()):
            saved = _better(saved, _saved_in(aside))
        kept = self._protections.read()
        self._database = _open(self._path)
        with self._database:
            _put(self._database, "protections", kept)
            for name, table in saved.items():
                _put(self._database, name, table.rows)
        if entered := _protections(self._database):
            self._protections.keep(entered)
        self._remember()
        self.renewals += 1
        found = ", ".join(f"{name}: {table}" for name, table in saved.items())
        log.error("of the damaged catalogue %s were saved %s; protections beside it: %d", self._path, found, len(kept))
        _forget_old(self._path)

    def _let_go(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # of a damaged one nothing can be asked any more
            if self._database is not None:
                self._database.close()
        self._database = None


def is_damage(error: sqlite3.Error) -> bool:
    """Whether what is in the file is wrong, where the disk itself does what it should."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_IOERR_SHORT_READ


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, timeout=PATIENCE_SECONDS)
    try:
        _prepare(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    [version] = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise StorageTooNew(
            f"the catalogue has version {version}, this recorder knows {VERSION}",
            path=path,
            hint="run the newer release that wrote it, or move it away to have it rebuilt from the files",
        )
    if path.stat().st_size <= SMALL_BYTES:
        [found] = database.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            error = sqlite3.DatabaseError(found)
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        database.executescript(f"BEGIN; {statements} PRAGMA user_version = {number}; COMMIT;")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_MAGIC))


def _set_aside(path: Path) -> Path | None:
    """Rename what there is of it; two may be damaged within a second."""
    aside = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(aside.with_name(aside.name + suffix))
    return aside if aside.exists() else None


def _forget_old(path: Path) -> None:
    """Remove the earliest of those that were set aside. One that refuses stays."""
    found = sorted(path.parent.glob(f"{path.name}.corrupt-*"))
    stamps = sorted({_stem(file) for file in found})
    for file in found:
        if _stem(file) in stamps[:-ASIDE]:
            with contextlib.suppress(OSError):
                file.unlink()


def _stem(aside: Path) -> str:
    return aside.name.removesuffix("-wal").removesuffix("-shm")


def _saved_in(file: Path) -> dict[str, _Saved]:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file)) as database:
        return _saved(database)
    return _saved(None)


def _saved(database: sqlite3.Connection | None) -> dict[str, _Saved]:
    """As much as can still be read of what no file tells of."""
    return {table: _saved_table(database, table) for table in _IRREPLACEABLE}


def _saved_table(database: sqlite3.Connection | None, table: str) -> _Saved:
    rows = list[Row]()
    if database is None:
        return _Saved(rows, is_damaged=True)
    try:
        rows.extend(database.execute(f"SELECT * FROM {table}"))
    except sqlite3.Error:
        return _Saved(rows, is_damaged=True, expected=_count(database, table))
    return _Saved(rows)


def _count(database: sqlite3.Connection, table: str) -> int:
    """What an index, which may be whole where its table is not, says of their number; 0 where nothing does."""
    with contextlib.suppress(sqlite3.Error):
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


def _better(first: dict[str, _Saved], second: dict[str, _Saved]) -> dict[str, _Saved]:
    """Table by table, what was read at first, and where that is not all what was read then."""
    return {name: table.or_else(second[name]) for name, table in first.items()}


def _put(database: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    places = ",".join("?" * _IRREPLACEABLE[table])
    database.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)


def _protections(database: sqlite3.Connection) -> list[Row]:
    return database.execute('SELECT id, camera, start, "end", reason, created FROM protections').fetchall()
