"""Lamps: what lights up at once, out of nothing, goes out as a whole, and comes again in the very same cells.

Nobody does that: people and cars come in from beside, and never cover the same cells to the last one.
"""

from collections import deque
from dataclasses import dataclass

from processor.cellset import CellSet, components, grown

KNOWN = 16
"""Flashes that are remembered."""

MOST_AT_ONCE = 4
"""Flashes in one frame above which they are rain or snow, and not looked at."""

SMALLEST = 2
"""Cells below which a flash may be noise, and like another by chance."""

ALIKE = 0.7
"""The share of all the cells of two flashes that both have, when they are of one lamp."""

OFTEN = 2
"""Flashes after which it is a lamp."""

COVERED = 0.75
"""The share of a component that lies in a lamp, when it is nothing else."""


@dataclass(frozen=True, slots=True)
class _Flash:
    """The cells that it lit, and how often."""

    cells: CellSet
    times: int


class Lamps:
    """Those of one camera."""

    def __init__(self) -> None:
        self._flashes: deque[_Flash] = deque(maxlen=KNOWN)
        self._before: CellSet = 0
        self._lit: CellSet = 0

    def restart(self) -> None:
        """A new scene."""
        self._flashes.clear()
        self.rest()

    def rest(self) -> None:
        """What is seen now is no sequel to what was seen before."""
        self._before = self._lit = 0

    def follow(self, suspects: CellSet) -> None:
        """One frame on, in which these cells differ from the background."""
        before, self._before = self._before, suspects
        if self._lit:
            self._note(self._lit & ~grown(suspects))
        arrived = suspects & ~grown(before) if before else suspects
        self._lit = self._lit & suspects | arrived

    def have(self, component: CellSet) -> bool:
        """Whether a component is a lamp, or the light of one."""
        if not self._flashes:
            return False
        least = COVERED * component.bit_count()
        return any(one.times >= OFTEN and (component & one.cells).bit_count() >= least for one in self._flashes)

    def may_be(self, component: CellSet) -> bool:
        """Whether it lit up at once out of nothing, and has stayed as it was: it may be a lamp's first flash."""
        return (component & self._lit).bit_count() >= COVERED * component.bit_count()

    def _note(self, gone: CellSet) -> None:
        flashes = [cells for cells in components(gone) if cells.bit_count() >= SMALLEST] if gone else []
        if len(flashes) > MOST_AT_ONCE:
            return
        for cells in flashes:
            self._flashes.append(self._known(cells))

    def _known(self, cells: CellSet) -> _Flash:
        """The flash as one more of a lamp that it is like, which is then forgotten for it."""
        for one in self._flashes:
            if (one.cells & cells).bit_count() >= ALIKE * (one.cells | cells).bit_count():
                self._flashes.remove(one)
                return _Flash(one.cells | cells if one.times < OFTEN else one.cells, one.times + 1)
        return _Flash(cells, 1)
