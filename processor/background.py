"""The background: what each pixel shows when nothing moves, how far it strays from that, and how fast both are learnt.

Light is kept on a logarithmic scale, where a change of exposure is an offset. Every array has a leading camera axis N.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture
from processor.cells import Bools, to_pixels

Light = npt.NDArray[np.int16]

LOG_LIGHT: Light = np.rint(1024 * np.log2((np.arange(256) + 24) / 24)).astype(np.int16)
"""Gray level to light. The 24 keeps the noise of dark pixels from growing without bound."""

LEAST_SPREAD, MOST_STEP, MOST_EXCESS = 24, 8, 256
LEAST_BASE, MOST_BASE = 64.0, 320.0
YOUNG = 20
"""Frames after a start in which the background is learnt fast."""

NOISE_CEILING = 4
"""In medians of the difference: the most that a pixel's noise is taken to be."""


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
        self._least_step, self._most_step = np.full(shape, -MOST_STEP, np.int16), np.full(shape, MOST_STEP, np.int16)
        self._most_excess = np.full(shape, MOST_EXCESS, np.int16)

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
        change = 3.0 + sparks / 16 if sparks > 1 else -0.4
        self.base[lane] = min(max(self.base[lane] + change, LEAST_BASE), MOST_BASE)

    def learn(self, fresh: Iterable[int], held: Mapping[int, Bools]) -> None:
        """Follow the pictures slowly: the light by at most 8 a frame, the spread up quickly and down by 1 a frame.

        `fresh` are cameras whose scene was just started or has changed, `held` the cells `(18, 32)` to leave as they
        are, by camera.
        """
        pixels = {lane: to_pixels(cells) for lane, cells in held.items()}
        self._learn_light(fresh, pixels)
        self._learn_spread(pixels)
        for lane in fresh:
            self._learn_noise(lane)
        self.age += 1

    def _learn_light(self, fresh: Iterable[int], held: Mapping[int, Bools]) -> None:
        step = np.right_shift(self.difference, 4, out=self._scratch)
        np.minimum(step, self._most_step, out=step)
        np.maximum(step, self._least_step, out=step)
        for lane in {*fresh, *np.flatnonzero(self.age < YOUNG).tolist()}:
            step[lane] = self.difference[lane] >> 2
        for lane, pixels in held.items():
            step[lane][pixels] = 0
        self.light += step

    def _learn_spread(self, held: Mapping[int, Bools]) -> None:
        excess = np.subtract(self.distance, self.spread, out=self._scratch)
        np.minimum(excess, self._most_excess, out=excess)
        for lane, pixels in held.items():
            excess[lane][pixels] = 0
        for lane in np.flatnonzero(self.age < YOUNG).tolist():
            self.spread[lane] += excess[lane] >> 4
            excess[lane] = 0
        slow = excess >> 7
        excess >>= 3
        self.spread += np.maximum(excess, slow, out=excess)

    def _learn_noise(self, lane: int) -> None:
        """Learn the sensor's noise at once, but hardly what moves: by no more than most pixels stray."""
        usual = np.int16(NOISE_CEILING * np.median(self.distance[lane]))
        np.maximum(self.spread[lane], np.minimum(self.distance[lane], usual), out=self.spread[lane])
