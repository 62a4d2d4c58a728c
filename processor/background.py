"""The background: what each pixel shows when nothing moves, how far it strays from that, and how fast both are learnt.

Light is kept on a logarithmic scale, where a change of exposure is an offset. Every array has a leading camera axis N.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture

Light = npt.NDArray[np.int16]

LOG_LIGHT: Light = np.rint(1024 * np.log2((np.arange(256) + 24) / 24)).astype(np.int16)
"""Gray level to light. The 24 keeps the noise of dark pixels from growing without bound."""

LEAST_SPREAD, MOST_EXCESS = 24, 256
LEAST_BASE, MOST_BASE = 64.0, 320.0
YOUNG = 20
"""Frames after a start in which the background is learnt fast."""


class Background:
    """The learnt scenes of N cameras, and how the present pictures differ from them.

    `light`, `spread`, `difference`, `distance` (its absolute) are `(N, 90, 160) int16`, `base` `(N,)` is each camera's
    threshold above the spread, `age` `(N,)` its frames since it was started.
    """

    def __init__(self, lanes: int) -> None:
        shape = (lanes, FRAME_HEIGHT, FRAME_WIDTH)
        self.light, self.spread = np.zeros(shape, np.int16), np.full(shape, LEAST_SPREAD, np.int16)
        self.distance, self._scratch = np.zeros(shape, np.int16), np.zeros(shape, np.int16)
        self._differences = np.zeros((3, *shape), np.int16)
        self.base, self.age = np.full(lanes, LEAST_BASE), np.zeros(lanes, np.int64)
        self._frame = 0
        # Arrays, since numpy takes six times as long to clip by a scalar.
        self._step, self._excess = np.full(shape, 8, np.int16), np.full(shape, MOST_EXCESS, np.int16)

    @property
    def difference(self) -> Light:
        difference: Light = self._differences[self._frame % 3]
        return difference

    @property
    def earlier(self) -> Light:
        """The difference two frames ago."""
        difference: Light = self._differences[(self._frame + 1) % 3]
        return difference

    def restart(self, lane: int) -> None:
        """Forget a scene; the next picture is its background."""
        self.age[lane], self.base[lane] = 0, LEAST_BASE
        self.spread[lane] = LEAST_SPREAD

    def compare(self, pictures: Picture) -> None:
        """Take in the next pictures `(N, 90, 160)`."""
        self._frame += 1
        # All indices are in range; 'wrap' only spares numpy the check.
        np.take(LOG_LIGHT, pictures, out=self._scratch, mode="wrap")
        for lane in np.flatnonzero(self.age == 0):
            self.light[lane] = self._scratch[lane]
        np.subtract(self._scratch, self.light, out=self.difference)
        np.abs(self.difference, out=self.distance)

    def adopt(self, lane: int) -> None:
        """Take the present picture as the background: the light has changed."""
        self.light[lane] += self.difference[lane]
        self.difference[lane] = self.distance[lane] = 0

    def beyond_spread(self, out: Light) -> None:
        """One and a half spreads, to which a threshold adds its share of the base."""
        np.right_shift(self.spread, 1, out=out)
        out += self.spread

    def adapt(self, lane: int, sparks: int) -> None:
        """Raise the base while rain or noise makes cells light up that nothing confirms, lower it slowly after."""
        change = 3.0 if sparks > 1.5 else -0.4
        self.base[lane] = min(max(self.base[lane] + change, LEAST_BASE), MOST_BASE)

    def learn(self) -> None:
        """Follow the pictures slowly: the light by at most 8 a frame, the spread up quickly and down by 1 a frame."""
        young = np.flatnonzero(self.age < YOUNG)
        self._learn_light(young)
        self._learn_spread(young)
        self.age += 1

    def _learn_light(self, young: Iterable[int]) -> None:
        step = np.right_shift(self.difference, 4, out=self._scratch)
        np.minimum(step, self._step, out=step)
        np.maximum(step, -self._step, out=step)
        for lane in young:
            step[lane] = self.difference[lane] >> 2
        self.light += step

    def _learn_spread(self, young: Iterable[int]) -> None:
        excess = np.subtract(self.distance, self.spread, out=self._scratch)
        np.minimum(excess, self._excess, out=excess)
        for lane in young:
            self.spread[lane] += excess[lane] >> 4
            excess[lane] = 0
        slow = excess >> 7
        excess >>= 3
        self.spread += np.maximum(excess, slow, out=excess)
