"""Evidence: what the pixels of a few suspect cells show, against the scene behind them.

Only the suspects are looked at, each in a patch of 7 x 7 pixels, its own 5 x 5 and a border to take gradients from.
Light is compared on a logarithmic scale, on which a lamp or a shadow is an offset: the scene's own gradients survive
it, while an object puts its own in their place.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS, Picture
from processor.background import UNIT, Fixed
from processor.cells import CELL, Bools, Reals
from processor.shadow import shaded

DARK = 24
"""Gray levels added before the logarithm, to keep the noise of dark pixels from growing without bound."""

FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare, in 1024ths of an octave."""

FEWEST_PIXELS = 6


def log_light(grays: Reals) -> Reals:
    """1024ths of an octave, in place: `1024 log2(g + 24)`."""
    grays += np.float32(DARK)
    np.log2(grays, out=grays)
    grays *= np.float32(1024)
    return grays


def _patches(reach: int) -> npt.NDArray[np.intp]:
    """The pixel numbers of each cell and `reach` around it `(576, (5 + 2 reach)**2)`, at the border the nearest."""
    offsets = np.arange(-reach, CELL + reach)
    rows = np.clip(np.arange(0, FRAME_HEIGHT, CELL)[:, np.newaxis] + offsets, 0, FRAME_HEIGHT - 1)
    columns = np.clip(np.arange(0, FRAME_WIDTH, CELL)[:, np.newaxis] + offsets, 0, FRAME_WIDTH - 1)
    numbers = rows[:, np.newaxis, :, np.newaxis] * FRAME_WIDTH + columns[np.newaxis, :, np.newaxis, :]
    return np.asarray(numbers.reshape(GRID_ROWS * GRID_COLUMNS, -1))


OWN, WIDE = _patches(0), _patches(1)
_PATCH = (CELL + 2, CELL + 2)


class Evidence:
    """Of `cells` `(k,)`, from the picture `(14400,) uint8`, the scene's light `(14400,) int16` in 64ths of a gray
    level, how many grays of `room` each pixel has, and which pixels differ and may be looked at `(14400,)`.

    `sums` `(k, 8)` are, over those pixels of each cell: their number; the squared gradients before, now, and their
    product; the change of light in 1024ths of an octave, and its square; the change in gray levels, and half the room.
    `shaded` `(k,)` counts those of them that only lie in shadow.
    """

    def __init__(
        self, cells: npt.NDArray[np.intp], picture: Picture, light: Fixed, room: Picture, differing: Bools
    ) -> None:
        wide, own = WIDE.take(cells, axis=0), OWN.take(cells, axis=0)
        grays = np.empty((2, len(cells), *_PATCH), np.float32)
        flat = grays.reshape(2, len(cells), -1)
        np.multiply(light.take(wide), np.float32(1 / (1 << UNIT)), out=flat[0])
        flat[1] = picture.take(wide)
        weights = differing.take(own).astype(np.float32)
        self.sums: Reals = np.empty((8, len(cells)), np.float32)
        np.einsum("kp->k", weights, out=self.sums[0])
        self._add_change(grays, weights)
        logs = log_light(grays)
        self._add_light(logs, weights)
        in_shadow = shaded(np.subtract(logs[1], logs[0])).reshape(weights.shape)
        self.shaded: Reals = np.einsum("kp,kp->k", in_shadow.astype(np.float32), weights)
        np.einsum("kp,kp->k", room.take(own) * np.float32(0.5), weights, out=self.sums[7])

    def _add_change(self, grays: Reals, weights: Reals) -> None:
        own = grays[:, :, 1:-1, 1:-1]
        change = np.subtract(own[1], own[0]).reshape(weights.shape)
        np.einsum("kp,kp->k", np.abs(change, out=change), weights, out=self.sums[6])

    def _add_light(self, logs: Reals, weights: Reals) -> None:
        steps = np.empty((2, 2, len(weights), CELL, CELL), np.float32)
        np.subtract(logs[:, :, 1:-1, 2:], logs[:, :, 1:-1, :-2], out=steps[0])
        np.subtract(logs[:, :, 2:, 1:-1], logs[:, :, :-2, 1:-1], out=steps[1])
        gradients = steps.reshape(2, 2, *weights.shape)
        before, now = gradients[:, 0], gradients[:, 1]
        weighed = gradients * weights
        np.einsum("xkp,xkp->k", weighed[:, 0], before, out=self.sums[1])
        np.einsum("xkp,xkp->k", weighed[:, 1], now, out=self.sums[2])
        np.einsum("xkp,xkp->k", weighed[:, 0], now, out=self.sums[3])
        own = logs[:, :, 1:-1, 1:-1]
        change = np.subtract(own[1], own[0]).reshape(weights.shape)
        shown = change * weights
        np.einsum("kp->k", shown, out=self.sums[4])
        np.einsum("kp,kp->k", shown, change, out=self.sums[5])


@dataclass(frozen=True, slots=True)
class Findings:
    """What such sums say of places `(n,)`: single cells, or components whose cells' sums were added."""

    pixels: Reals
    before: Reals
    now: Reals
    product: Reals
    light: Reals
    squared_light: Reals
    gray: Reals
    room: Reals

    @classmethod
    def of(cls, sums: Reals) -> "Findings":
        """From `(8, n)`."""
        return cls(*sums)

    @property
    def telling(self) -> Bools:
        """Where the scene had texture enough to be known again."""
        return np.asarray((self.pixels >= FEWEST_PIXELS) & (self.before >= self.pixels * FAINTEST_GRADIENT**2))

    @property
    def survival(self) -> Reals:
        """How far the scene's texture is still there: its correlation with what is seen, 0 where nothing can tell."""
        return np.asarray(self.telling * self.product / np.sqrt(self.before * self.now + 1))

    @property
    def sharpness(self) -> Reals:
        """How steep the change is against its depth: smooth light has little, edges have much."""
        steep = self.before + self.now - 2 * self.product
        return np.asarray(np.sqrt(np.maximum(steep, 0) / (4 * self.squared_light + 1)))

    @property
    def contrast(self) -> Reals:
        """The change in thresholds: 1 would just be noticed."""
        return np.asarray(self.gray / np.maximum(self.room, 1), np.float32)
