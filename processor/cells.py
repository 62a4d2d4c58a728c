"""Pixels and cells: the grids on which motion is counted, and the way from one to the other.

Arrays of cells have shape `(18, 32)`, those of pixels `(90, 160)`; a leading camera axis is marked with N.
"""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS, Box

CELL = FRAME_HEIGHT // GRID_ROWS
"""Pixels along a cell's side."""

Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float32]
_T = TypeVar("_T", bound=np.generic)


def count_per_cell(pixels: Bools) -> Counts:
    """How many pixels of each cell are set, of all cameras: `(N, 90, 160)` in one piece in, `(N, 18, 32)` out."""
    if len(pixels) == 1:
        return count_in_cells(pixels.ravel()).reshape(-1, GRID_ROWS, GRID_COLUMNS)
    lane, pixel = np.divmod(pixels.ravel().nonzero()[0], len(_CELL_OF))
    return _counted(lane * _CELLS + _CELL_OF.take(pixel), len(pixels) * _CELLS).reshape(-1, GRID_ROWS, GRID_COLUMNS)


def count_in_cells(pixels: Bools) -> Counts:
    """The same of one camera, flat: `(14400,)` in, `(576,)` out."""
    return _counted(_CELL_OF.take(pixels.nonzero()[0]), _CELLS)


def _counted(cells: npt.NDArray[np.integer[Any]], many: int) -> Counts:
    """How often each of so many cells is named: few pixels are set as a rule, and quicker found than all added up."""
    return np.bincount(cells, minlength=many).astype(np.uint8)


def to_pixels(cells: npt.NDArray[_T]) -> npt.NDArray[_T]:
    """Each cell's value at each of its pixels."""
    return cells.repeat(CELL, axis=1).repeat(CELL, axis=0)


_CELLS = GRID_ROWS * GRID_COLUMNS
_CELL_OF = to_pixels(np.arange(GRID_ROWS * GRID_COLUMNS, dtype=np.int16).reshape(GRID_ROWS, GRID_COLUMNS)).ravel()
"""The number of the cell that each pixel `(14400,)` lies in."""


def within(pixels: Bools, cells: Bools) -> Bools:
    """Those of the pixels, in any shape, that lie in the cells `(18, 32)`: `(90, 160)`."""
    columns = cells.repeat(CELL, axis=1)[:, np.newaxis]
    inside: Bools = pixels.reshape(GRID_ROWS, CELL, FRAME_WIDTH) & columns
    return inside.reshape(FRAME_HEIGHT, FRAME_WIDTH)


def to_heat(pixels: Bools) -> Bools:
    """The heatmap's cells `(45, 80)` that hold a set pixel: two neighbours in a row are one number."""
    rows: Bools = pixels[0::2] | pixels[1::2]
    return rows.view(np.uint16).astype(bool)


def box_around(cells: npt.NDArray[np.uint16]) -> Box:
    """The smallest box around the given cell numbers, of which there must be one at least."""
    rows, columns = np.divmod(cells, GRID_COLUMNS)
    left, top = int(columns.min()), int(rows.min())
    width, height = int(columns.max()) + 1 - left, int(rows.max()) + 1 - top
    return left / GRID_COLUMNS, top / GRID_ROWS, width / GRID_COLUMNS, height / GRID_ROWS


def union(one: Box, other: Box) -> Box:
    """The smallest box around both."""
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top
