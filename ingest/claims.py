"""Which paths just now get or lose their file and their row: a path has one, the other or both in the meantime."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Claims:
    """Keeps those who judge whether files and rows agree away from those who are about to make them agree."""

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def one(self, path: str) -> Iterator[None]:
        """This path; waits while another has it."""
        with self._changed:
            self._changed.wait_for(lambda: path not in self._paths)
            self._paths.add(path)
        try:
            yield
        finally:
            self._release({path})

    @contextmanager
    def free(self, paths: Iterable[str]) -> Iterator[set[str]]:
        """Those of the paths that nobody else has."""
        with self._changed:
            mine = set(paths) - self._paths
            self._paths |= mine
        try:
            yield mine
        finally:
            self._release(mine)

    def _release(self, paths: set[str]) -> None:
        with self._changed:
            self._paths -= paths
            self._changed.notify_all()
