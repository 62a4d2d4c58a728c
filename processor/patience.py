"""Patience: for how long the background is kept from learning what moves, so that slow things are not absorbed.

Whatever was confirmed as motion is held back from learning, for a while after too. A place where it never ends, as
under a swaying tree, runs out of patience and is learnt after all.
"""

from collections.abc import Mapping

import numpy as np

from nvr.model import GRID_COLUMNS, GRID_ROWS
from processor.cells import Bools, neighbourhood

HOLD_FRAMES = 10
"""How long a cell is held after motion was last confirmed there or beside it."""

PATIENCE_FRAMES, RECOVERY = 60, 4
"""Frames that a cell is held in all; after that it recovers, so many times slower."""


class Patience:
    """Keeps account for the cells of N cameras."""

    def __init__(self, lanes: int) -> None:
        shape = (lanes, GRID_ROWS, GRID_COLUMNS)
        self._hold = np.zeros(shape, np.int16)
        self._left = np.full(shape, PATIENCE_FRAMES * RECOVERY, np.int16)
        self._all = PATIENCE_FRAMES * RECOVERY

    def hold(self, confirmed: Mapping[int, Bools]) -> dict[int, Bools]:
        """One frame on, with the cells `(18, 32)` confirmed in some cameras; returns those to be held, by camera."""
        if not confirmed and not self._hold.any():
            self._left += self._left < self._all
            return {}
        np.maximum(self._hold - 1, 0, out=self._hold)
        for lane, cells in confirmed.items():
            self._hold[lane][neighbourhood(cells)] = HOLD_FRAMES
        held = (self._hold > 0) & (self._left > 0)
        self._left += np.where(self._hold > 0, np.int16(-RECOVERY), np.int16(1))
        np.clip(self._left, 0, self._all, out=self._left)
        return {lane: held[lane] for lane in np.flatnonzero(held.any(axis=(1, 2))).tolist()}
