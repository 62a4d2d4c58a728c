"""Sights as a lane shows them to its watch: pictures against a scene that is known, and learnt no further."""

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.background import Background
from processor.exposure import brightening
from processor.sight import Sight, seen

Gray = npt.NDArray[np.float64]


class Onlooker:
    """Of a scene `(90, 160)`, under a sensor's noise."""

    def __init__(self, scene: Gray, noise: float = 1.5) -> None:
        self._random, self._noise = np.random.default_rng(1), noise
        self._known = Background(1)
        self._known.found(0, [self.taken(scene) for _ in range(9)])
        self._last = [self.taken(scene)] * 2

    def taken(self, gray: Gray) -> Picture:
        noisy = gray + self._random.normal(0, self._noise, gray.shape)
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)

    def adopt(self, sight: Sight) -> None:
        """From now on, this is the scene."""
        self._known.adopt(0, sight.picture.reshape(90, 160))

    def sees(self, gray: Gray) -> Sight:
        picture, earlier = self.taken(gray), self._last.pop(0)
        self._last.append(picture)
        light, low, room = self._known.light[0].ravel(), self._known.low[0], self._known.room[0]
        differing, counts = seen(picture.ravel(), low.ravel(), room.ravel())
        return Sight(
            picture=picture.ravel(),
            earlier=earlier.ravel(),
            light=light,
            brightening=brightening(picture.ravel(), light),
            room=room.ravel(),
            spread=self._known.spread[0].ravel(),
            margins=self._known.margins[0],
            differing=differing,
            counts=counts,
        )
