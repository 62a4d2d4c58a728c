"""A small network: what a cell and the eight around it show, weighed twice, says whether something is so of the cell.

It has one hidden layer of rectified units, and does not know left from right: what was learnt of the one side holds for
the other.
"""

import numpy as np
import numpy.typing as npt

from nvr.model import GRID_COLUMNS, GRID_ROWS
from processor.cells import Bools, Reals
from processor.cellset import CELLS

PLACES = 6
"""The cell; the two beside it; the one above it; the two beside that; the one below it; the two beside that."""

_PLACE = np.array([0, 1, 1, 2, 3, 3, 4, 5, 5])
"""Where each of the nine cells is, in the order of `_nine`."""

_NOUGHT = np.float32(0)


class Network:
    """Of n hidden units and t traits, of which one is always one, whose `weights` are `(n, 6 t)`: the places of the
    first trait, those of the next and so on. Of what they find, and of a one, `says` `(n + 1,)` makes log odds."""

    def __init__(self, weights: Reals, says: Reals) -> None:
        nine = weights.reshape(len(weights), -1, PLACES).take(_PLACE, axis=2)
        self._weights = np.ascontiguousarray(nine.transpose(2, 1, 0).reshape(-1, len(weights)))
        self._says, self._least = says[:-1].copy(), -says[-1]

    def likely(self, cells: npt.NDArray[np.intp], traits: Reals) -> Bools:
        """Of which of the `cells` `(k,)` it is likely so, by their `traits` `(t, k)`; what is around them and not among
        them has no traits."""
        hidden = _surroundings(cells, traits).reshape(len(cells), -1).dot(self._weights)
        return np.asarray(np.maximum(hidden, _NOUGHT, out=hidden).dot(self._says) > self._least)


def inputs(cells: npt.NDArray[np.intp], traits: Reals) -> Reals:
    """The same as a hidden unit weighs it, `(k, 6 t)`: where there are two cells in a place, they are added up."""
    nine = _surroundings(cells, traits)
    places = np.stack([nine[:, place == _PLACE].sum(axis=1) for place in range(PLACES)], axis=-1)
    return places.reshape(len(cells), -1)


def _surroundings(cells: npt.NDArray[np.intp], traits: Reals) -> Reals:
    """The traits `(t, k)` of each cell and of the eight around it: `(k, 9, t)`."""
    field = np.zeros((CELLS + 1, len(traits)), np.float32)
    field[cells] = traits.T
    nine: Reals = field.take(_NINE.take(cells, axis=0), axis=0)
    return nine


def _nine() -> npt.NDArray[np.intp]:
    """The numbers of each cell and of those around it `(576, 9)`; 576 for what lies outside the picture."""
    framed = np.full((GRID_ROWS + 2, GRID_COLUMNS + 2), CELLS)
    framed[1:-1, 1:-1] = np.arange(CELLS).reshape(GRID_ROWS, GRID_COLUMNS)
    views = np.lib.stride_tricks.sliding_window_view(framed, (GRID_ROWS, GRID_COLUMNS))
    return np.stack([views[row, column].ravel() for row in (1, 0, 2) for column in (1, 0, 2)], axis=1).astype(np.intp)


_NINE = _nine()
