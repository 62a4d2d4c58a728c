"""Components: cells that hang together, and the memory of where there were any in the last frames."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from nvr.model import GRID_COLUMNS, GRID_ROWS
from processor.cells import Bools, Labels, neighbourhood

MEMORY = 4
"""Earlier frames that can confirm a component."""

LARGE = 10
"""Cells from which on a component is too big to be a spark."""

_EIGHT_NEIGHBOURS = np.ones((3, 3), bool)


@dataclass(frozen=True, slots=True)
class Components:
    """`labels` `(18, 32)` number the components from 1 to `count`; 0 is elsewhere."""

    labels: Labels
    count: int

    @classmethod
    def of(cls, cells: Bools) -> "Components":
        labels, count = ndimage.label(cells, _EIGHT_NEIGHBOURS)
        return cls(labels, count)

    @property
    def cells(self) -> Bools:
        return np.greater(self.labels, 0)

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Cells of each component `(count,)`."""
        return self.sums(np.ones(self.labels.shape, np.uint8))

    def sums(self, values: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """The sum of `values` `(18, 32)` over each component `(count,)`."""
        weights = np.bincount(self.labels.ravel(), weights=values.ravel(), minlength=self.count + 1)
        return weights[1:].astype(np.int64)

    def touched_by(self, cells: Bools) -> Bools:
        """Which components hold any of the cells `(count,)`."""
        return np.bincount(self.labels[cells], minlength=self.count + 1)[1:] > 0

    def least(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The smallest of `values` `(18, 32)` in each component `(count,)`."""
        return np.asarray(ndimage.minimum(values, self.labels, np.arange(1, self.count + 1)))

    def kept(self, keep: Bools) -> "Components":
        """Those components `(count,)` only, numbered anew."""
        if keep.all():
            return self
        numbers = np.where(keep, np.cumsum(keep), 0)
        return Components(np.append(0, numbers)[self.labels], int(keep.sum()))


class Memory:
    """Where components were in the last frames of N cameras. Slots go round; the newest is the present frame's."""

    _SLOTS = MEMORY + 1

    def __init__(self, lanes: int) -> None:
        self._near = np.zeros((self._SLOTS, lanes, GRID_ROWS, GRID_COLUMNS), bool)
        self._cells = np.zeros((self._SLOTS, lanes), np.int64)
        self._frame = 0

    def step(self) -> None:
        """On to the next frame, in which nothing is seen yet."""
        self._frame = (self._frame + 1) % self._SLOTS
        self._near[self._frame] = False
        self._cells[self._frame] = 0

    def note(self, lane: int, cells: Bools) -> None:
        """What is seen in the present frame."""
        self._near[self._frame, lane] = neighbourhood(cells)
        self._cells[self._frame, lane] = np.count_nonzero(cells)

    def recall(self, lane: int, components: Components) -> Bools:
        """Which earlier frames, newest first, had something at or beside each component `(4, count)`."""
        slots = [(self._frame - ago) % self._SLOTS for ago in range(1, MEMORY + 1)]
        return np.stack([components.touched_by(self._near[slot, lane]) for slot in slots])

    def most_cells(self, lane: int) -> int:
        """The most cells that any remembered frame had."""
        return int(self._cells[:, lane].max())


def persistent(sizes: npt.NDArray[np.int64], recalled: Bools, most_cells: int) -> Bools:
    """Which components were there before: a small one several times; a large one may jump, if as much was anywhere."""
    needed = np.where(sizes == 1, 3, np.where(sizes < LARGE, 2, 1))
    jumped = (sizes >= LARGE) & (most_cells >= sizes)
    repeated: Bools = recalled.sum(axis=0) >= needed
    return repeated | jumped
