"""Sway: whether what differs is the scene itself, a pixel aside: twigs, grass, a mast in the wind, a lens out of focus.

What such a pixel shows is background to one of its neighbours; what an object shows is new to all of them.
"""

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.cells import Bools, Counts
from processor.evidence import OWN


def count_aside(at: npt.NDArray[np.intp], picture: Picture, low: Picture, room: Picture, differing: Bools) -> Counts:
    """How many of the `differing` pixels of each of the k cells are background to one of their eight neighbours.

    `at` `(7, 7, k)` are the cells' pixels and those around; `picture`, `low` (the darkest gray that is background) and
    `room` (how many above it are too) are `(14400,) uint8`.
    """
    darkest = low.take(at)
    brightest = darkest + room.take(at)
    now = picture.take(at)[OWN]
    aside = (now >= _around(darkest, np.minimum)) & (now <= _around(brightest, np.maximum)) & differing.take(at)[OWN]
    counts: Counts = np.add.reduce(aside, axis=(0, 1), dtype=np.uint8)
    return counts


def _around(patches: Picture, least: np.ufunc) -> Picture:
    """The least (or greatest) over each pixel's 3 x 3 neighbourhood: `(7, 7, k)` in, `(5, 5, k)` out."""
    rows = least(least(patches[:-2], patches[1:-1]), patches[2:])
    around: Picture = least(least(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
    return around
