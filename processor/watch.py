"""The watch: which cells of a camera differ from its background, and which of those are objects that move.

A cell that differs is a suspect. It is confirmed as motion when it changes now (what was left behind does not), has
edges (light has none), is solid, was there before (sparks were not), and hides the scene's texture (shadows do not).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.background import Fixed
from processor.cells import CELL, Bools, Counts
from processor.cellset import ALL, CELLS, CellSet, components, grown, numbers, packed, rim, subset, union
from processor.evidence import Evidence, Findings
from processor.memory import LARGE, Memory
from processor.patches import insides

RELIT, RELIT_SMALL, FEW_PIXELS, CRISP = 0.45, 0.62, 70, 0.4
"""Correlations of texture above which a component, or one of few pixels that is so sharp, only changed its light."""

EDGED, EDGED_DIM, DIM = 0.23, 0.27, 6.0
"""The least sharpness of an object, and of one dimmer in thresholds. What is out of focus on the lens has 0.18 at most
and a cloud's rim, always dim, 0.26; bright plain vans have 0.24, people 0.3."""

ASIDE, ASIDE_FAINT, FAINT = 0.85, 0.6, 4.0
"""The share of pixels at which something, or what is fainter in strength, is the scene itself, swaying: people have
0.25, small things 0.4, what is hardly brighter than a wall 0.55."""

FULL_PIXELS = 7
"""Differing pixels from which on a cell may be part of an object: its edge makes half a pixel beside it differ too."""

SOLID = 4
"""One cell of so many in an object is solid; those that drops or noise join into one are sparse."""

CALM, SHOWER = 1.5, 4.0
"""Cells that light up in a usual frame without being motion: below the first hardly any, from the second on many."""

LEAST_CHANGE = np.uint8(5)
"""Gray levels that a pixel changes in two frames where something moves, however quiet the scene behind it was."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the watch is shown of one camera, flat `(14400,)`: the picture, the one two frames ago, the scene's light,
    `low` (the darkest gray that is background) and `room` (how many above it are too), the differing pixels, those that
    may count, and counts by cell."""

    picture: Picture
    earlier: Picture
    light: Fixed
    low: Picture
    room: Picture
    differing: Bools
    clear: Bools
    counts: Counts


@dataclass(frozen=True, slots=True)
class Component:
    """Cells that move together. `contrast` is in thresholds, `strength` grows with the size too; `seen_before` counts
    the frames in a row in which it was there before it was confirmed."""

    cells: CellSet
    contrast: float
    strength: float
    seen_before: int


class Watch:
    """Watches one camera with one demand: `cell_pixels` make a cell suspect, `core_pixels` its component solid."""

    def __init__(self, cell_pixels: int, core_pixels: int, least_strength: float) -> None:
        self.cell_pixels = cell_pixels
        self._levels = np.array([[cell_pixels], [core_pixels], [FULL_PIXELS]], np.uint8)
        self._least_strength = least_strength
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
        """How many cells of the frame before lit up from nothing, were no motion, and are gone again."""
        lonely = self._doubted & ~grown(self._suspects)
        return lonely.bit_count()

    def judge(self, sight: Sight, sparks: float) -> list[Component]:
        """What of the suspects moves, where so many `sparks` are usual."""
        lively = self._suspects & grown(_changing(numbers(self._suspects), sight))
        likely = [one for one in components(lively) if self._is_persistent(one, sparks)]
        confirmed = self._confirmed(likely, sight, sparks >= SHOWER) if likely else []
        self._memory.note(lively)
        self._arrived &= ~union(one.cells for one in confirmed)
        return confirmed

    def _is_persistent(self, component: CellSet, sparks: float) -> bool:
        """A small one was there several times before; a large one may be new, or jump, unless sparks are usual."""
        size = component.bit_count()
        if sparks >= CALM:
            return size >= sparks and self._memory.repeats(component) >= (3 if sparks < SHOWER else 4)
        return size >= LARGE or self._memory.repeats(component) >= (2 if size > 1 else 3)

    def _confirmed(self, likely: Sequence[CellSet], sight: Sight, in_shower: bool) -> list[Component]:
        likely = [one for one in likely if SOLID * (one & self._solid).bit_count() >= one.bit_count()]
        if not likely:
            return []
        together, many = union(likely), len(likely)
        evidence = Evidence(together, sight.picture, sight.light, sight.low, sight.room, differing=sight.clear)
        rims = rim(together)
        shown = evidence.of([*likely, *(one & rims for one in likely), *(one & ~rims for one in likely)])
        found = []
        for one, whole, edge, inside in zip(likely, shown, shown[many:], shown[2 * many :], strict=False):
            strength = whole.contrast * math.sqrt(one.bit_count())
            if not _is_object(whole, edge, inside, strength):
                continue
            if strength >= self._least_strength or one.bit_count() >= LARGE:
                cells = one & self.full or one & self._solid
                seen_before = self._memory.run(one, in_shower)
                found.append(Component(cells, whole.contrast, strength, seen_before))
        return found


def _is_object(whole: Findings, edge: Findings, inside: Findings, strength: float) -> bool:
    """Whether a component has an edge, hides the texture of the scene, and is not the scene itself swaying."""
    sharpness = whole.sharpness(edge)
    alike = RELIT_SMALL if whole.pixels < FEW_PIXELS and sharpness > CRISP else RELIT
    most_aside = ASIDE_FAINT if strength < FAINT else ASIDE
    return (
        sharpness >= (EDGED_DIM if whole.contrast < DIM else EDGED)
        and max(whole.survival, inside.survival) <= alike
        and whole.aside < most_aside * whole.pixels
    )


def _changing(cells: npt.NDArray[np.intp], sight: Sight) -> CellSet:
    """Those of the cells in which pixels differ from two frames ago."""
    at = insides(cells)
    now, ago, room = sight.picture.take(at), sight.earlier.take(at), sight.room.take(at)
    change = np.maximum(now, ago)
    change -= np.minimum(now, ago, out=now)
    least = room >> 2
    least += np.right_shift(room, 3, out=room)
    changed = change > np.maximum(least, LEAST_CHANGE, out=least)
    return subset(cells, _ONES.dot(changed.astype(np.float32)) >= 2)


_ONES = np.ones(CELL * CELL, np.float32)
