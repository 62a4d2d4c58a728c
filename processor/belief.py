"""Belief: which of the components that the watch confirms are reported, and kept from the background.

What gets somewhere is believed; what moves on the spot is where little did of late, and unless it is a lamp.
"""

from collections.abc import Sequence

from processor.cellset import CellSet, components, union
from processor.lamps import Lamps
from processor.memory import LARGE
from processor.patience import Patience
from processor.travel import Travel
from processor.watch import SHOWER, Component

PERSON = 6
"""Cells from which on something that gets somewhere is seen before what sways; a bird among leaves is not."""

PLAIN, STRIKING = 2.0, 2.5
"""Contrasts in thresholds, above the noise that a video encoder makes of the dark."""


class Belief:
    """That in one camera's components. `held` cells are to be kept from the background."""

    def __init__(self) -> None:
        self._patience, self._travel, self._lamps = Patience(), Travel(), Lamps()
        self._travelling: CellSet = 0
        self.held: CellSet = 0

    def recall(self, frames: Sequence[CellSet]) -> None:
        """Suspects of earlier frames as they are seen now, oldest first."""
        self._lamps.restart()  # what flashed once has not flashed again because it is seen anew
        for suspects in frames:
            self._lamps.follow(suspects)
            self._travel.follow(list(components(suspects)))

    def rest(self, turned: CellSet) -> None:
        """One frame on, in which nothing can be judged: what is seen then is no sequel to what was seen before."""
        self._lamps.rest()
        self._follow([], 0, turned)

    def judge(self, suspects: CellSet, found: Sequence[Component], sparks: float, turned: CellSet) -> list[Component]:
        """One frame on: those components `found` among the `suspects` that are believed, where so many `sparks` are
        usual. `turned` are the cells that lit up or went out."""
        self._lamps.follow(suspects)
        return self._follow(found, sparks, turned)

    def _follow(self, found: Sequence[Component], sparks: float, turned: CellSet) -> list[Component]:
        confirmed = [one.cells for one in found]
        self._travelling = self._travel.follow(confirmed)
        believed = [one for one in found if self.believes(one, sparks)]
        kept = union(one.cells for one in believed)
        self.held = self._patience.hold(union(confirmed), self._travelling, kept, turned)
        return believed

    def believes(self, one: Component, sparks: float) -> bool:
        """Whether it gets somewhere, or moves where little moved on the spot of late. The first in a young scene, which
        still takes noise and what moved in it for background, must be plain to see too, and large where it stays."""
        size = one.cells.bit_count()
        gets_somewhere = size >= PERSON and bool(one.cells & self._travelling)
        if not gets_somewhere and self._is_lamp_or_noise(one, sparks):
            return False
        if not self._patience.is_young or self._patience.has_believed:
            return gets_somewhere or self._patience.believes(one.cells)
        if gets_somewhere:
            return one.contrast >= PLAIN
        stays = size >= LARGE and one.seen_before > 0 and not self._lamps.may_be(one.cells)
        return one.contrast >= STRIKING and stays

    def _is_lamp_or_noise(self, one: Component, sparks: float) -> bool:
        """In the noise of a night an encoder joins what is faint into something large for a moment."""
        return self._lamps.have(one.cells) or (sparks >= SHOWER and one.contrast < PLAIN)
