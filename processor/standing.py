"""Standing: where what moved stands still now, which is neither motion nor the scene."""

from collections import deque
from datetime import datetime, timedelta

from processor.cellset import CellSet, union

FEWEST = 3
"""Cells below which noise may have stayed where something passed."""


class Standing:
    """That in one camera, until `stands_for` after it moved."""

    def __init__(self, stands_for: timedelta) -> None:
        self._stands_for = stands_for
        self._moved: deque[tuple[datetime, CellSet]] = deque()
        self._occupied: CellSet = 0
        self.cells: CellSet = 0

    def follow(self, time: datetime, full: CellSet, moving: CellSet) -> None:
        """One frame on, in which the `full` cells differ from the background and some cells move. Those `cells` are
        standing in which something moved, that have differed ever since, and are still now."""
        stayed = self._occupied & full
        self._occupied = stayed | moving
        if moving:
            self._moved.append((time, moving))
        while self._moved and abs(time - self._moved[0][0]) >= self._stands_for:
            self._moved.popleft()
        standing = stayed & ~moving
        if standing:
            standing &= union(cells for _, cells in self._moved)
        self.cells = standing if standing.bit_count() >= FEWEST else 0
