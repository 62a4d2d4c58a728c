"""The watch: which cells of a camera differ from its background, and which of those are objects that move.

A cell that differs is a suspect. It is confirmed as motion when it changes now (what was left behind does not), has
edges (light has none), is solid, was there before (sparks were not), and hides the scene's texture (shadows do not).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from processor.candidate import Candidate
from processor.cells import count_in_cells
from processor.cellset import ALL, CELLS, CellSet, components, grown, packed, rim, spread, union
from processor.evidence import Evidence
from processor.memory import LARGE, Memory
from processor.sight import Sight

FULL_PIXELS = 7
"""Differing pixels from which on a cell may be part of an object: its edge makes half a pixel beside it differ too."""

SOLID = 4
"""One cell of so many in an object is solid; those that drops or noise join into one are sparse."""

CALM, SHOWER = 1.5, 4.0
"""Cells that light up in a usual frame without being motion: below the first hardly any, from the second on many."""

MANY_SPARKS = 20
"""So many times the usual sparks, in one piece, are something large."""

NOISY = 2.0
"""The contrast up to which the gradients of noise are taken from those of a component: faint light has none else."""

STIRRING = 2
"""Pixels that change now where something moves."""


class Component(NamedTuple):
    """Cells that move together. `contrast` is in thresholds, `strength` grows with the size too; `seen_before` counts
    the frames in a row in which it was there before it was confirmed."""

    cells: CellSet
    contrast: float
    strength: float
    seen_before: int


class Watch:
    """Watches one camera with one demand: `cell_pixels` make a cell suspect, `core_pixels` its component solid. Of
    the last picture in which anything was likely there is `evidence`; where it `extends`, of all cells too that what it
    found may cover."""

    def __init__(self, cell_pixels: int, core_pixels: int, least_strength: float, *, extends: bool = False) -> None:
        self.cell_pixels = cell_pixels
        self._levels = np.array([[cell_pixels], [core_pixels], [FULL_PIXELS]], np.uint8)
        self._least_strength, self._extends = least_strength, extends
        self.evidence: Evidence | None = None
        self._memory = Memory()
        self._suspects: CellSet = 0
        self._solid: CellSet = 0
        self.full: CellSet = 0
        self._arrived: CellSet = 0
        self._doubted: CellSet = 0
        self.turned: CellSet = 0

    def rest(self) -> None:
        """A frame without suspects."""
        self._doubted, self._arrived = self._arrived, 0
        self.turned, self._suspects = self._suspects, 0
        self._memory.note(0)

    def recall(self, frames: Sequence[CellSet]) -> None:
        """Suspects of earlier frames, oldest first."""
        for cells in frames:
            self._memory.note(cells)

    def suspect(self, sight: Sight) -> CellSet:
        """The cells of a picture that differ from the background."""
        before, reached = self._suspects, packed(sight.counts >= self._levels)
        self._suspects, self._solid, self.full = reached & ALL, reached >> CELLS & ALL, reached >> 2 * CELLS
        self._doubted, self._arrived = self._arrived, self._suspects & ~grown(before)
        self.turned = self._suspects ^ before
        return self._suspects

    def flashes(self) -> int:
        """How many cells of the frame before lit up from nothing, were not shown as motion, and are gone again."""
        lonely = self._doubted & ~grown(self._suspects)
        return lonely.bit_count()

    def judge(self, sight: Sight, sparks: float) -> list[Component]:
        """What of the suspects moves, where so many `sparks` are usual."""
        if not self._suspects:
            self._memory.note(0)
            return []
        stirring = packed(count_in_cells(sight.changed) >= STIRRING)
        lively = self._suspects & grown(self._suspects & stirring)
        likely = [one for one in components(lively) if self._is_persistent(one, sparks)]
        confirmed = self._confirmed(likely, sight, sparks) if likely else []
        self._memory.note(lively)
        self._arrived &= ~union(one.cells for one in confirmed)
        return confirmed

    def _is_persistent(self, component: CellSet, sparks: float) -> bool:
        """A small one was there several times before; a large one may be new, or jump, unless sparks are usual."""
        size = component.bit_count()
        if sparks >= CALM:
            if size >= MANY_SPARKS * sparks:
                return True
            return size >= sparks and self._memory.repeats(component) >= (3 if sparks < SHOWER else 4)
        return size >= LARGE or self._memory.repeats(component) >= (2 if size > 1 else 3)

    def _confirmed(self, likely: Sequence[CellSet], sight: Sight, sparks: float) -> list[Component]:
        likely = [one for one in likely if SOLID * (one & self._solid).bit_count() >= one.bit_count()]
        if not likely:
            return []
        rims, many = rim(union(likely)), len(likely)
        evidence = self.evidence = Evidence(
            self._looked_at(likely),
            sight.picture,
            sight.light,
            sight.room,
            differing=sight.clear,
            aside=sight.aside,
            brighter=sight.brightening,
        )
        shown = evidence.of([*likely, *(one & rims for one in likely), *(one & ~rims for one in likely)])
        found = []
        for one, whole, edge, inside in zip(likely, shown, shown[many:], shown[2 * many :], strict=False):
            candidate = Candidate(one.bit_count(), whole, edge, inside, sparks)
            if whole.contrast < NOISY:
                candidate = candidate.without(evidence.noise(one, sight.spread))
            if candidate.is_object and (candidate.strength >= self._least_strength or one.bit_count() >= LARGE):
                found.append(self._component(one, candidate))
        return found

    def _looked_at(self, likely: Sequence[CellSet]) -> CellSet:
        """Those of what is likely, and all where it may extend to."""
        cells = union(likely)
        return grown(cells | spread(cells, self.full)) if self._extends else cells

    def _component(self, cells: CellSet, candidate: Candidate) -> Component:
        shown = cells & self.full or cells & self._solid
        seen_before = self._memory.run(cells, candidate.sparks >= SHOWER)
        return Component(shown, candidate.whole.contrast, candidate.strength, seen_before)
