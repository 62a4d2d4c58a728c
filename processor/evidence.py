"""Evidence: what the pixels of a few suspect cells show, against the scene behind them.

Light is compared on a logarithmic scale, on which a lamp or a shadow is an offset: the scene's own gradients survive
it, while an object puts its own in their place.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.background import UNIT, Fixed
from processor.cells import Bools, Reals
from processor.patches import ABOVE, BELOW, INSIDE, LEFT, OWN, RIGHT

DARK = 24
"""Gray levels added before the logarithm, to keep the noise of dark pixels from growing without bound."""

FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare, in 1024ths of an octave."""

FEWEST_PIXELS = 6

LOG_LIGHT: Reals = (1024 * np.log2(np.arange((255 << UNIT) + 1) / (1 << UNIT) + DARK)).astype(np.float32)
"""Of a gray level in 64ths, `1024 log2(g + 24)`: 1024ths of an octave."""


LOG_GRAY = LOG_LIGHT[:: 1 << UNIT].copy()
"""The same of a whole gray level."""

_UNIT = np.array(UNIT, np.int16)


class Evidence:
    """Of k cells whose `patches` are `at` `(49, k)`, from the picture `(14400,) uint8`, the scene's light
    `(14400,) int16` in 64ths of a gray level, how many grays of `room` each pixel has, and which pixels differ and may
    be looked at `(14400,)`.

    `pixels` `(k,)` are how many those are in each cell, `shaded` `(k,)` how many of them only lie in shadow.
    """

    def __init__(
        self, at: npt.NDArray[np.intp], picture: Picture, light: Fixed, room: Picture, differing: Bools
    ) -> None:
        own = at[OWN]
        weights = self._weights = differing.take(own)
        weights &= INSIDE
        scene, now = light.take(at), picture.take(at)
        terms = self._terms = np.empty((8, *own.shape), np.float32)
        terms[0] = weights
        self._add_light(LOG_LIGHT.take(scene), LOG_GRAY.take(now))
        brightening = now[OWN].astype(np.int16) << _UNIT
        brightening -= scene[OWN]
        terms[6] = np.abs(brightening, out=brightening)
        terms[7] = room.take(own)

    def _add_light(self, before: Reals, now: Reals) -> None:
        terms = self._terms
        np.subtract(before[RIGHT], before[LEFT], out=terms[1])
        np.subtract(now[RIGHT], now[LEFT], out=terms[2])
        np.subtract(before[BELOW], before[ABOVE], out=terms[3])
        np.subtract(now[BELOW], now[ABOVE], out=terms[4])
        np.subtract(now[OWN], before[OWN], out=terms[5])
        terms[1:6] *= terms[0]

    def count(self, pixels: Bools, cells: slice) -> int:
        """How many of the differing pixels of these of the cells are among `pixels` `(33, k)`."""
        return int(np.count_nonzero((pixels & self._weights)[:, cells]))

    def of(self, cells: slice) -> "Findings":
        """What these of the cells show together."""
        return Findings.of(self._products(cells))

    def parts(self, cells: slice, at_rim: Bools) -> tuple["Findings", "Findings", "Findings"]:
        """What these of the cells show together, what those of them `at_rim` `(n,)` do, and what those inside do: all
        the same where there is no inside."""
        if at_rim.all():
            whole = self.of(cells)
            return whole, whole, whole
        edge, inside = (self._products(cells.start + np.flatnonzero(part)) for part in (at_rim, ~at_rim))
        return Findings.of(edge + inside), Findings.of(edge), Findings.of(inside)

    def _products(self, cells: slice | npt.NDArray[np.intp]) -> Reals:
        """Each finding is some sum of products of two terms."""
        terms = self._terms[..., cells].reshape(len(self._terms), -1)
        products: Reals = np.inner(terms, terms)
        return products


@dataclass(frozen=True, slots=True)
class Findings:
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
    def of(cls, products: Reals) -> "Findings":
        """From the products `(8, 8)` of the terms, which are weight, gradients across before and now, down before and
        now, change of light, of gray in 64ths, and room."""
        weight, across, across_now, down, down_now, light, _, _ = products.tolist()
        return cls(
            pixels=weight[0],
            before=across[1] + down[3],
            now=across_now[2] + down_now[4],
            product=across[2] + down[4],
            squared_light=light[5],
            gray=weight[6] / (1 << UNIT),
            room=weight[7] / 2,
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
