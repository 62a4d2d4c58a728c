"""A lock that keeps a second recorder away from a directory that only one may use."""

import fcntl
from pathlib import Path

from nvr.errors import StorageError, StorageTaken


class LockFile:
    """Held until it is closed or the process ends, however it ends. Raises `StorageTaken` where another holds it."""

    def __init__(self, path: Path, hint: str = "stop that one first") -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w")
        except OSError as error:
            raise StorageError(f"the lock cannot be opened: {error.strerror}", path=path) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise StorageTaken("it is in use by another recorder", path=path.parent, hint=hint) from error

    def close(self) -> None:
        self._file.close()
