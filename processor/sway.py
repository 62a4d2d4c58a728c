"""Sway: whether what differs is the scene itself, a pixel aside: twigs, grass, a mast in the wind, a lens out of focus.

What such a pixel shows is background to one of its neighbours; what an object shows is new to all of them.
"""

import numpy as np

from nvr.model import Picture
from processor.cells import Bools
from processor.patches import OWN, around


def aside(now: Picture, darkest: Picture, room: Picture) -> Bools:
    """Which pixels `(33, k)` of k patches, from the first inside to the last, are background to one of their eight
    neighbours, where the patches `(49, k) uint8` show `now`, their `darkest` background and how many grays of `room`
    above it are too.
    """
    own, brightest = now[OWN], darkest + room
    shown: Bools = own >= around(darkest, np.minimum)
    shown &= own <= around(brightest, np.maximum)
    return shown
