"""The background: what each pixel shows when nothing moves, how far it strays from that, and how fast both are learnt.

Every array has a leading camera axis N. Gray levels are kept in 64ths. Each frame a third of the rows is learnt from,
in turn: a scene changes slowly, and learning is what a frame without motion costs.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS, Picture
from processor.cells import CELL
from processor.cellset import ALL, CellSet, unpacked
from processor.margins import Margins

Fixed = npt.NDArray[np.int16]
"""Gray levels in 64ths."""

UNIT = 6
"""Bits of the fraction."""

TURNS = 3
_ROWS, _GRID_ROWS = FRAME_HEIGHT // TURNS, GRID_ROWS // TURNS
_CELLS = _GRID_ROWS * GRID_COLUMNS
_PART: CellSet = (1 << _CELLS) - 1

LEAST_SPREAD, MOST_SPREAD, MOST_STEP = 72, 4096, 128
LEAST_BASE, MOST_BASE = 7.0, 48.0
"""Of the part of the threshold that all pixels share: in a pixel of gray g it is worth (g + 24) / 256 gray levels."""

MARGINS_FOR = 8
"""Pictures for which the margins of a scene hold: they follow what is learnt, and little is in so few."""

NOISE_CEILING = 4
"""In medians of the deviation: the most that a pixel's noise is taken to be at the start."""

# Arrays, since numpy takes longer to work with Python's numbers, and to clip by one number.
_UNIT, _QUARTER, _SLOWLY, _LIGHTER, _LIGHTEST = (np.array(number, np.int16) for number in (UNIT, 2, 7, 8, 6))
_MOST_STEP, _LEAST_STEP, _MOST_SPREAD, _LEAST_SPREAD, _NOUGHT, _BRIGHTEST = (
    np.full((_ROWS, FRAME_WIDTH), number, np.int16)
    for number in (MOST_STEP, -MOST_STEP, MOST_SPREAD, LEAST_SPREAD, 0, 255 << UNIT)
)


