"""Whether a camera has changed the size of its pictures in mid-stream: what follows then does not fit its file.

A segment names its pictures' size once, at its beginning, and ffmpeg goes on with that name. So the run is to end.
"""

import contextlib
from pathlib import Path

from ingest.mp4 import fragment_heads
from ingest.parameter_sets import Size, parameter_set, picture_size


class SizeWatch:
    """Follows the files of one run as they grow. Touches the disk."""

    def __init__(self) -> None:
        self._file: Path | None = None
        self._offset = 0
        self._size: Size | None = None
        self._suspected: bytes | None = None

    def has_changed(self, file: Path, codec: str) -> bool:
        """Look at what was written since the last time; whether any of it is of another size than what came before."""
        if file != self._file:
            self._file, self._offset = file, 0
        with contextlib.suppress(FileNotFoundError):  # not yet there, or named by now
            for head, end in fragment_heads(file, self._offset):
                self._offset = end
                if (size := picture_size(head, codec)) and self._is_another(size, parameter_set(head, codec)):
                    return True
        return False

    def _is_another(self, size: Size, declared_by: bytes | None) -> bool:
        """Whether two key frames in a row declare another size than the first, and in the same words.

        One alone may be damaged, and two that are may happen to mean the same.
        """
        self._size = self._size or size
        suspected, self._suspected = self._suspected, None if size == self._size else declared_by
        return suspected is not None and suspected == declared_by
