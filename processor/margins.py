"""Margins: how far a pixel may stray and mean nothing: to what its neighbours show, and from one picture to the next.

They follow from what is background, which is learnt slowly: they are reckoned now and then, not for each picture.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture
from processor.cells import Bools

LEAST_CHANGE = np.uint8(5)
"""Gray levels that a pixel changes in two frames where something moves, however quiet the scene behind it was."""

_TWO, _THREE = (np.array(bits, np.uint8) for bits in (2, 3))


class Margins(NamedTuple):
    """Of one camera, flat `(14400,) uint8`: the `lowest` gray that is background to a pixel or one of its eight
    neighbours, and the `span` of grays above it up to the highest; and by how many gray levels it may `change`."""

    lowest: Picture
    span: Picture
    change: Picture

    @classmethod
    def of(cls, low: Picture, room: Picture) -> "Margins":
        """Where the darkest gray that is background is `low`, and `room` so many above it are too, in any shape."""
        lowest = _around(low, np.minimum)
        change = room >> _TWO
        change += room >> _THREE
        return cls(lowest, _around(low + room, np.maximum) - lowest, np.maximum(change, LEAST_CHANGE).ravel())

    def shown(self, picture: Picture) -> Bools:
        """Which pixels `(14400,)` of a picture are as the scene is there or a pixel aside: twigs, grass and a mast in
        the wind show that, an object does not."""
        return np.asarray((picture - self.lowest) <= self.span)

    def changed(self, now: Picture, ago: Picture) -> Bools:
        """Which pixels `(14400,)` differ from two frames `ago` by more than they may: three eighths of the room."""
        change = np.maximum(now, ago)
        change -= np.minimum(now, ago)
        return np.asarray(change > self.change)


def _around(pixels: Picture, join: Callable[..., Picture]) -> Picture:
    """The least or the greatest of each pixel and its eight neighbours, flat."""
    grid = pixels.reshape(FRAME_HEIGHT, FRAME_WIDTH)
    rows = grid.copy()
    join(rows[1:], grid[:-1], out=rows[1:])
    join(rows[:-1], grid[1:], out=rows[:-1])
    joined = rows.copy()
    join(joined[:, 1:], rows[:, :-1], out=joined[:, 1:])
    join(joined[:, :-1], rows[:, 1:], out=joined[:, :-1])
    return joined.ravel()
