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


def inputs_of(traits: int) -> int:
    """What a hidden unit weighs: each of so many traits in each place, the size of the thing, and a one."""
    return traits * PLACES + 2


class Network:
    """Of n hidden units and t traits, whose `weights` are `(n, 6 t + 2)`: the places of the first trait, those of the
    next and so on. Of what they find, and of a one, `says` `(n + 1,)` makes log odds."""

    def __init__(self, weights: Reals, says: Reals) -> None:
        nine = weights[:, :-2].reshape(len(weights), -1, PLACES).take(_PLACE, axis=2)
        self._weights = np.hstack((nine.reshape(len(weights), -1), weights[:, -2:]))
        self._says, self._least = says[:-1].copy(), -says[-1]

    def likely(self, cells: npt.NDArray[np.intp], traits: Reals, sizes: Reals) -> Bools:
        """Of which of the `cells` `(k,)` it is likely so, by their `traits` `(t, k)` and the `sizes` `(k,)` of things;
        what is around them and not among them has no traits."""
        shown = np.ones((self._weights.shape[1], len(cells)), np.float32)
        shown[:-2] = _surroundings(cells, traits).reshape(-1, len(cells))
        shown[-2] = sizes
        hidden = self._weights.dot(shown)
        return np.asarray(self._says.dot(np.maximum(hidden, _NOUGHT, out=hidden)) > self._least)


def inputs(cells: npt.NDArray[np.intp], traits: Reals, sizes: Reals) -> Reals:
    """The same as a hidden unit weighs it, `(k, 6 t + 2)`: where there are two cells in a place, they are added up."""
    nine = _surroundings(cells, traits)
    shown = np.ones((inputs_of(len(traits)), len(cells)), np.float32)
    places = np.stack([nine[:, place == _PLACE].sum(axis=1) for place in range(PLACES)], axis=1)
    shown[:-2] = places.reshape(-1, len(cells))
    shown[-2] = sizes
    return np.ascontiguousarray(shown.T)


def _surroundings(cells: npt.NDArray[np.intp], traits: Reals) -> Reals:
    """The traits `(t, k)` of each cell and of the eight around it: `(t, 9, k)`."""
    field = np.zeros((len(traits), CELLS + 1), np.float32)
    field[:, cells] = traits
    nine: Reals = field.take(_NINE.take(cells, axis=1), axis=1)
    return nine


def _nine() -> npt.NDArray[np.intp]:
    """The numbers of each cell and of those around it `(9, 576)`; 576 for what lies outside the picture."""
    framed = np.full((GRID_ROWS + 2, GRID_COLUMNS + 2), CELLS)
    framed[1:-1, 1:-1] = np.arange(CELLS).reshape(GRID_ROWS, GRID_COLUMNS)
    views = np.lib.stride_tricks.sliding_window_view(framed, (GRID_ROWS, GRID_COLUMNS))
    return np.stack([views[row, column].ravel() for row in (1, 0, 2) for column in (1, 0, 2)]).astype(np.intp)


_NINE = _nine()
