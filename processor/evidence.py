"""Evidence: what the pixels of a few suspect cells, and of those around them, show against the scene behind them.

Light is compared on a logarithmic scale, on which a lamp or a shadow is an offset: the scene's own gradients survive
it, while an object puts its own in their place. All that is ever asked of a cell, whether it shows an object and
whether one covers it, is asked of the same sums over its pixels.
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

DARK = 24
"""Gray levels added before the logarithm, to keep the noise of dark pixels from growing without bound."""

FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare, in 1024ths of an octave."""

FEWEST_PIXELS = 6

LOG_LIGHT: Reals = (1024 * np.log2(np.arange((255 << UNIT) + 1) / (1 << UNIT) + DARK)).astype(np.float32)
"""Of a gray level in 64ths, `1024 log2(g + 24)`: 1024ths of an octave."""


LOG_GRAY = LOG_LIGHT[:: 1 << UNIT].copy()
"""The same of a whole gray level."""

SUMS = 8
"""What the differing pixels of a cell show, as sums: the squared gradients before, now, and of the change between them;
the squared change of light; the change of gray in 64ths; the room; how many are as the scene is a pixel aside; and how
many there are."""

TRAITS = SUMS + 6
"""What is known of a cell: the same, of the squares their roots; how steep the change of all its pixels is along rows
and along columns, how large, and to which side; the size of the thing that it is near; and a one."""

SLOPE: Reals = (1024 / math.log(2) / (np.arange((255 << UNIT) + 1) / (1 << UNIT) + DARK) / (1 << UNIT)).astype(
    np.float32
)
"""By how much that grows with each 64th of a gray level."""

NOISE = 4 / 2.2**2
"""What noise adds to a squared gradient, in which four pixels have part, by its squared spread: 2.2 deviations."""

_SQUARES = 4
"""Of these sums, the first."""

_TERMS = 15
"""Of a pixel: its gradients, along its row and its column, in the scene, now and of the change between them, and the
change of light, all seven squared; the change of gray; the room; whether the scene shows the same a pixel aside; and
whether it differs, all these of differing pixels only; and of all: how steep the change is along row and column, how
large, and to which side."""

_UNIT, _BLACK, _WHITE = (np.array(number, np.int16) for number in (UNIT, 0, 255 << UNIT))
_NO_BRIGHTER = np.int16(0)


class Evidence:
    """Of some cells, whose numbers are `cells` `(k,)`, from the picture `(14400,) uint8`, the scene's light
    `(14400,) int16` in 64ths of a gray level, by how many of these the whole picture is `brighter`, how many grays are
    background (`room`), and which pixels differ and may be looked at, and which show what is `aside`."""

    def __init__(
        self,
        cells: CellSet,
        picture: Picture,
        light: Fixed,
        room: Picture,
        *,
        differing: Bools,
        aside: Bools,
        brighter: np.int16 = _NO_BRIGHTER,
    ) -> None:
        self.cells = numbers(cells)
        at = patches(self.cells)
        self._own = own = at[OWN]
        scene, now = light.take(at), picture.take(at)
        if brighter:
            scene += brighter
            np.minimum(np.maximum(scene, _BLACK, out=scene), _WHITE, out=scene)
        self._scene = scene[OWN]
        octaves = np.empty((2, *at.shape), np.float32)
        LOG_LIGHT.take(scene, out=octaves[0], mode="clip")
        LOG_GRAY.take(now, out=octaves[1], mode="clip")
        terms = np.empty((_TERMS, *own.shape), np.float32)
        _add_light(terms, octaves)
        brightening = now[OWN].astype(np.int16)
        brightening <<= _UNIT
        brightening -= self._scene
        terms[7] = np.abs(brightening, out=brightening)
        terms[8] = room.take(own)
        terms[9] = aside.take(own)
        terms[10] = differing.take(own)
        terms[:10] *= terms[10]
        sums = by_cell(terms)
        self._known = sums[3:]
        np.add(sums[0:6:2], sums[1:6:2], out=self._known[:3])

    def of(self, places: Sequence[CellSet]) -> list["Findings"]:
        """What each of some places of these cells shows."""
        chosen = unpacked_all(places).take(self.cells, axis=1).astype(np.float32)
        return [Findings.of(sums) for sums in chosen.dot(self._known[:SUMS].T).tolist()]

    def traits(self, sizes: float | Reals) -> Reals:
        """What is known of each cell, near things of such `sizes` `(k,)`: `(14, k)`."""
        known = np.ones((TRAITS, len(self.cells)), np.float32)
        np.sqrt(self._known[:_SQUARES], out=known[:_SQUARES])
        known[_SQUARES:-2] = self._known[_SQUARES:]
        known[-2] = sizes
        return known

    def noise(self, place: CellSet, spread: Fixed) -> float:
        """The mean squared gradient that noise makes in a place of these cells, by its `spread` `(14400,) int16`."""
        chosen = unpacked(place).take(self.cells)
        deviation = spread.take(self._own[:, chosen]) * SLOPE.take(self._scene[:, chosen])
        return NOISE * float(np.vdot(deviation, deviation)) / deviation.size


def _add_light(terms: Reals, octaves: Reals) -> None:
    """The first seven of them and the last four, from the light `(2, 49, k)` before and now."""
    gradients = terms[:6].reshape(3, 2, *terms.shape[1:])
    np.subtract(octaves[:, RIGHT], octaves[:, LEFT], out=gradients[:2, 0])
    np.subtract(octaves[:, BELOW], octaves[:, ABOVE], out=gradients[:2, 1])
    np.subtract(gradients[1], gradients[0], out=gradients[2])
    np.subtract(octaves[1, OWN], octaves[0, OWN], out=terms[6])
    np.abs(terms[4:7], out=terms[11:14])
    terms[14] = terms[6]
    np.multiply(terms[:7], terms[:7], out=terms[:7])


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
        before, now, change, light, gray, room, aside, pixels = sums
        # Of two gradients a and b, 2 ab is a^2 + b^2 - (b - a)^2.
        product = (before + now - change) / 2
        return cls(pixels, before, now, product, light, gray / (1 << UNIT), room / 2, aside)

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
