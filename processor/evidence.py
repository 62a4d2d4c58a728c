"""Evidence: what the pixels of a few suspect cells show, against the scene behind them.

Only the suspects are looked at, each in a patch of 7 x 7 pixels, its own 5 x 5 and a border to take gradients from.
Light is compared on a logarithmic scale, on which a lamp or a shadow is an offset: the scene's own gradients survive
it, while an object puts its own in their place.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS, Picture
from processor.background import UNIT, Fixed
from processor.cells import CELL, Bools, Counts, Reals
from processor.shadow import shaded

DARK = 24
"""Gray levels added before the logarithm, to keep the noise of dark pixels from growing without bound."""

FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare, in 1024ths of an octave."""

FEWEST_PIXELS = 6

LOG_LIGHT: Reals = (1024 * np.log2(np.arange((255 << UNIT) + 1) / (1 << UNIT) + DARK)).astype(np.float32)
"""Of a gray level in 64ths, `1024 log2(g + 24)`: 1024ths of an octave."""


def _patches() -> npt.NDArray[np.intp]:
    """The pixel numbers of each cell and one around it `(7, 7, 576)`, at the border the nearest."""
    offsets = np.arange(-1, CELL + 1)[:, np.newaxis]
    rows = np.clip(np.arange(0, FRAME_HEIGHT, CELL) + offsets, 0, FRAME_HEIGHT - 1)
    columns = np.clip(np.arange(0, FRAME_WIDTH, CELL) + offsets, 0, FRAME_WIDTH - 1)
    numbers = rows[:, np.newaxis, :, np.newaxis] * FRAME_WIDTH + columns[np.newaxis, :, np.newaxis, :]
    return np.asarray(numbers.reshape(*PATCH, GRID_ROWS * GRID_COLUMNS))


PATCH, OWN = (CELL + 2, CELL + 2), (slice(1, -1), slice(1, -1))
PATCHES = _patches()
INSIDES = np.ascontiguousarray(PATCHES[OWN])
"""The pixel numbers of each cell `(5, 5, 576)`."""


def patches(cells: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The pixel numbers of each of `cells` `(k,)` and one around it `(7, 7, k)`, which `[OWN]` leaves out.

    Cells come last, since numpy is quick along the last axis only.
    """
    return PATCHES.take(cells, axis=2)


class Evidence:
    """Of k cells whose pixels are `at` `(7, 7, k)`, from the picture `(14400,) uint8`, the scene's light
    `(14400,) int16` in 64ths of a gray level, how many grays of `room` each pixel has, and which pixels differ and may
    be looked at `(14400,)`.

    `pixels` `(k,)` are how many those are in each cell, `shaded` `(k,)` how many of them only lie in shadow.
    """

    def __init__(
        self, at: npt.NDArray[np.intp], picture: Picture, light: Fixed, room: Picture, differing: Bools
    ) -> None:
        grays = np.empty((2, *at.shape), np.int16)
        grays[0] = light.take(at)
        np.left_shift(picture.take(at), UNIT, out=grays[1], dtype=np.int16)
        weights = differing.take(at)[OWN]
        logs = LOG_LIGHT.take(grays)
        darkening = np.subtract(logs[1], logs[0])
        terms = self._terms = np.empty((8, *weights.shape), np.float32)
        terms[0] = weights
        np.subtract(logs[:, 1:-1, 2:], logs[:, 1:-1, :-2], out=terms[1:3])
        np.subtract(logs[:, 2:, 1:-1], logs[:, :-2, 1:-1], out=terms[3:5])
        terms[5] = darkening[OWN]
        terms[1:6] *= terms[0]
        terms[6] = np.abs(grays[1][OWN] - grays[0][OWN])
        terms[7] = room.take(at)[OWN]
        self.pixels: Counts = np.add.reduce(weights, axis=(0, 1), dtype=np.uint8)
        self.shaded: Counts = np.add.reduce(shaded(darkening) & weights, axis=(0, 1), dtype=np.uint8)

    def of(self, cells: slice) -> "Findings":
        """What these of the cells show together: each finding is some sum of products of two terms."""
        terms = self._terms[..., cells].reshape(len(self._terms), -1)
        return Findings.of(terms.dot(terms.T))


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
    def sharpness(self) -> float:
        """How steep the change is against its depth: smooth light has little, edges have much."""
        steep = self.before + self.now - 2 * self.product
        return math.sqrt(max(steep, 0) / (4 * self.squared_light + 1))

    @property
    def contrast(self) -> float:
        """The change in thresholds: 1 would just be noticed."""
        return self.gray / max(self.room, 1)
