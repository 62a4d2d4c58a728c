"""Evidence: what the pixels of a few suspect cells show, against the scene behind them.

Only the suspects are looked at, each in a patch of 7 x 7 pixels, its own 5 x 5 and a border to take gradients from.
Light is compared on a logarithmic scale, on which a lamp or a shadow is an offset: the scene's own gradients survive
it, while an object puts its own in their place.
"""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS, Picture
from processor.background import UNIT, Fixed
from processor.cells import CELL, Bools

Reals = npt.NDArray[np.float32]

DARK = 24.0
"""Gray levels added before the logarithm, to keep the noise of dark pixels from growing without bound."""

FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare, in 1024ths of an octave."""

FEWEST_PIXELS = 6


def log_light(gray: npt.ArrayLike) -> Reals:
    """1024ths of an octave."""
    return np.asarray(1024 * np.log2((np.asarray(gray, np.float32) + DARK) / DARK), np.float32)


_LOG_LIGHT = log_light(np.arange(256))


def _patches(reach: int) -> npt.NDArray[np.intp]:
    """The pixel numbers of each cell and `reach` around it `(576, (5 + 2 reach)**2)`, at the border the nearest."""
    offsets = np.arange(-reach, CELL + reach)
    rows = np.clip(np.arange(0, FRAME_HEIGHT, CELL)[:, np.newaxis] + offsets, 0, FRAME_HEIGHT - 1)
    columns = np.clip(np.arange(0, FRAME_WIDTH, CELL)[:, np.newaxis] + offsets, 0, FRAME_WIDTH - 1)
    numbers = rows[:, np.newaxis, :, np.newaxis] * FRAME_WIDTH + columns[np.newaxis, :, np.newaxis, :]
    return np.asarray(numbers.reshape(GRID_ROWS * GRID_COLUMNS, -1))


OWN, WIDE = _patches(0), _patches(1)


class Evidence:
    """Of `cells` `(k,)`, from the picture `(14400,) uint8`, the scene's light `(14400,) int16` in 64ths of a gray level
    and the pixels that differ and may be looked at `(14400,)`. Sums are `(k,)`, over those pixels of a cell."""

    def __init__(self, cells: npt.NDArray[np.intp], picture: Picture, light: Fixed, differing: Bools) -> None:
        at = WIDE.take(cells, axis=0)
        logs = np.empty((2, len(cells), CELL + 2, CELL + 2), np.float32)
        flat = logs.reshape(2, len(cells), -1)
        flat[0] = log_light(light.take(at) * np.float32(1 / (1 << UNIT)))
        flat[1] = _LOG_LIGHT.take(picture.take(at))
        self._logs = logs
        self.weights = differing.take(OWN.take(cells, axis=0)).astype(np.float32)
        self.pixels: Reals = self.weights.sum(axis=1)

    @cached_property
    def _gradients(self) -> Reals:
        """Central differences `(across and down, before and now, k, 25)`."""
        logs, cells = self._logs, self._logs.shape[1]
        gradients = np.empty((2, 2, cells, CELL, CELL), np.float32)
        np.subtract(logs[:, :, 1:-1, 2:], logs[:, :, 1:-1, :-2], out=gradients[0])
        np.subtract(logs[:, :, 2:, 1:-1], logs[:, :, :-2, 1:-1], out=gradients[1])
        return np.asarray(gradients.reshape(2, 2, cells, CELL * CELL))

    @cached_property
    def texture(self) -> Reals:
        """Sums of the squared gradients before and now, and of their product `(3, k)`."""
        before, now = self._gradients[:, 0], self._gradients[:, 1]
        weighed = before * self.weights
        return np.stack(
            [
                np.einsum("xkp,xkp->k", weighed, before),
                np.einsum("xkp,xkp,kp->k", now, now, self.weights, optimize=False),
                np.einsum("xkp,xkp->k", weighed, now),
            ]
        )

    @cached_property
    def change(self) -> Reals:
        """How much brighter each pixel is than the scene `(k, 25)`, in 1024ths of an octave."""
        own = self._logs[:, :, 1:-1, 1:-1]
        return np.asarray(np.subtract(own[1], own[0]).reshape(self._logs.shape[1], -1))

    @cached_property
    def sharp(self) -> Reals:
        """How many pixels lie on an edge of the change: its gradient is at least half of it. Light is smooth."""
        steps = np.subtract(self._gradients[:, 1], self._gradients[:, 0])
        steep = np.square(steps).max(axis=0) * 4 > np.square(self.change)
        return np.asarray(np.einsum("kp,kp->k", steep, self.weights))

    @cached_property
    def shade(self) -> tuple[Reals, Reals]:
        """The mean change, and its standard deviation, within each cell."""
        pixels = np.maximum(self.pixels, 1)
        mean = np.einsum("kp,kp->k", self.change, self.weights) / pixels
        square = np.einsum("kp,kp,kp->k", self.change, self.change, self.weights) / pixels
        return mean, np.sqrt(np.maximum(square - mean * mean, 0))


def survives(texture: Reals, pixels: npt.ArrayLike, alike: npt.ArrayLike) -> Bools:
    """Whether texture is as before, by a correlation above `alike`, from sums as `Evidence` has them. False where a
    place is too small or too plain to tell."""
    before, now, product = texture
    count = np.asarray(pixels)
    telling = (count >= FEWEST_PIXELS) & (before >= count * FAINTEST_GRADIENT**2)
    return np.asarray(telling & (product > np.asarray(alike) * np.sqrt(before * now)))
