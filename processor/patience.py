"""Patience: for how long what moves on the spot is taken for motion, and the background kept from learning it.

What was confirmed as motion is held back from learning, for a while after too, so that slow things are not absorbed.
But where cells keep lighting up and going out and nothing gets anywhere, as under a swaying tree or a flickering sign,
patience wears out: such motion is not reported any more, and is learnt after all.
"""

from collections import deque

import numpy as np

from processor.cellset import CELLS, CellSet, grown, packed, union, unpacked

HOLD_FRAMES = 10
"""How long a cell is held after motion was last confirmed there or beside it."""

PATIENCE = 400
"""Frames that motion on the spot may last, and as many in which patience comes back from none to all."""

TURN = 24
"""Frames of patience that it costs when a cell lights up or goes out."""

WEARY = 240
"""What of it must be left for motion on the spot to be believed."""

RECKONING = 10
"""Frames of rest after which what has come back is added up."""

FIRST, YOUNG_FRAMES = 320, 35
"""What a new scene begins with, and for how long it is young: it takes some seconds to know what sways there, and a
key frame or two to see what an encoder makes of its noise."""

# Arrays, since numpy takes longer to work with Python's numbers.
_NONE, _ALL = np.zeros(CELLS, np.int16), np.full(CELLS, PATIENCE, np.int16)
_COST, _TURN, _WEARY = np.array(2, np.int16), np.array(TURN, np.int16), np.array(WEARY, np.int16)


def _recent() -> deque[CellSet]:
    return deque([0] * HOLD_FRAMES, HOLD_FRAMES)


class Patience:
    """Keeps account for the cells of one camera."""

    def __init__(self) -> None:
        self._left = np.full(CELLS, FIRST, np.int16)
        self._rested, self._weary, self._spent, self._young = 0, 0, 0, YOUNG_FRAMES
        self._worn = 0
        self._confirmed, self._travelling, self._believed = (_recent() for _ in range(3))

    @property
    def is_young(self) -> bool:
        """Whether the scene is not known for long."""
        return self._young > 0

    @property
    def has_believed(self) -> bool:
        """Whether something was believed of late."""
        return any(self._believed)

    def believes(self, component: CellSet) -> bool:
        """Whether a component that moves on the spot is still believed to be something."""
        return 2 * (component & self._weary).bit_count() < component.bit_count()

    def hold(self, confirmed: CellSet, travelling: CellSet, believed: CellSet, turned: CellSet) -> CellSet:
        """One frame on, with the cells confirmed in it; returns the cells to be held.

        What is `travelling` will leave by itself, and costs no patience; only what is `believed` is held. `turned` are
        the cells that lit up or went out.
        """
        self._young = max(0, self._young - 1)
        if confirmed or self._worn:
            self._note(confirmed, travelling, believed)
        if not self._worn:
            self._rest()
            return 0
        borne, held = union(self._travelling), union(self._believed)
        charged = self._worn & ~borne
        if charged or self._weary:
            self._account(charged, turned & charged)
            return held & ~(charged & self._spent)
        self._rested += 1
        return held

    def _note(self, confirmed: CellSet, travelling: CellSet, believed: CellSet) -> None:
        self._confirmed.appendleft(grown(confirmed))
        self._travelling.appendleft(grown(travelling))
        self._believed.appendleft(grown(believed))
        self._worn = union(self._confirmed)

    def _rest(self) -> None:
        """Patience comes back; its account is made up now and then only."""
        self._rested += 1
        if self._weary and self._rested >= RECKONING:
            self._account(0, 0)

    def _account(self, charged: CellSet, turned: CellSet) -> None:
        """Of the frames since the last time, and the present one in which some cells cost patience."""
        self._left += min(self._rested, PATIENCE) + 1
        self._rested = 0
        self._left -= unpacked(charged) * _COST
        if turned:
            self._left -= unpacked(turned) * _TURN
        np.maximum(self._left, _NONE, out=self._left)
        np.minimum(self._left, _ALL, out=self._left)
        self._weary = packed(self._left < _WEARY)
        self._spent = packed(self._left <= _NONE) if self._weary else 0
