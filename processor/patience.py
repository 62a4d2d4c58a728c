"""Patience: for how long what moves on the spot is taken for motion, and the background kept from learning it.

What was confirmed as motion is held back from learning, for a while after too, so that slow things are not absorbed.
But where cells keep lighting up and going out and nothing gets anywhere, as under a swaying tree or a flickering sign,
patience wears out: such motion is not reported any more, and is learnt after all.
"""

from collections import deque

import numpy as np

from processor.cells import Bools
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
_NOWHERE = np.zeros(CELLS, bool)
_TWO, _TURN = np.int16(2), np.int16(TURN)


class Patience:
    """Keeps account for the cells of one camera."""

    def __init__(self) -> None:
        self._left = np.zeros(CELLS, np.int16)
        self._confirmed: deque[CellSet] = deque(maxlen=HOLD_FRAMES)
        self._travelling: deque[CellSet] = deque(maxlen=HOLD_FRAMES)
        self._believed: deque[CellSet] = deque(maxlen=HOLD_FRAMES)
        self.restart()

    def restart(self) -> None:
        """A new scene."""
        self._left[:] = FIRST
        self._rested, self._weary, self._young = 0, 0, YOUNG_FRAMES
        for recent in (self._confirmed, self._travelling, self._believed):
            recent.extend([0] * HOLD_FRAMES)

    @property
    def is_young(self) -> bool:
        """Whether the scene is not known for long."""
        return self._young > 0

    def believes(self, component: CellSet) -> bool:
        """Whether a component that moves on the spot is still believed to be something."""
        return 2 * (component & self._weary).bit_count() < component.bit_count()

    def hold(self, confirmed: CellSet, travelling: CellSet, believed: CellSet, turned: CellSet) -> Bools | None:
        """One frame on, with the cells confirmed in it; returns the cells `(576,)` to be held, None for none.

        What is `travelling` will leave by itself, and costs no patience; only what is `believed` is held. `turned` are
        the cells that lit up or went out.
        """
        self._young = max(0, self._young - 1)
        self._confirmed.appendleft(grown(confirmed))
        self._travelling.appendleft(grown(travelling))
        self._believed.appendleft(grown(believed))
        worn = union(self._confirmed)
        if not worn:
            self._rest()
            return None
        return self._account(unpacked(worn), unpacked(union(self._travelling)), unpacked(turned & worn))

    def _rest(self) -> None:
        """Patience comes back; its account is made up now and then only."""
        self._rested += 1
        if self._weary and self._rested >= RECKONING:
            self._account(_NOWHERE, _NOWHERE, _NOWHERE)

    def _account(self, worn: Bools, borne: Bools, turned: Bools) -> Bools:
        self._left += min(self._rested, PATIENCE)
        self._rested = 0
        cost = (worn & ~borne) * (_TWO + turned * _TURN)
        self._left += 1
        self._left -= cost
        np.maximum(self._left, _NONE, out=self._left)
        np.minimum(self._left, _ALL, out=self._left)
        self._weary = packed(self._left < WEARY)
        return unpacked(union(self._believed)) & (borne | (self._left > 0))
