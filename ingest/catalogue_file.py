"""The SQLite file of a catalogue: opened, brought to this form, and replaced where it is damaged, also while in use.

WAL, full sync, and locked for this process alone: SQLite then does without a file of shared memory, which a disk that
fails or hangs would turn into the end of the process (SIGBUS) or a thread that waits for ever.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ingest.catalogue_salvage import better, protections, put, saved, saved_in
from ingest.catalogue_schema import MIGRATIONS, VERSION, Row
from ingest.protections_file import ProtectionsFile
from nvr.errors import StorageError, StorageTooNew

log = logging.getLogger(__name__)

T = TypeVar("T")

ASIDE = 3
"""So many damaged files are kept, for somebody may find in one of them what was not found here."""

SMALL_BYTES = 64_000_000
"""A file up to this size is checked when it is opened; a larger one would hold up recording for seconds."""

PATIENCE_SECONDS = 10.0
"""How long another may hold the file, or the lock, before that is an error."""

_MAGIC = b"SQLite format 3\0"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


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
            self._protections.keep(self._again_if_damaged(protections))

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
        kept, entered = self._protections.read(), protections(database)
        if entered and not kept:
            self._protections.keep(entered)
        elif kept and not entered:
            log.error("the catalogue %s has lost its protections: %d are put back", self._path, len(kept))
            with database:
                put(database, "protections", kept)

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
        tables = saved(self._database)
        self._let_go()
        aside = _set_aside(self._path)
        if aside and any(not table.rows or table.is_damaged for table in tables.values()):
            tables = better(tables, saved_in(aside))
        kept = self._protections.read()
        self._database = _open(self._path)
        with self._database:
            put(self._database, "protections", kept)
            for name, table in tables.items():
                put(self._database, name, table.rows)
        if entered := protections(self._database):
            self._protections.keep(entered)
        self._remember()
        self.renewals += 1
        found = ", ".join(f"{name}: {table}" for name, table in tables.items())
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
