"""Extent: which cells an object covers, those of its parts too that look much like the scene, and none in its shadow.

No pixel alone tells a car's gray roof from the gray road, nor its dark side from its shadow. A cell and the eight
around it do, and how much each of their traits says is learnt from films whose truth is known (`tests/learning`).
"""

import math
from collections.abc import Sequence

import numpy as np

from processor.cells import Counts, Reals
from processor.cellset import CellSet, filled, grown, lone, numbers, packed, spread, subset, unpacked_all
from processor.evidence import Evidence
from processor.learnt import COVERED
from processor.memory import LARGE
from processor.watch import Component

STARK = 12.0
"""The contrast in thresholds from which on no part of something looks just like the scene, and the network, which was
shown little of the kind, has doubts beside its steep edges."""

MOST_SHADED = 2
"""Of so many cells that differ, an object covers one at least."""


def covering(found: Sequence[Component], evidence: Evidence, full: CellSet, counts: Counts) -> list[Component]:
    """The same with the cells that they cover, in or beside the `full` ones they hang together with, though nothing
    stirs in these. There is evidence of all of them; `counts` by cell `(576,)` say how many pixels differ."""
    if not found:
        return []
    wholes = [together(one.cells, full) for one in found]
    covered = subset(evidence.cells, COVERED.likely(evidence.cells, traits(wholes, evidence)))
    certain = covered & packed(counts > 0)
    return [
        one._replace(cells=_plausible((certain if one.contrast > STARK else covered) & grown(whole), whole, counts))
        for one, whole in zip(found, wholes, strict=True)
    ]


def together(cells: CellSet, full: CellSet) -> CellSet:
    """The cells and all full ones that hang together with them."""
    return cells | spread(cells, full)


def traits(wholes: Sequence[CellSet], evidence: Evidence) -> Reals:
    """What is known of all cells of the evidence `(14, k)`, for these things, whose size is in octaves of cells; of two
    that meet, a cell is the larger one's."""
    sizes = [math.log2(1 + whole.bit_count()) for whole in wholes]
    if len(wholes) == 1:
        return evidence.traits(sizes[0])
    near = unpacked_all([grown(whole) for whole in wholes]).take(evidence.cells, axis=1)
    return evidence.traits((near * np.array(sizes, np.float32)[:, np.newaxis]).max(axis=0))


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
