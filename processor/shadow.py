"""Shadows: where the scene is darker, and by the same share as right beside.

Light is compared on a logarithmic scale, on which a shadow takes the same from every pixel it covers, whatever these
show. What covers the scene takes from each another amount, since the scene's texture goes and its own comes.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from processor.cells import Bools, Reals

_T = TypeVar("_T", bound=np.generic)

DEPTHS = (-1000.0, -150.0)
"""The light that a shadow takes, in 1024ths of an octave."""

EVEN = 70.0
"""How far it may differ within 2 x 2 pixels: a sensor's noise by day makes 40 of it, cloth and paint 160."""


def shaded(change: Reals) -> Bools:
    """Which pixels `(5, 5, k)` lie in some 2 x 2 pixels that are all in shadow, of k cells whose `change` of light, in
    1024ths of an octave, is known for them and one pixel around `(7, 7, k)`."""
    most, least = _of_four(change, np.maximum), _of_four(change, np.minimum)
    even = (most - least < EVEN) & (least > DEPTHS[0]) & (most < DEPTHS[1])
    return _of_four(even, np.logical_or)


def _of_four(values: npt.NDArray[_T], reduce: np.ufunc) -> npt.NDArray[_T]:
    """Over each 2 x 2 pixels: `(n, n, k)` in, `(n - 1, n - 1, k)` out."""
    rows = reduce(values[1:], values[:-1])
    four: npt.NDArray[_T] = reduce(rows[:, 1:], rows[:, :-1])
    return four
