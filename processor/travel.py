"""Travel: whether what moves gets anywhere. People and cars do; twigs, flags and flickering signs move on the spot."""

from collections.abc import Sequence
from typing import NamedTuple

from processor.cellset import CellSet, grown, union
from processor.memory import LARGE

REMEMBERED_FRAMES = 60
"""For how long something counts as travelling once it has left the place where it was first seen."""


TERRITORY_FRAMES = 6
"""For so long all the cells that something is seen in are where it began: what sways comes back to some of them."""

MISSED_FRAMES = 5
"""For so long confirmation may skip something."""

SMALLEST = 3
"""Cells below which something may be another twig each time."""


class _Track(NamedTuple):
    """Something that moves: the cells it was last in, those it was first in, the territory it began in, for how many
    frames it has been followed since, in which frame it had last left such a territory, and for how many frames it was
    `missed`."""

    cells: CellSet
    first: CellSet
    territory: CellSet
    age: int
    left: int
    missed: int = 0


class Travel:
    """Follows one camera's confirmed components from frame to frame."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._frame = 0

    def follow(self, components: Sequence[CellSet]) -> CellSet:
        """One frame on; returns the cells of those components that get somewhere."""
        self._frame += 1
        if not components and not self._tracks:
            return 0
        followed = [self._followed(cells) for cells in components]
        self._tracks = followed + self._lost(components)
        return union(track.cells for track in followed if self._frame - track.left < REMEMBERED_FRAMES)

    def _followed(self, cells: CellSet) -> _Track:
        near = grown(grown(cells))
        if cells.bit_count() >= LARGE:
            near = grown(grown(near))
        parents = [track for track in self._tracks if track.cells & near]
        if not parents or cells.bit_count() < SMALLEST:
            return _Track(cells, cells, cells, 0, -REMEMBERED_FRAMES)
        oldest = max(parents, key=lambda track: track.age)
        territory = union(track.territory for track in parents)
        if _has_left(cells, oldest, territory):
            return _Track(cells, cells, cells, 0, self._frame)
        age, left = oldest.age + 1, max(track.left for track in parents)
        return _Track(cells, oldest.first, territory | cells if age < TERRITORY_FRAMES else territory, age, left)

    def _lost(self, components: Sequence[CellSet]) -> list[_Track]:
        """Tracks that nothing continues are kept for a moment."""
        near = grown(grown(union(components)))
        return [
            track._replace(missed=track.missed + 1)
            for track in self._tracks
            if track.missed < MISSED_FRAMES and not track.cells & near
        ]


def _has_left(cells: CellSet, track: _Track, territory: CellSet) -> bool:
    """Whether hardly a cell is left of where it began."""
    if cells.bit_count() >= LARGE and not cells & grown(track.first):
        return True
    return track.age >= TERRITORY_FRAMES and 4 * (cells & territory).bit_count() < cells.bit_count()
