"""Evidence: what the pixels of a few suspect cells show, against the scene behind them.

Light is compared on a logarithmic scale, on which a lamp or a shadow is an offset: the scene's own gradients survive
it, while an object puts its own in their place.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nvr.model import Picture
from processor.background import UNIT, Fixed
from processor.cells import Bools, Reals
from processor.cellset import CellSet, numbers, unpacked, unpacked_all
from processor.patches import ABOVE, BELOW, LEFT, OWN, RIGHT, by_cell, patches
from processor.sway import aside

DARK = 24
"""Gray levels added before the logarithm, to keep the noise of dark pixels from growing without bound."""

FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare, in 1024ths of an octave."""

FEWEST_PIXELS = 6

LOG_LIGHT: Reals = (1024 * np.log2(np.arange((255 << UNIT) + 1) / (1 << UNIT) + DARK)).astype(np.float32)
"""Of a gray level in 64ths, `1024 log2(g + 24)`: 1024ths of an octave."""


LOG_GRAY = LOG_LIGHT[:: 1 << UNIT].copy()
"""The same of a whole gray level."""

TERMS = 11
"""What is known of a pixel: the squared gradients along its row before and now, and along its column; the products of
those before and now, along row and column; the squared change of light; the change of gray in 64ths; the room;
whether the scene shows the same a pixel aside; and a one, to count by."""

SLOPE: Reals = (1024 / math.log(2) / (np.arange((255 << UNIT) + 1) / (1 << UNIT) + DARK) / (1 << UNIT)).astype(
    np.float32
)
"""By how much that grows with each 64th of a gray level."""

NOISE = 4 / 2.2**2
"""What noise adds to a squared gradient, in which four pixels have part, by its squared spread: 2.2 deviations."""

_UNIT = np.array(UNIT, np.int16)


class Evidence:
    """Of some cells, from the picture `(14400,) uint8`, the scene's light `(14400,) int16` in 64ths of a gray level, of
    each pixel the darkest gray that is background (`low`) and how many above it are too (`room`), and which pixels
    differ and may be looked at."""

    def __init__(
        self, cells: CellSet, picture: Picture, light: Fixed, low: Picture, room: Picture, *, differing: Bools
    ) -> None:
        self._cells = numbers(cells)
        at = patches(self._cells)
        scene, now, rooms = light.take(at), picture.take(at), room.take(at)
        self._own, self._scene = at[OWN], scene[OWN]
        octaves = np.empty((2, *at.shape), np.float32)
        octaves[0] = LOG_LIGHT.take(scene)
        octaves[1] = LOG_GRAY.take(now)
        terms = np.empty((TERMS, *at[OWN].shape), np.float32)
        _add_light(terms, octaves)
        brightening = now[OWN].astype(np.int16) << _UNIT
        brightening -= scene[OWN]
        terms[7] = np.abs(brightening, out=brightening)
        terms[8] = rooms[OWN]
        terms[9] = aside(now, low.take(at), rooms)
        terms[10] = differing.take(at[OWN])
        terms[:10] *= terms[10]
        self._sums = by_cell(terms).T

    def of(self, places: Sequence[CellSet]) -> list["Findings"]:
        """What each of some places of these cells shows."""
        chosen = unpacked_all(places).take(self._cells, axis=1)
        return [Findings.of(sums) for sums in chosen.astype(np.float32).dot(self._sums).tolist()]

    def noise(self, place: CellSet, spread: Fixed) -> float:
        """The mean squared gradient that noise makes in a place of these cells, by its `spread` `(14400,) int16`."""
        chosen = unpacked(place).take(self._cells)
        deviation = spread.take(self._own[:, chosen]) * SLOPE.take(self._scene[:, chosen])
        return NOISE * float(np.vdot(deviation, deviation)) / deviation.size


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
    their product; the squared change of light in 1024ths of an octave; the change in gray levels, and half the room;
    and how many of them are as the scene is a pixel aside."""

    pixels: float
    before: float
    now: float
    product: float
    squared_light: float
    gray: float
    room: float
    aside: float

    @classmethod
    def of(cls, sums: Sequence[float]) -> "Findings":
        """From those of the terms."""
        across, across_now, down, down_now, across_product, down_product, light, gray, room, swayed, pixels = sums
        return cls(
            pixels=pixels,
            before=across + down,
            now=across_now + down_now,
            product=across_product + down_product,
            squared_light=light,
            gray=gray / (1 << UNIT),
            room=room / 2,
            aside=swayed,
        )

    def without(self, noise: float) -> "Findings":
        """The same had the picture no noise, of whose squared gradients that is the mean."""
        return self._replace(now=max(self.now - noise * self.pixels, 0.1 * self.now))

    @property
    def telling(self) -> bool:
        """Whether the scene had texture enough to be known again."""
        return self.pixels >= FEWEST_PIXELS and self.before >= self.pixels * FAINTEST_GRADIENT**2

    @property
    def survival(self) -> float:
        """How far the scene's texture is still there: its correlation with what is seen, 0 where nothing can tell."""
        return self.product / math.sqrt(self.before * self.now + 1) if self.telling else 0.0

    @property
    def transparency(self) -> float:
        """The share of the scene's gradients that is still seen: 1 in any light, 0 where something opaque hides it."""
        return self.product / max(self.before, 1)

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
