"""A sight: one picture of a camera beside its background, as it is shown to all that judge it."""

from typing import NamedTuple

import numpy as np

from nvr.model import Picture
from processor.background import Fixed
from processor.cells import Bools, Counts, count_in_cells
from processor.margins import Margins


class Sight(NamedTuple):
    """Of one camera, flat `(14400,)`: the picture, the one two frames ago, the scene's light, the noise's `spread`,
    how much `room` there is for what is background, in gray levels, and its `margins`; the differing pixels, and counts
    of these by cell `(576,)`. By its `brightening` the whole picture is
    brighter than the scene, in 64ths of a gray level. Where there are masks, only pixels of the `interior` may count.
    """

    picture: Picture
    earlier: Picture
    light: Fixed
    brightening: np.int16
    spread: Fixed
    room: Picture
    margins: Margins
    differing: Bools
    counts: Counts
    interior: Bools | None = None

    @property
    def clear(self) -> Bools:
        """The differing pixels that may count."""
        return self.differing if self.interior is None else self.differing & self.interior

    @property
    def aside(self) -> Bools:
        """The pixels that show what is background to them or right beside them."""
        return self.margins.shown(self.picture)

    @property
    def changed(self) -> Bools:
        """The pixels that change now."""
        return self.margins.changed(self.picture, self.earlier)

    def against(self, low: Picture, room: Picture) -> "Sight":
        """The same picture against other bounds of what is background, of any shape."""
        low, room = low.ravel(), room.ravel()
        differing, counts = seen(self.picture, low, room)
        return self._replace(room=room, margins=Margins.of(low, room), differing=differing, counts=counts)


def seen(picture: Picture, low: Picture, room: Picture) -> tuple[Bools, Counts]:
    """Which pixels of a picture `(14400,)` differ from what is background, and how many by cell `(576,)`."""
    # Grays below `low` wrap around to the top, so that one comparison does for both sides.
    differing = (picture - low) > room
    return differing, count_in_cells(differing)
