"""A durable file while it is in use: one that is deleted, replaced or damaged is moved aside, and begun anew.

SQLite alone would go on writing to a file that has no name any more, or fail until the next start.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from exporters.durable_file import is_damage, move_aside, opened
from nvr.errors import StorageError

_log = logging.getLogger(__name__)

_MAGIC = b"SQLite format 3\0"


class Closable(Protocol):
    def close(self) -> None: ...


F = TypeVar("F", bound=Closable)
T = TypeVar("T")


class KeptFile(Generic[F]):
    """One thread at a time may `use` it. `renewed` is called each time that it had to be begun anew.

    Raises `StorageError` where the disk does not do what it should; the next use tries again.
    """

    def __init__(self, what: str, path: Path, open_file: Callable[[Path], F], renewed: Callable[[], None]) -> None:
        self._what, self._path, self._open, self._renewed = what, path, open_file, renewed
        self._lock = threading.Lock()
        self._is_open = False
        self.file = self._opened()

    def use(self, act: Callable[[F], T]) -> T:
        with self._lock:
            try:
                return self._use(act)
            except (sqlite3.Error, OSError) as error:
                raise StorageError(f"the {self._what} cannot be used: {error}", path=self._path) from error

    def close(self) -> None:
        with self._lock:
            self.file.close()

    def _use(self, act: Callable[[F], T]) -> T:
        if self._is_open and (trouble := self._trouble()):
            self._let_go(trouble)
        try:
            return self._act(act)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._let_go(str(error))
        return self._act(act)

    def _act(self, act: Callable[[F], T]) -> T:
        if not self._is_open:
            self.file = self._opened()
        try:
            return act(self.file)
        finally:
            self._remember_size()

    def _opened(self) -> F:
        file = opened(self._what, self._path, self._open)
        found = self._path.stat()
        self._identity, self._size, self._is_open = (found.st_dev, found.st_ino), found.st_size, True
        return file

    def _remember_size(self) -> None:
        """After each use: what was taken out of it makes it shorter, too."""
        with contextlib.suppress(OSError):
            found = self._path.stat()
            if (found.st_dev, found.st_ino) == self._identity:
                self._size = found.st_size

    def _trouble(self) -> str | None:
        try:
            found = self._path.stat()
            with self._path.open("rb") as file:
                beginning = file.read(len(_MAGIC))
        except FileNotFoundError:
            return "it was deleted"
        if (found.st_dev, found.st_ino) != self._identity:
            return "another file took its place"
        if found.st_size < self._size:
            return "it was cut short"
        return None if beginning == _MAGIC else "it was written over"

    def _let_go(self, trouble: str) -> None:
        self._is_open = False
        with contextlib.suppress(sqlite3.Error):  # of a damaged one nothing can be asked any more
            self.file.close()
        aside = move_aside(self._path)
        _log.error("the %s is damaged (%s) and starts anew, what is left of it is in %s", self._what, trouble, aside)
        self._renewed()
