"""Heatmaps as pictures: counts of moving frames per cell become colours, at any size, alone or over a picture."""

from enum import StrEnum
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from nvr.model import Picture

Shares = npt.NDArray[np.float32]

MOST_OPAQUE = 0.85
"""The share of the hottest colour in an overlay, so that the picture beneath can still be read."""

OPAQUE_FROM = 0.25
"""The intensity from which on an overlay is as opaque as it gets; below, it fades."""

HEATS = 240
"""Colours of a palette that stand for heat. The others of its 256 are left for a legend."""

_VIRIDIS = (
    (68, 1, 84),
    (72, 40, 120),
    (62, 74, 137),
    (49, 104, 142),
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
    (109, 205, 89),
    (180, 222, 44),
    (253, 231, 37),
)
"""Ten evenly spaced colours of matplotlib's viridis (CC0), which is perceptually uniform."""


class ColourMap(StrEnum):
    JET = "jet"
    VIRIDIS = "viridis"


class Scale(StrEnum):
    LINEAR = "linear"
    LOG = "log"


def intensity(counts: npt.ArrayLike, scale: Scale = Scale.LOG) -> Shares:
    """How hot each cell is against the hottest, 0 to 1 `(45, 80)`: 0 exactly where nothing moved."""
    heat = np.asarray(counts, np.float64)
    heat = np.log1p(heat) if scale is Scale.LOG else heat
    shares: Shares = (heat / max(heat.max(), 1e-12)).astype(np.float32)
    return shares


def enlarged(shares: Shares, width: int, height: int) -> Shares:
    """Linear interpolation between the cells' centres, to `(height, width)`.

    By hand, since the threads of a matrix product wait for each other on a busy machine."""
    return _stretched(np.ascontiguousarray(_stretched(shares.T, width).T), height)


def _stretched(shares: Shares, pixels: int) -> Shares:
    """The rows `(cells, n)` as `(pixels, n)`."""
    before, after, share = _neighbours(len(shares), pixels)
    upper = shares.take(before, axis=0)
    stretched: Shares = shares.take(after, axis=0)
    stretched -= upper
    stretched *= share
    stretched += upper
    return stretched


def indexed(counts: npt.ArrayLike, width: int, height: int, *, scale: Scale = Scale.LOG) -> Picture:
    """Counts `(45, 80)` as places `(height, width) uint8` in a `palette`: a third of the bytes of a picture."""
    shares = enlarged(intensity(counts, scale) * np.float32(HEATS - 1), width, height)
    return np.rint(shares, out=shares).astype(np.uint8)


def palette(colours: ColourMap) -> Picture:
    """The colours `(240, 3) uint8` of `indexed` places, from cold to hot."""
    return coloured(np.linspace(0, 1, HEATS, dtype=np.float32), colours)


def blend(
    counts: npt.ArrayLike, picture: Picture, *, colours: ColourMap = ColourMap.JET, scale: Scale = Scale.LOG
) -> Picture:
    """Counts `(45, 80)` over an RGB picture `(H, W, 3) uint8`, which shows unchanged where nothing moved."""
    height, width = picture.shape[:2]
    shares = enlarged(intensity(counts, scale), width, height)
    opacity = _opacity(shares)[:, :, np.newaxis]
    mixed = picture + opacity * (coloured(shares, colours).astype(np.float32) - picture)
    return np.rint(mixed).astype(np.uint8)


def _opacity(shares: Shares) -> Shares:
    opacity: Shares = np.minimum(shares / OPAQUE_FROM, 1) * np.float32(MOST_OPAQUE)
    return opacity


def share_of(count: int, most: int, scale: Scale) -> float:
    """How hot a count is where `most` is the hottest, 0 to 1: as `intensity` has it."""
    if scale is Scale.LOG:
        return float(np.log1p(count) / np.log1p(max(most, 1)))
    return count / max(most, 1)


def coloured(shares: Shares, colours: ColourMap) -> Picture:
    """Shares of 0 to 1 as colours, RGB with one axis more."""
    picture: Picture = _table(colours)[np.rint(255 * shares.clip(0, 1)).astype(np.uint8)]
    return picture


@cache
def _table(colours: ColourMap) -> Picture:
    """The colours `(256, 3) uint8` from cold to hot."""
    heat = np.linspace(0, 1, 256)
    if colours is ColourMap.JET:
        channels = [np.clip(1.5 - np.abs(4 * heat - peak), 0, 1) * 255 for peak in (3, 2, 1)]
    else:
        channels = [
            np.interp(heat, np.linspace(0, 1, len(_VIRIDIS)), channel) for channel in zip(*_VIRIDIS, strict=True)
        ]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


@lru_cache(maxsize=32)
def _neighbours(cells: int, pixels: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Shares]:
    """The two cells between whose centres each pixel of a line lies, and how far it is on the way `(pixels, 1)`."""
    position = np.clip((np.arange(pixels) + 0.5) * cells / pixels - 0.5, 0, cells - 1)
    before = position.astype(np.intp)
    return before, np.minimum(before + 1, cells - 1), (position - before)[:, np.newaxis].astype(np.float32)
