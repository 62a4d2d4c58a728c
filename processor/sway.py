"""Sway: whether what differs is the scene itself, a pixel aside: twigs, grass, a mast in the wind, a lens out of focus.

What such a pixel shows is background to one of its neighbours; what an object shows is new to all of them.
"""

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.cells import CELL, Bools, Reals
from processor.evidence import OWN, WIDE

_PATCH = (-1, CELL + 2, CELL + 2)


def count_aside(cells: npt.NDArray[np.intp], picture: Picture, low: Picture, room: Picture, differing: Bools) -> Reals:
    """How many of the `differing` pixels of each cell `(k,)` are background to one of their eight neighbours.

    `picture`, `low` (the darkest gray that is background) and `room` (how many above it are too) are `(14400,) uint8`.
    """
    wide, own = WIDE.take(cells, axis=0), OWN.take(cells, axis=0)
    darkest = low.take(wide)
    brightest = darkest + room.take(wide)
    now = picture.take(own)
    aside = (now >= _around(darkest, np.minimum)) & (now <= _around(brightest, np.maximum)) & differing.take(own)
    return np.asarray(aside.sum(axis=1), np.float32)


def _around(patches: Picture, least: np.ufunc) -> Picture:
    """The least (or greatest) over each pixel's 3 x 3 neighbourhood: `(k, 49)` in, `(k, 25)` out."""
    grays = patches.reshape(_PATCH)
    rows = least(least(grays[:, :-2], grays[:, 1:-1]), grays[:, 2:])
    around: Picture = least(least(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:])
    return around.reshape(len(patches), -1)
