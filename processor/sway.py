"""Sway: whether what differs is the scene itself, a pixel aside: twigs, grass, a mast in the wind, a lens out of focus.

What such a pixel shows is background to one of its neighbours; what an object shows is new to all of them.
"""

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.cells import Bools
from processor.patches import OWN, around


def aside(at: npt.NDArray[np.intp], picture: Picture, low: Picture, room: Picture) -> Bools:
    """Which pixels `(33, k)` of k patches, from the first inside to the last, are background to one of their eight
    neighbours.

    `at` `(49, k)` are the patches' pixels; `picture`, `low` (the darkest gray that is background) and `room` (how many
    above it are too) are `(14400,) uint8`.
    """
    now, darkest = picture.take(at[OWN]), low.take(at)
    brightest = darkest + room.take(at)
    shown: Bools = now >= around(darkest, np.minimum)
    shown &= now <= around(brightest, np.maximum)
    return shown
