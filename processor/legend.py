"""The legend of a heatmap: which counts are named on it, and where they stand between cold and hot."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nvr.model import Picture
from processor.heatmap import ColourMap, Scale, coloured, share_of

APART = 0.14
"""How far two named counts stand apart at least, as a share of the legend's length."""

_UNITS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


@dataclass(frozen=True, slots=True)
class Tick:
    """A count that is named; `share` is how hot it is, 0 to 1."""

    count: int
    share: float

    @property
    def label(self) -> str:
        if self.count < 10_000:
            return f"{self.count:,}"
        rounded = float(f"{self.count:.3g}")
        size, letter = next((size, letter) for size, letter in _UNITS if rounded >= size)
        return f"{rounded / size:,.15g}{letter}"


def ticks(most: int, scale: Scale) -> list[Tick]:
    """From 0 to the hottest count itself, with round ones between them where there is room."""
    last = Tick(most, 1.0)
    chosen = [Tick(0, 0.0)]
    for count in _round(most, scale):
        tick = Tick(count, share_of(count, most, scale))
        if chosen[-1].share + APART <= tick.share <= 1 - APART:
            chosen.append(tick)
    return [*chosen, last] if most else chosen


def _round(most: int, scale: Scale) -> Iterator[int]:
    if scale is Scale.LOG:
        yield from (10**digits for digits in range(len(str(most))))
        return
    step = next(size for size in _steps() if 5 * size >= most)
    yield from range(step, most, step)


def _steps() -> Iterator[int]:
    digits = 0
    while True:
        yield from (first * 10**digits for first in (1, 2, 5))
        digits += 1


def ramp(width: int, height: int, colours: ColourMap) -> Picture:
    """All colours from cold on the left to hot on the right, RGB `(height, width, 3) uint8`."""
    return coloured(np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1)), colours)
