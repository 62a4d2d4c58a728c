"""A sight: one picture of a camera beside its background, as it is shown to all that judge it."""

from dataclasses import dataclass, replace

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture
from processor.background import Fixed
from processor.cells import Bools, Counts, count_per_cell


@dataclass(frozen=True, slots=True)
class Sight:
    """Of one camera, flat `(14400,)`: the picture, the one two frames ago, the scene's light, the noise's `spread`,
    `low` (the darkest gray that is background) and `room` (how many above it are too), the differing pixels, and counts
    of these by cell `(576,)`. By its `brightening` the whole picture is brighter than the scene, in 64ths of a gray
    level. Where there are masks, only pixels of the `interior` may count."""

    picture: Picture
    earlier: Picture
    light: Fixed
    brightening: np.int16
    spread: Fixed
    low: Picture
    room: Picture
    differing: Bools
    counts: Counts
    interior: Bools | None = None

    @property
    def clear(self) -> Bools:
        """The differing pixels that may count."""
        return self.differing if self.interior is None else self.differing & self.interior

    def against(self, low: Picture, room: Picture) -> "Sight":
        """The same picture against other bounds of what is background, of any shape."""
        low, room = low.ravel(), room.ravel()
        differing = (self.picture - low) > room
        counts = count_per_cell(differing.reshape(1, FRAME_HEIGHT, FRAME_WIDTH)).ravel()
        return replace(self, low=low, room=room, differing=differing, counts=counts)
