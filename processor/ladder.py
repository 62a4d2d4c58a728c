"""The ladder: what is reported of what moves, by the sensitivities and sizes that a camera and its zones ask for.

On its lowest rung stands the watch that also decides what is learnt; each above it looks more keenly at the same
picture.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nvr.model import Picture
from nvr.settings import CameraSettings
from processor.acuity import Demand, Rung, Sizes, rungs, sensitivity_map
from processor.belief import Belief
from processor.cells import Bools, Counts
from processor.cellset import CellSet, union
from processor.sight import Sight
from processor.watch import Component, Watch

Bounds = Callable[[float], tuple[Picture, Picture]]
"""The darkest gray of each pixel that is background and how many above it are too, where the part of the threshold that
all pixels share is scaled by a contrast."""


@dataclass(frozen=True, slots=True)
class Report:
    """The `cells` that move, the pixels `(14400,)` that differ to the keenest watch, and for how many frames in a row
    they did before it was sure."""

    cells: CellSet
    differing: Bools
    seen_before: int


class Ladder:
    """That of one camera, with its `neutral` watch."""

    def __init__(self, settings: CameraSettings) -> None:
        (lowest, self._demand), *keener = rungs(sensitivity_map(settings))
        self.neutral = _watch(lowest, extends=True)
        self._keener = [(rung, demand, _watch(rung)) for rung, demand in keener]
        self._sizes = Sizes.of(settings)

    @property
    def is_keen(self) -> bool:
        """Whether more is to be seen than the neutral watch sees."""
        return bool(self._keener)

    def rest(self) -> None:
        """A frame in which nothing can be judged."""
        for watch in (self.neutral, *(watch for _, _, watch in self._keener)):
            watch.rest()

    def report(
        self, found: Iterable[Component], sight: Sight, bounds: Bounds, belief: Belief, sparks: float
    ) -> Report | None:
        """What counts of the components that the neutral watch has `found`, and of those that keener ones find and
        `belief` believes, where so many `sparks` are usual."""
        chosen = self._counted(found, sight.counts, self._demand)
        for rung, demand, watch in self._keener:
            sight = sight.against(*bounds(rung.contrast))
            watch.suspect(sight)
            believed = [one for one in watch.judge(sight, sparks) if belief.believes(one, sparks)]
            chosen += self._counted(believed, sight.counts, demand)
        if not chosen:
            return None
        return Report(union(cells for cells, _ in chosen), sight.differing, max(seen for _, seen in chosen))

    def _counted(self, found: Iterable[Component], counts: Counts, demand: Demand) -> list[tuple[CellSet, int]]:
        """What of each component is strong enough where it is, and of a wanted size, with how long it was seen."""
        return [
            (cells, one.seen_before)
            for one in found
            if self._sizes.allow(one.cells, counts) and (cells := one.cells & demand.met_by(one.strength))
        ]


def _watch(rung: Rung, *, extends: bool = False) -> Watch:
    return Watch(rung.cell_pixels, rung.core_pixels, rung.least_strength, extends=extends)
