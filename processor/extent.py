"""Extent: which cells an object covers, those of its parts too that look much like the scene, and none in its shadow.

No pixel alone tells a car's gray roof from the gray road, nor its dark side from its shadow. A cell and the eight
around it do, and how much each of their traits says is learnt from films whose truth is known (`tests/learning`).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from processor.background import UNIT
from processor.cells import Counts, Reals
from processor.cellset import CellSet, filled, grown, lone, numbers, spread, subset, union, unpacked
from processor.evidence import LOG_GRAY, LOG_LIGHT
from processor.learnt import COVERED
from processor.memory import LARGE
from processor.patches import INSIDE, OWN, around, by_cell, patches
from processor.shadow import faintest, in_shadow
from processor.sight import Sight
from processor.watch import Component, changing

FAINTLY, DIFFERING, STRONGLY = (np.int16(3 * (1 << UNIT) * eighths // 16) for eighths in (1, 2, 6))
"""Of half the room, in 64ths: three eighths, three quarters and nine quarters of it. What differs by less than is
noticed counts where something is."""

FAINT = np.int16(3 * 9 * (1 << UNIT) // 8)
"""3 gray levels, by which the mean over 3 x 3 pixels changes where something is: here their sum, in 8ths."""

TRAITS = 9
"""What is known of a cell: the shares of its pixels that differ; whose neighbourhood does; of those that do either and
do not lie in shadow; that differ faintly; strongly; that change now; and by how many octaves its light has changed, in
the mean and as standard deviation."""

FEWEST = np.float32(0.22)
"""The share of pixels that differ from which on a cell does: 6 of 25."""

MOST_SHADED = 2
"""Of so many cells that differ, an object covers one at least."""

_OCTAVE = np.float32(1 / 1024)
_PIXELS = np.float32(1 / INSIDE.sum())
_UNIT, _NOUGHT, _BRIGHTEST = (np.array(number, np.int16) for number in (UNIT, 0, 255 << UNIT))


def covering(found: Sequence[Component], sight: Sight, full: CellSet) -> list[Component]:
    """The same with the cells that they cover, in or beside the `full` ones they hang together with, though nothing
    stirs in these."""
    if not found:
        return []
    near = Nearby.of(found, sight, full)
    covered = subset(near.cells, COVERED.likely(near.cells, near.traits, near.sizes))
    return [
        replace(one, cells=_plausible(covered & place, whole & near.differing or one.cells, sight.counts))
        for one, whole, place in zip(found, near.wholes, near.places, strict=True)
    ]


class Nearby(NamedTuple):
    """The `cells` `(k,)` in and beside some components, with their `traits` `(9, k)`, and the `sizes` `(k,)` of what
    they are near, in octaves of cells that differ; which of them are `differing`; and of each component all that hangs
    together with it, without and with what lies beside."""

    cells: npt.NDArray[np.intp]
    traits: Reals
    sizes: Reals
    differing: CellSet
    wholes: Sequence[CellSet]
    places: Sequence[CellSet]

    @classmethod
    def of(cls, found: Sequence[Component], sight: Sight, full: CellSet) -> "Nearby":
        wholes = [one.cells | spread(one.cells, full) for one in found]
        places = [grown(whole) for whole in wholes]
        cells = numbers(union(places))
        owners = _owners(cells, places)
        shadows = np.array([faintest(one.contrast) for one in found], np.float32)
        known = traits(cells, owners, shadows, sight)
        differing = subset(cells, known[0] > FEWEST)
        sizes = np.array([math.log2(1 + (place & differing).bit_count()) for place in places], np.float32)
        return cls(cells, known, sizes.take(owners), differing, wholes, places)


def traits(cells: npt.NDArray[np.intp], owners: npt.NDArray[np.intp], faintest_shadows: Reals, sight: Sight) -> Reals:
    """What is known of each of the cells `(k,)`, each near that of n things whose number it has in `owners` `(k,)`:
    `(9, k)`. The shadows of the things take so much light at least: `faintest_shadows` `(n,)`."""
    at = patches(cells)
    own = at[OWN]
    before, gray = sight.light.take(at) + sight.brightening, sight.picture.take(at)
    np.minimum(np.maximum(before, _NOUGHT, out=before), _BRIGHTEST, out=before)
    change = (gray.astype(np.int16) << _UNIT) - before
    octaves = LOG_GRAY.take(gray) - LOG_LIGHT.take(before)
    size, room = np.abs(change[OWN]), sight.room.take(own)
    lit = ~in_shadow(octaves, owners, faintest_shadows.take(owners))
    pixels = np.empty((TRAITS, *own.shape), np.float32)
    pixels[0] = differs = size > room * DIFFERING
    pixels[1] = faint = np.abs(around(change >> 3, np.add)) > FAINT
    pixels[2] = differs & lit
    pixels[3] = faint & lit
    pixels[4] = size > room * FAINTLY
    pixels[5] = size > room * STRONGLY
    pixels[6] = changing(gray[OWN], sight.earlier.take(own), room)
    np.multiply(octaves[OWN], _OCTAVE, out=pixels[7])
    np.multiply(pixels[7], pixels[7], out=pixels[8])
    known = by_cell(pixels)
    known *= _PIXELS
    variance = known[8]
    variance -= known[7] * known[7]
    np.sqrt(np.maximum(variance, 0, out=variance), out=variance)
    return known


def _owners(cells: npt.NDArray[np.intp], places: Sequence[CellSet]) -> npt.NDArray[np.intp]:
    """Of each of the cells `(k,)`, in which of the places it lies; in the last of them where they meet."""
    owners = np.zeros(len(cells), np.intp)
    for number, place in enumerate(places[1:], start=1):
        owners[unpacked(place)[cells]] = number
    return owners


def _plausible(covered: CellSet, differing: CellSet, counts: Counts) -> CellSet:
    """The cells that are covered, without holes and without any that lie alone; unless it is less than half: what is
    dark and plain is not all shadow."""
    covered = filled(covered & ~lone(covered) or covered)
    if MOST_SHADED * covered.bit_count() >= differing.bit_count():
        return covered
    return differing if differing.bit_count() >= LARGE else covered or _fullest(differing, counts)


def _fullest(cells: CellSet, counts: Counts) -> CellSet:
    """That of the cells in which most differs: of something that fills none."""
    chosen = numbers(cells)
    return 1 << int(chosen[counts[chosen].argmax()])
