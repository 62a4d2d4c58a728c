"""Patches: the pixels of a few cells, each its own 5 x 5 and one around, to take gradients and neighbours from.

A patch is its 49 pixels row by row, and k patches are `(49, k)`: what lies a column or a row further is so many places
further, and numpy, which is quickest with arrays in one piece, need not know of rows. At their ends these run into each
other, but no pixel inside a cell is that far out.
"""

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS
from processor.cells import CELL, Bools, Reals

SIDE = CELL + 2
"""Pixels along a patch's side."""

OWN = slice(SIDE + 1, SIDE * (SIDE - 1) - 1)
"""Of a patch's pixels, those from the first of the cell's own to the last. Not all of them are `INSIDE` the cell."""

INSIDE: Bools = (np.arange(SIDE**2) % SIDE % (SIDE - 1) != 0)[OWN]
_ONES = INSIDE.astype(np.float32)


def _beside(down: int, right: int) -> slice:
    offset = down * SIDE + right
    return slice(OWN.start + offset, OWN.stop + offset)


LEFT, RIGHT, ABOVE, BELOW = _beside(0, -1), _beside(0, 1), _beside(-1, 0), _beside(1, 0)


def _patches() -> npt.NDArray[np.intp]:
    """The pixel numbers of each cell and one around it `(49, 576)`, at the border the nearest."""
    offsets = np.arange(-1, CELL + 1)[:, np.newaxis]
    rows = np.clip(np.arange(0, FRAME_HEIGHT, CELL) + offsets, 0, FRAME_HEIGHT - 1)
    columns = np.clip(np.arange(0, FRAME_WIDTH, CELL) + offsets, 0, FRAME_WIDTH - 1)
    numbers = rows[:, np.newaxis, :, np.newaxis] * FRAME_WIDTH + columns[np.newaxis, :, np.newaxis, :]
    return np.asarray(numbers.reshape(SIDE**2, GRID_ROWS * GRID_COLUMNS))


_PATCHES = _patches()


def patches(cells: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The pixel numbers of each of `cells` `(k,)` and one around it `(49, k)`."""
    return _PATCHES.take(cells, axis=1)


def by_cell(values: Reals) -> Reals:
    """The sums `(t, k)` over those of the pixels `(t, 33, k)`, from the first inside to the last, that are inside.

    A product with ones and noughts is quicker than a sum.
    """
    sums: Reals = np.matmul(_ONES, values)
    return sums
