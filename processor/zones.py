"""Zones and masks on the grid: polygons in fractions of the picture become pixels and cells."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS
from nvr.settings import Polygon, Zone
from processor.cells import CELL, Bools, Counts, count_per_cell


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
    """A camera's zones on the grid."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._cells = {zone.name: cells_inside(zone.points).ravel() for zone in zones}

    def touched(self, cells: npt.NDArray[np.uint16]) -> frozenset[str]:
        """The names of the zones in which any of these cell numbers lies."""
        return frozenset(name for name, inside in self._cells.items() if inside[cells].any())
