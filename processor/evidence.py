"""Evidence: what the pixels of a few suspect cells show, against the scene behind them.

Light is compared on a logarithmic scale, on which a lamp or a shadow is an offset: the scene's own gradients survive
it, while an object puts its own in their place.
"""

import math
from collections.abc import Sequence
from operator import add
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.background import UNIT, Fixed
from processor.cells import Bools, Reals
from processor.patches import ABOVE, BELOW, LEFT, OWN, RIGHT, by_cell

DARK = 24
"""Gray levels added before the logarithm, to keep the noise of dark pixels from growing without bound."""

FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare, in 1024ths of an octave."""

FEWEST_PIXELS = 6

LOG_LIGHT: Reals = (1024 * np.log2(np.arange((255 << UNIT) + 1) / (1 << UNIT) + DARK)).astype(np.float32)
"""Of a gray level in 64ths, `1024 log2(g + 24)`: 1024ths of an octave."""


LOG_GRAY = LOG_LIGHT[:: 1 << UNIT].copy()
"""The same of a whole gray level."""

TERMS = 10
"""What is known of a pixel: the squared gradients along its row before and now, and along its column; the products of
those before and now, along row and column; the squared change of light; the change of gray in 64ths; the room; and a
one, to count by."""

_UNIT = np.array(UNIT, np.int16)


class Evidence:
    """Of k cells whose `patches` are `at` `(49, k)`, from the picture `(14400,) uint8`, the scene's light
    `(14400,) int16` in 64ths of a gray level, how many grays of `room` each pixel has, and which pixels differ and may
    be looked at `(14400,)`.

    `now` and `room` `(49, k) uint8` are the patches' own.
    """

    def __init__(
        self, at: npt.NDArray[np.intp], picture: Picture, light: Fixed, room: Picture, differing: Bools
    ) -> None:
        self.now, self.room = picture.take(at), room.take(at)
        self._differing = differing.take(at[OWN])
        scene = light.take(at)
        octaves = np.empty((2, *at.shape), np.float32)
        octaves[0] = LOG_LIGHT.take(scene)
        octaves[1] = LOG_GRAY.take(self.now)
        terms = np.empty((TERMS, *self._differing.shape), np.float32)
        _add_light(terms, octaves)
        brightening = self.now[OWN].astype(np.int16) << _UNIT
        brightening -= scene[OWN]
        terms[7] = np.abs(brightening, out=brightening)
        terms[8] = self.room[OWN]
        terms[9] = self._differing
        terms[:9] *= terms[9]
        self._sums = by_cell(terms)

    def count(self, pixels: Bools) -> Reals:
        """How many of the differing pixels of each cell are among `pixels` `(33, k)`: `(k,)`."""
        return by_cell(pixels & self._differing)

    def of(self, cells: slice) -> "Findings":
        """What these of the cells show together."""
        return Findings.of(self._sums[:, cells].sum(axis=1).tolist())

    def parts(self, cells: slice, rims: Reals) -> tuple["Findings", "Findings", "Findings"]:
        """What these of the cells show together, what those of them at a rim do, and what those inside do: all the same
        where there is no inside. `rims` `(2, k)` are ones for all cells at one and noughts for others, and reversed."""
        edge, inside = rims[:, cells].dot(self._sums[:, cells].T).tolist()
        whole = Findings.of([*map(add, edge, inside)])
        if not rims[1, cells].any():
            return whole, whole, whole
        return whole, Findings.of(edge), Findings.of(inside)


def _add_light(terms: Reals, light: Reals) -> None:
    """The first seven of them, from the light `(2, 49, k)` before and now."""
    gradients = np.empty((2, 2, *terms.shape[1:]), np.float32)
    np.subtract(light[:, RIGHT], light[:, LEFT], out=gradients[0])
    np.subtract(light[:, BELOW], light[:, ABOVE], out=gradients[1])
    np.multiply(gradients, gradients, out=terms[:4].reshape(gradients.shape))
    np.multiply(gradients[:, 0], gradients[:, 1], out=terms[4:6])
    np.subtract(light[1, OWN], light[0, OWN], out=terms[6])
    terms[6] *= terms[6]


class Findings(NamedTuple):
    """What differing pixels of a place show, in sums over them: their number; the squared gradients before, now, and
    their product; the squared change of light in 1024ths of an octave; the change in gray levels, and half the room."""

    pixels: float
    before: float
    now: float
    product: float
    squared_light: float
    gray: float
    room: float

    @classmethod
    def of(cls, sums: Sequence[float]) -> "Findings":
        """From those of the terms."""
        across, across_now, down, down_now, across_product, down_product, light, gray, room, pixels = sums
        return cls(
            pixels=pixels,
            before=across + down,
            now=across_now + down_now,
            product=across_product + down_product,
            squared_light=light,
            gray=gray / (1 << UNIT),
            room=room / 2,
        )

    @property
    def telling(self) -> bool:
        """Whether the scene had texture enough to be known again."""
        return self.pixels >= FEWEST_PIXELS and self.before >= self.pixels * FAINTEST_GRADIENT**2

    @property
    def survival(self) -> float:
        """How far the scene's texture is still there: its correlation with what is seen, 0 where nothing can tell."""
        return self.product / math.sqrt(self.before * self.now + 1) if self.telling else 0.0

    @property
    def steepness(self) -> float:
        """The mean squared gradient of the change."""
        return max(self.before + self.now - 2 * self.product, 0) / max(self.pixels, 1)

    def sharpness(self, edge: "Findings") -> float:
        """How steep the change is at its `edge` against its depth: smooth light has little, objects have much."""
        return math.sqrt(edge.steepness / (4 * self.squared_light / max(self.pixels, 1) + 1))

    @property
    def contrast(self) -> float:
        """The change in thresholds: 1 would just be noticed."""
        return self.gray / max(self.room, 1)
