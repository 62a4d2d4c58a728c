"""A SQLite file whose commits survive a power cut: how it is opened, written, and moved aside where it is unusable.

It is locked for this process alone: SQLite then does without a file of shared memory, which a disk that fails would
turn into the end of the process (SIGBUS).
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from nvr.clock import utc_now
from nvr.errors import StorageError
from nvr.model import stamp

_log = logging.getLogger(__name__)

T = TypeVar("T")

JOURNAL_BYTES = 4 << 20
"""What the journal is cut back to: else it stays as large as its largest commit ever was."""

SMALL_BYTES = 64_000_000
"""A file up to this size is checked when it is opened; a larger one would hold up the start for seconds."""

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class AnotherFormat(sqlite3.DatabaseError):
    """Another release wrote the file."""


def connect(path: Path, *, schema: str, version: int) -> sqlite3.Connection:
    """A checked connection in WAL mode with full sync, for any thread, without implicit transactions.

    Raises `sqlite3.OperationalError` where the file cannot be reached, and `sqlite3.DatabaseError` where it is useless.
    """
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        _prepare(database, path, schema, version)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path, schema: str, version: int) -> None:
    database.execute("PRAGMA locking_mode=EXCLUSIVE")
    database.execute("PRAGMA auto_vacuum=FULL")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(f"PRAGMA journal_size_limit={JOURNAL_BYTES}")
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found == 0:
        database.executescript(f"BEGIN; {schema} PRAGMA user_version={version}; COMMIT;")
    elif found != version:
        raise AnotherFormat(f"it has format {found}, this program writes format {version}")
    if path.stat().st_size <= SMALL_BYTES:
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def opened(what: str, path: Path, open_file: Callable[[Path], T]) -> T:
    """What `open_file` makes of `path`; one that is of no use is moved aside and begun anew: recording does not wait.

    `what` names it in errors and the log. Raises `StorageError` where the place itself cannot be used.
    """
    try:
        return open_file(path)
    except sqlite3.OperationalError as error:
        raise StorageError(f"the {what} cannot be opened: {error}", path=path) from error
    except sqlite3.DatabaseError as error:
        state = "is of another release" if isinstance(error, AnotherFormat) else "was corrupt"
        aside = move_aside(path)
        _log.error("the %s %s and starts anew, what it held is in %s: %s", what, state, aside, error)
        return open_file(path)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether what is in the file is wrong, where the disk itself does what it should."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_IOERR_SHORT_READ


def move_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.corrupt-{stamp(utc_now())}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
