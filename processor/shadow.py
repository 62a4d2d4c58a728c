"""Shadows: where the scene is darker, and by the same share as right beside.

Light is compared on a logarithmic scale, on which a shadow takes the same from every pixel it covers, whatever these
show. What covers the scene takes from each another amount, since the scene's texture goes and its own comes. Where that
is plain too, as dark paint is, it still is not as dark as the shadow that the same thing casts.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from processor.cells import Bools, Reals
from processor.patches import OWN, SIDE

_T = TypeVar("_T", bound=np.generic)

DEEPEST, FAINTEST, FAINTEST_OF_DIM = -1000.0, -20.0, -150.0
"""The light that a shadow takes, in 1024ths of an octave. On a cloudy day it hardly takes any about someone's feet, but
what is dim looks so itself."""

DIM = 3.0
"""The contrast in thresholds up to which something is."""

EVEN = 70.0
"""How far it may differ within 2 x 2 pixels: a sensor's noise by day makes 40 of it, cloth and paint 160."""

DEPTH = 80.0
"""How far the light that it takes may lie from what the shadow of the same thing takes elsewhere."""

FEWEST = 6
"""Places of 2 x 2 pixels that show how much that is."""

_STEP, _STEPS = 32.0, 33
"""Depths are counted in such steps of which three in a row are one shadow; as many as reach the deepest, and two."""

_HALF = np.float32(0.5)


def faintest(contrast: float) -> float:
    """The least light that the shadow of something of such a `contrast` in thresholds takes."""
    return FAINTEST_OF_DIM if contrast < DIM else FAINTEST


def in_shadow(change: Reals, owners: npt.NDArray[np.intp], at_least: Reals) -> Bools:
    """Which pixels `(33, k)`, from the first inside to the last, lie in shadow or half in it, of k patches of 7 x 7
    pixels in which the `change` of light, in 1024ths of an octave, is known `(49, k)`. Those of equal number in
    `owners` `(k,)` show the same thing, whose shadow takes so much light `at_least` `(k,)`.

    Any 2 x 2 pixels that are evenly darker, and as much as most such of the same thing, are in shadow; what is darker
    right beside them is half in it.
    """
    most, least = _of_four(change, np.maximum), _of_four(change, np.minimum)
    padded = np.zeros((OWN.start + SIDE**2, change.shape[1]), bool)
    even = np.less(most - least, EVEN, out=padded[OWN.start : -OWN.start])
    even &= least > DEEPEST
    even &= most < at_least
    even[SIDE - 1 :: SIDE] = False  # those that would run into the next row
    places = even.ravel().nonzero()[0]
    if len(places) < FEWEST:
        return np.zeros((OWN.stop - OWN.start, len(owners)), bool)
    taken = (most + least) * _HALF
    depths = _depths(taken.ravel().take(places), owners, places % len(owners))
    even &= np.abs(taken - depths) < DEPTH
    # Evenly dark are they that begin here or before, and half dark their neighbours: 4 x 4 beginnings in all.
    shadow: Bools = padded
    for further in (1, 2, SIDE, 2 * SIDE):
        shadow = shadow[further:] | shadow[:-further]
    own = change[OWN]
    shadow &= own < 0
    shadow &= own > np.maximum(depths - DEPTH, DEEPEST)
    return shadow


def _depths(taken: Reals, owners: npt.NDArray[np.intp], patches: npt.NDArray[np.intp]) -> Reals:
    """How much light `(k,)` the shadow of each patch's thing takes: as much as is `taken` `(n,)` in most of its even
    places, which lie in these of the `patches` `(n,)`."""
    steps = 1 + ((FAINTEST - taken) * (1 / _STEP)).astype(np.intp)
    things = 1 + int(owners.max())
    counts = np.bincount(steps + (owners * _STEPS).take(patches), minlength=things * _STEPS)
    return np.array([_depth(one) for one in counts.reshape(things, _STEPS).tolist()], np.float32).take(owners)


def _depth(counts: Sequence[int]) -> float:
    """That of which there are most, of so many places by steps of depth; endless where there are hardly any."""
    three = [one + two + more for one, two, more in zip(counts, counts[1:], counts[2:], strict=False)]
    most = max(three)
    return FAINTEST - _STEP * (three.index(most) + 0.5) if most >= FEWEST else math.inf


def _of_four(values: npt.NDArray[_T], reduce: np.ufunc) -> npt.NDArray[_T]:
    """Over each 2 x 2 pixels, by the first of them: `(n, k)` in, `(n - 8, k)` out."""
    rows = reduce(values[SIDE:], values[:-SIDE])
    four: npt.NDArray[_T] = reduce(rows[1:], rows[:-1])
    return four
