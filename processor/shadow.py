"""Shadows: where the scene is darker, and by the same share as right beside.

Light is compared on a logarithmic scale, on which a shadow takes the same from every pixel it covers, whatever these
show. What covers the scene takes from each another amount, since the scene's texture goes and its own comes.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from processor.cells import Bools, Reals
from processor.patches import OWN, SIDE

_T = TypeVar("_T", bound=np.generic)

DEEPEST, FAINTEST = -1000.0, -150.0
"""The light that a shadow takes, in 1024ths of an octave."""

EVEN = 70.0
"""How far it may differ within 2 x 2 pixels: a sensor's noise by day makes 40 of it, cloth and paint 160."""

_WHOLE: Bools = (np.arange(SIDE * (SIDE - 1) - 1) % SIDE != SIDE - 1)[:, np.newaxis]
"""Where 2 x 2 pixels begin that do not run into the next row."""


def in_shadow(change: Reals) -> Bools:
    """Which pixels `(33, k)`, from the first inside to the last, lie in shadow or half in it, of k patches of 7 x 7
    pixels in which the `change` of light, in 1024ths of an octave, is known `(49, k)`.

    Any 2 x 2 pixels that are evenly darker are in shadow; what is darker right beside them is half in it.
    """
    most, least = _of_four(change, np.maximum), _of_four(change, np.minimum)
    padded = np.zeros((OWN.start + SIDE**2, change.shape[1]), bool)
    even = np.less(most - least, EVEN, out=padded[OWN.start : -OWN.start])
    even &= least > DEEPEST
    even &= most < FAINTEST
    even &= _WHOLE
    # Evenly dark are they that begin here or before, and half dark their neighbours: 4 x 4 beginnings in all.
    shadow: Bools = padded
    for further in (1, 2, SIDE, 2 * SIDE):
        shadow = shadow[further:] | shadow[:-further]
    own = change[OWN]
    shadow &= own < 0
    shadow &= own > DEEPEST
    return shadow


def _of_four(values: npt.NDArray[_T], reduce: np.ufunc) -> npt.NDArray[_T]:
    """Over each 2 x 2 pixels, by the first of them: `(n, k)` in, `(n - 8, k)` out."""
    rows = reduce(values[SIDE:], values[:-SIDE])
    four: npt.NDArray[_T] = reduce(rows[1:], rows[:-1])
    return four
