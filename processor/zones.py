"""Zones and masks on the grid: polygons in fractions of the picture become pixels and cells."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS
from nvr.settings import Polygon, Zone
from processor.cells import CELL, Bools, Counts, count_per_cell

WAYS = {
    "left": np.array([-1.0, 0.0]),
    "right": np.array([1.0, 0.0]),
    "up": np.array([0.0, -1.0]),
    "down": np.array([0.0, 1.0]),
}
LEAST_WAY = 2.0
"""Cells that something must have gone for its direction to be known."""

VISIT_PAUSE = timedelta(seconds=3)
"""A longer pause ends a visit."""


def pixels_inside(polygon: Polygon) -> Bools:
    """The pixels `(90, 160)` whose centre lies inside, by the even-odd rule. The polygon closes itself."""
    x = (np.arange(FRAME_WIDTH) + 0.5) / FRAME_WIDTH
    y = ((np.arange(FRAME_HEIGHT) + 0.5) / FRAME_HEIGHT)[:, np.newaxis]
    inside: Bools = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), bool)
    for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if y0 != y1:
            inside ^= ((y0 <= y) != (y1 <= y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def pixels_masked(masks: Iterable[Polygon]) -> Bools:
    """The pixels `(90, 160)` that lie in any of the masks."""
    masked: Bools = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), bool)
    for polygon in masks:
        masked |= pixels_inside(polygon)
    return masked


def cells_inside(polygon: Polygon) -> Bools:
    """The cells `(18, 32)` at least half inside; of a polygon too slim for any, those it covers most, or its middle."""
    covered: Counts = count_per_cell(pixels_inside(polygon)[np.newaxis])[0]
    most = int(covered.max())
    if most == 0:
        return _cell_in_the_middle(polygon)
    return np.greater_equal(covered, min(most, (CELL * CELL + 1) // 2))


def _cell_in_the_middle(polygon: Polygon) -> Bools:
    x, y = np.mean(polygon, axis=0)
    cells = np.zeros((GRID_ROWS, GRID_COLUMNS), bool)
    cells[min(int(y * GRID_ROWS), GRID_ROWS - 1), min(int(x * GRID_COLUMNS), GRID_COLUMNS - 1)] = True
    return cells


class ZoneMap:
    """A camera's zones on the grid, and the visits that motion pays them."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._cells = {zone.name: cells_inside(zone.points).ravel() for zone in zones}
        self._visits = {zone.name: Visits(zone) for zone in zones if zone.direction or zone.loiter_seconds}

    def touched(self, cells: npt.NDArray[np.uint16], time: datetime) -> frozenset[str]:
        """The names of the zones in which any of these cell numbers lies, and for which it counts at this time."""
        inside = {name: cells[zone[cells]] for name, zone in self._cells.items()}
        return frozenset(name for name, there in inside.items() if len(there) and self._counts(name, there, time))

    def _counts(self, name: str, cells: npt.NDArray[np.uint16], time: datetime) -> bool:
        visits = self._visits.get(name)
        return visits is None or visits.count(cells, time)


class Visits:
    """The visits to one zone, of which only those count that last, or go the way, that the zone asks for."""

    def __init__(self, zone: Zone) -> None:
        self._loiter = timedelta(seconds=zone.loiter_seconds)
        self._way = WAYS[zone.direction] if zone.direction else None
        self._began: datetime | None = None
        self._last = datetime.min.replace(tzinfo=UTC)
        self._entry = np.zeros(2)

    def count(self, cells: npt.NDArray[np.uint16], time: datetime) -> bool:
        """Take in the moving cells of the zone; whether the visit counts by now."""
        middle = np.array([np.mean(cells % GRID_COLUMNS), np.mean(cells // GRID_COLUMNS)])
        if self._began is None or abs(time - self._last) > VISIT_PAUSE:
            self._began, self._entry = time, middle
        self._last = time
        return time - self._began >= self._loiter and self._goes_right(middle - self._entry)

    def _goes_right(self, moved: npt.NDArray[np.float64]) -> bool:
        """Whether it got further that way than to the side."""
        if self._way is None:
            return True
        ahead, aside = float(moved @ self._way), float(np.abs(moved) @ (1 - np.abs(self._way)))
        return ahead >= LEAST_WAY and ahead >= aside
