"""Texture: whether the scene's own edges are still there under a change, which tells light and shadow from objects."""

import numpy as np
import numpy.typing as npt

from processor.background import Light
from processor.cells import Bools, Labels

FEWEST_PIXELS = 6
FAINTEST_GRADIENT = 40.0
"""A root mean square gradient below which a place has no texture to compare."""


def gradients(light: Light) -> tuple[Light, Light]:
    """Central differences along x and y `(90, 160) int16`, 0 at the border."""
    across, down = np.zeros_like(light), np.zeros_like(light)
    np.subtract(light[:, 2:], light[:, :-2], out=across[:, 1:-1])
    np.subtract(light[2:], light[:-2], out=down[1:-1])
    return across, down


class Texture:
    """The gradients of one camera's background and of the change over it, both `(90, 160) int16`."""

    def __init__(self, light: Light, difference: Light) -> None:
        self._light, self._difference = gradients(light), gradients(difference)

    def edges(self) -> Light:
        """How sharply the change itself changes from pixel to pixel `(90, 160) int16`."""
        across, down = self._difference
        return np.maximum(np.abs(across), np.abs(down))

    def survives(self, regions: Labels, count: int, alike: float) -> Bools:
        """For regions 1 to `count` of `(90, 160)`: whether the texture is as before, by a correlation above `alike`.

        False where a region is too small or too plain to tell.
        """
        where = np.flatnonzero(regions)
        region = regions.ravel()[where]
        scene, now = np.zeros(count + 1), np.zeros(count + 1)
        product = np.zeros(count + 1)
        for light, difference in zip(self._light, self._difference, strict=True):
            before = light.ravel()[where].astype(np.float64)
            after = before + difference.ravel()[where]
            scene += _sums(region, before * before, count)
            now += _sums(region, after * after, count)
            product += _sums(region, before * after, count)
        pixels = np.bincount(region, minlength=count + 1)
        telling = (pixels >= FEWEST_PIXELS) & (scene >= pixels * FAINTEST_GRADIENT**2)
        return (telling & (product > alike * np.sqrt(scene * now)))[1:]


def _sums(region: Labels, values: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    return np.bincount(region, weights=values, minlength=count + 1).astype(np.float64, copy=False)
