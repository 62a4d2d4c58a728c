"""The protections of a catalogue once more, in a small file beside it: what is to stay outlives any damage to it."""

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from ingest.catalogue_schema import Row

log = logging.getLogger(__name__)

NAME = "protections.json"

_TYPES = (str, str, int, int, str, int)
"""Of a row: id, camera, start, end, reason, created."""


class ProtectionsFile:
    """One folder's. It is only ever replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> list[Row]:
        """What was kept last; where that cannot be read the error is logged, for the catalogue may hold it still."""
        try:
            rows = [tuple(row) for row in json.loads(self._path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            log.error("the protections in %s cannot be read: %s", self._path, error)
            return []
        whole = [row for row in rows if len(row) == len(_TYPES) and all(map(isinstance, row, _TYPES))]
        if len(whole) < len(rows):
            log.error("%d protections in %s cannot be read", len(rows) - len(whole), self._path)
        return whole

    def keep(self, rows: Iterable[Row]) -> None:
        """A disk that refuses is logged: the catalogue has them."""
        draft = self._path.with_suffix(".tmp")
        try:
            with draft.open("w", encoding="utf-8") as file:
                json.dump(list(rows), file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
            _sync(self._path.parent)
        except OSError as error:
            log.error("protections are kept in the catalogue alone, not in %s: %s", self._path, error.strerror)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
