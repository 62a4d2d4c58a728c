"""Extent: which cells an object covers, those of its parts too that look much like the scene, and none in its shadow.

A pixel shows the object where it has changed, or the mean over it and its eight neighbours has, unless it only lies
beside an edge, which a lens and an encoder spread, or in shadow.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from processor.background import UNIT, Fixed
from processor.cells import Bools, Counts, Reals
from processor.cellset import CellSet, between, grown, numbers, spread, subsets, union, unpacked
from processor.evidence import LOG_GRAY, LOG_LIGHT
from processor.memory import LARGE
from processor.patches import OWN, around, by_cell, patches
from processor.shadow import faintest, in_shadow
from processor.sight import Sight
from processor.watch import Component

FEWEST, FEWEST_BETWEEN = 6, 11
"""Pixels from which on a cell is covered: a fifth of it, of those that differ or of those whose neighbourhood does; and
of the latter, beside an edge or not, where the cell lies between two others."""

CHANGED = np.int16(3 * (1 << UNIT) // 8)
"""Three quarters of half the room, in 64ths: what differs by less than is noticed counts here, where something is."""

FAINT = np.int16(3 * 9 * (1 << UNIT) // 8)
"""3 gray levels, by which the mean over 3 x 3 pixels changes where something is: here their sum, in 8ths."""

MOST_SHADED = 2
"""Of so many cells that differ, an object covers one at least."""

_UNIT, _NOUGHT, _BRIGHTEST = (np.array(number, np.int16) for number in (UNIT, 0, 255 << UNIT))
_FEWEST = np.array([[FEWEST], [FEWEST], [FEWEST], [FEWEST_BETWEEN]], np.float32)


def covering(found: Sequence[Component], sight: Sight, full: CellSet) -> list[Component]:
    """The same with the cells that they cover, in or beside the `full` ones they hang together with, though nothing
    stirs in these."""
    if not found:
        return []
    wholes = [one.cells | spread(one.cells, full) for one in found]
    near = [grown(whole) for whole in wholes]
    cells = numbers(union(near))
    faintest_shadows = np.array([faintest(one.contrast) for one in found], np.float32)
    extent = Extent(cells, _owners(cells, near), faintest_shadows, sight)
    return [
        replace(one, cells=_plausible(extent.of(cells), whole & extent.differing or one.cells, sight.counts))
        for one, whole, cells in zip(found, wholes, near, strict=True)
    ]


def _owners(cells: npt.NDArray[np.intp], near: Sequence[CellSet]) -> npt.NDArray[np.intp]:
    """Of each of the cells `(k,)`, near which component it lies; by the last of them where they meet."""
    owners = np.zeros(len(cells), np.intp)
    for number, one in enumerate(near[1:], start=1):
        owners[unpacked(one)[cells]] = number
    return owners


def _plausible(covered: CellSet, differing: CellSet, counts: Counts) -> CellSet:
    """The cells that are covered, unless it is less than half: what is dark and plain is not all shadow."""
    if MOST_SHADED * covered.bit_count() >= differing.bit_count():
        return covered
    return differing if differing.bit_count() >= LARGE else covered or _fullest(differing, counts)


def _fullest(cells: CellSet, counts: Counts) -> CellSet:
    """That of the cells in which most differs: of something that fills none."""
    chosen = numbers(cells)
    return 1 << int(chosen[counts[chosen].argmax()])


class Extent:
    """Within `cells` `(k,)`, each near that of the n components whose number it has in `owners` `(k,)`. Their shadows
    take so much light at least: `faintest_shadows` `(n,)`. The `differing` of them show another gray than the scene,
    object or shadow."""

    def __init__(
        self, cells: npt.NDArray[np.intp], owners: npt.NDArray[np.intp], faintest_shadows: Reals, sight: Sight
    ) -> None:
        at = patches(cells)
        before, gray = sight.light.take(at) + sight.brightening, sight.picture.take(at)
        np.minimum(np.maximum(before, _NOUGHT, out=before), _BRIGHTEST, out=before)
        change = (gray.astype(np.int16) << _UNIT) - before
        size = np.abs(change)
        lit = ~in_shadow(LOG_GRAY.take(gray) - LOG_LIGHT.take(before), owners, faintest_shadows.take(owners))
        shown = _is_plain(size)
        shown &= lit
        differs = size[OWN] > sight.room.take(at[OWN]) * CHANGED
        faint = np.abs(around(change >> 3, np.add)) > FAINT
        counts = by_cell(np.concatenate((differs, differs & shown, faint & shown, faint & lit), axis=1))
        self.differing, distinct, indistinct, self._changed = subsets(cells, counts.reshape(4, -1) >= _FEWEST)
        self._covered = distinct | indistinct

    def of(self, near: CellSet) -> CellSet:
        """What of the cells in and beside an object it covers."""
        covered = self._covered & near
        return covered | between(covered) & self._changed


def _is_plain(size: Fixed) -> Bools:
    """Whether a pixel has changed by a third of what it or a neighbour has, at least."""
    most = around(size, np.maximum)
    return np.asarray(size[OWN] >= (most >> 2) + (most >> 4))
