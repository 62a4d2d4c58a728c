"""Cell sets: which of the 18 x 32 cells, as the bits of one integer, cell n being bit n.

Sets of cells are asked for neighbours, overlaps and components many times a frame. On integers each of these takes a
tenth of a microsecond, where numpy needs one for the smallest array.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from nvr.model import GRID_COLUMNS, GRID_ROWS
from processor.cells import Bools

CellSet = int

CELLS = GRID_ROWS * GRID_COLUMNS
ALL: CellSet = (1 << CELLS) - 1
_ROW = (1 << GRID_COLUMNS) - 1
_FIRST_COLUMN: CellSet = sum(1 << row * GRID_COLUMNS for row in range(GRID_ROWS))
_NOT_FIRST: CellSet = ALL & ~_FIRST_COLUMN
_NOT_LAST: CellSet = ALL & ~(_FIRST_COLUMN << GRID_COLUMNS - 1)
_STEPS = [(step, ALL & ~sum(_FIRST_COLUMN << column for column in range(step))) for step in (1, 2, 4, 8, 16)]
"""Distances that double, with the columns that are at least so far from the first."""


def packed(cells: Bools) -> CellSet:
    """From an array of 576, of any shape, in one piece; of more of them, one set after the other."""
    return int.from_bytes(np.packbits(cells, bitorder="little").tobytes(), "little")


def unpacked(cells: CellSet) -> Bools:
    """As an array `(576,)`."""
    octets = np.frombuffer(cells.to_bytes(CELLS // 8, "little"), np.uint8)
    return np.unpackbits(octets, bitorder="little").view(bool)


def unpacked_all(sets: Sequence[CellSet]) -> Bools:
    """Each of n sets as an array `(n, 576)`."""
    octets = np.frombuffer(b"".join(cells.to_bytes(CELLS // 8, "little") for cells in sets), np.uint8)
    return np.unpackbits(octets, bitorder="little").view(bool).reshape(-1, CELLS)


def numbers(cells: CellSet) -> npt.NDArray[np.intp]:
    """The numbers of the cells, rising."""
    return unpacked(cells).nonzero()[0]


def subset(chosen: npt.NDArray[np.intp], among: Bools) -> CellSet:
    """The cells whose numbers are `chosen` where `among`, of the same length, says so."""
    cells: Bools = np.zeros(CELLS, bool)
    cells[chosen] = among
    return packed(cells)


def union(sets: Iterable[CellSet]) -> CellSet:
    """The cells of all of them."""
    return reduce(or_, sets, 0)


@lru_cache(maxsize=256)
def grown(cells: CellSet) -> CellSet:
    """The cells and their eight neighbours. The same sets are asked for several times a frame."""
    wide = cells | cells << 1 & _NOT_FIRST | cells >> 1 & _NOT_LAST
    return (wide | wide << GRID_COLUMNS | wide >> GRID_COLUMNS) & ALL


def rim(cells: CellSet) -> CellSet:
    """Those of the cells that have a neighbour outside."""
    return cells & grown(ALL & ~cells)


def spread(part: CellSet, cells: CellSet) -> CellSet:
    """All of the cells that hang together with a part of them, or lie beside it."""
    whole = 0
    while part != whole:
        # As `grown`, which would remember each of these for nothing.
        whole, wide = part, part | part << 1 & _NOT_FIRST | part >> 1 & _NOT_LAST
        part = (wide | wide << GRID_COLUMNS | wide >> GRID_COLUMNS) & cells
    return whole


def components(cells: CellSet) -> Iterator[CellSet]:
    """What hangs together, by corners too."""
    while cells:
        whole = spread(cells & -cells, cells)
        yield whole
        cells ^= whole


def lone(cells: CellSet) -> CellSet:
    """Those of the cells that have none of the others among their eight neighbours."""
    beside = cells << 1 & _NOT_FIRST | cells >> 1 & _NOT_LAST
    three = cells | beside
    return cells & ~(beside | three << GRID_COLUMNS | three >> GRID_COLUMNS)


def filled(cells: CellSet) -> CellSet:
    """The cells, and those that have some of them on all four sides: in their row and in their column."""
    left = right = above = below = cells
    for step, kept in _STEPS:
        right |= right << step & kept
        left |= (left & kept) >> step
        below |= below << step * GRID_COLUMNS & ALL
        above |= above >> step * GRID_COLUMNS
    return left & right & above & below