class Background:
    """The learnt scenes of N cameras.

    `light` and `spread` are `(N, 90, 160) int16` in 64ths of a gray level; `low` `(N, 90, 160) uint8` is the darkest
    gray that is still background, and `room` how many grays above it are too, with the `margins` of each camera's that
    are not older than some pictures; `base` `(N,)` is what rain and noise have raised the threshold to.
    """

    def __init__(self, lanes: int) -> None:
        shape = (lanes, FRAME_HEIGHT, FRAME_WIDTH)
        self.light, self.spread = np.zeros(shape, np.int16), np.full(shape, LEAST_SPREAD, np.int16)
        self.low, self.room = np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)
        self.base = np.full(lanes, LEAST_BASE)
        self.margins = [Margins.of(self.low[lane], self.room[lane]) for lane in range(lanes)]
        self._learnt = 0
        # Of one camera, without its axis: numpy is quicker with arrays in one piece.
        self._all: int | slice = 0 if lanes == 1 else slice(None)
        self._by_lane = () if lanes == 1 else (lanes, 1, 1)

    def found(self, lane: int, pictures: Sequence[Picture]) -> None:
        """Begin a scene with the median of some pictures, each pixel's spread with its mean deviation from that."""
        shown = np.stack(pictures)
        middle = np.median(shown, axis=0)
        deviation = np.abs(shown - middle).mean(axis=0)
        noise = np.minimum(deviation, NOISE_CEILING * np.median(deviation))
        self.light[lane] = middle * (1 << UNIT)
        self.spread[lane] = np.clip(2.75 * noise * (1 << UNIT), LEAST_SPREAD, MOST_SPREAD)
        self.base[lane] = LEAST_BASE
        self.rebound(lane)

    def adopt(self, lane: int, picture: Picture) -> None:
        """Take the present picture as the background: the light has changed, or the camera looks elsewhere."""
        self.light[lane] = picture.astype(np.int16) << UNIT
        self.rebound(lane)

    def rebound(self, lane: int) -> None:
        self.low[lane], self.room[lane] = self.bounds(lane, 1.0)
        self.margins[lane] = Margins.of(self.low[lane], self.room[lane])

    def bounds(self, lane: int, contrast: float) -> tuple[Picture, Picture]:
        """`low` and `room` of a camera where the threshold's shared part is scaled by `contrast`."""
        light = self.light[lane].astype(np.int32)
        reach = self._reach(light, self.spread[lane].astype(np.int32), int(contrast * self.base[lane]))
        low = np.maximum(light - reach, 0) >> UNIT
        high = np.minimum(light + reach, 255 << UNIT) >> UNIT
        return low.astype(np.uint8), (high - low).astype(np.uint8)

    @staticmethod
    def _reach(light: npt.NDArray[np.int32], spread: npt.NDArray[np.int32], base: int) -> npt.NDArray[np.int32]:
        """How far from its light a pixel may be: one and a quarter spreads, and the base, more where it is bright."""
        return np.asarray(spread + (spread >> 2) + ((light >> 8) + 6) * base)

    def adapt(self, lane: int, sparks: int) -> None:
        """Raise the base while rain or noise makes cells light up that nothing confirms, lower it slowly after."""
        if sparks <= 1 and self.base[lane] == LEAST_BASE:
            return
        change = 0.1 + sparks / 200 if sparks > 1 else -0.04
        self.base[lane] = min(max(self.base[lane] + change, LEAST_BASE), MOST_BASE)

    def learn(self, pictures: Picture, held: Mapping[int, CellSet]) -> None:
        """Follow a third of the pictures `(N, 90, 160)`: the light by 2 gray levels at most, so that it tends to the
        median and not the mean; the spread up quickly and down slowly. `held` cells are left as they are.
        """
        first = self._learnt % TURNS
        self._learnt += 1
        part = self._all, slice(first * _ROWS, (first + 1) * _ROWS)
        light, spread = self.light[part], self.spread[part]
        both = np.empty((2, *light.shape), np.int16)
        step, excess = both
        step[...] = pictures[part]
        step <<= _UNIT
        step -= light
        np.abs(step, out=excess)
        np.minimum(excess, _MOST_SPREAD, out=excess)
        excess -= spread
        step >>= _QUARTER
        np.minimum(step, _MOST_STEP, out=step)
        np.maximum(step, _LEAST_STEP, out=step)
        for lane, cells in held.items():
            if not cells >> first * _CELLS & _PART:
                continue
            free = unpacked(ALL ^ cells).reshape(TURNS, _GRID_ROWS, 1, GRID_COLUMNS)[first].astype(np.int16)
            free = free.repeat(CELL, axis=2)
            both.reshape(2, -1, _GRID_ROWS, CELL, FRAME_WIDTH)[:, lane] *= free
        light += step
        slow = np.right_shift(excess, _SLOWLY, out=step)
        excess >>= _QUARTER
        spread += np.maximum(excess, slow, out=excess)
        np.maximum(spread, _LEAST_SPREAD, out=spread)
        self.low[part], self.room[part] = self._learnt_bounds(light, spread)
        if self._learnt % MARGINS_FOR == 0:  # for all at once: a camera is judged alike whatever its number is
            self.margins = [Margins.of(low, room) for low, room in zip(self.low, self.room, strict=True)]

    def _learnt_bounds(self, light: Fixed, spread: Fixed) -> tuple[Fixed, Fixed]:
        """`bounds` for all cameras at once, of the rows just learnt."""
        reach = light >> _LIGHTER
        reach += _LIGHTEST
        reach *= self.base.astype(np.int16).reshape(self._by_lane)
        reach += spread
        reach += spread >> _QUARTER
        low = light - reach
        np.maximum(low, _NOUGHT, out=low)
        low >>= _UNIT
        reach += light
        np.minimum(reach, _BRIGHTEST, out=reach)
        reach >>= _UNIT
        reach -= low
        return low, reach
