from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nvr.settings import Polygon, Zone
from processor.zones import ZoneMap, cells_inside, pixels_inside, pixels_masked

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
LEFT_HALF: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
TRIANGLE: Polygon = ((0, 0), (1, 0), (0, 1))


def test_a_rectangle_covers_its_pixels_exactly() -> None:
    pixels = pixels_inside(LEFT_HALF)
    assert pixels[:, :80].all()
    assert not pixels[:, 80:].any()


def test_a_polygon_over_the_whole_picture_covers_every_pixel() -> None:
    assert pixels_inside(((0, 0), (1, 0), (1, 1), (0, 1))).all()


@pytest.mark.parametrize("polygon", [LEFT_HALF, TRIANGLE, ((0.2, 0.1), (0.9, 0.4), (0.5, 0.95), (0.1, 0.6))])
def test_area_does_not_depend_on_direction_or_first_corner(polygon: Polygon) -> None:
    pixels = pixels_inside(polygon)
    np.testing.assert_array_equal(pixels, pixels_inside(polygon[::-1]))
    np.testing.assert_array_equal(pixels, pixels_inside(polygon[1:] + polygon[:1]))


def test_a_triangle_covers_half() -> None:
    assert pixels_inside(TRIANGLE).mean() == pytest.approx(0.5, abs=0.01)


def test_a_concave_polygon_leaves_its_notch_out() -> None:
    notched = ((0, 0), (1, 0), (1, 1), (0.5, 0.2), (0, 1))
    pixels = pixels_inside(notched)
    assert pixels[10, 80]
    assert not pixels[80, 80]


def test_masks_add_up() -> None:
    right = tuple((1 - x, y) for x, y in LEFT_HALF)
    assert pixels_masked([LEFT_HALF, right]).all()
    assert not pixels_masked([]).any()


def test_a_cell_belongs_where_half_of_it_lies() -> None:
    assert cells_inside(LEFT_HALF)[:, :16].all()
    assert not cells_inside(LEFT_HALF)[:, 16:].any()


@pytest.mark.parametrize("size", [0.02, 0.004, 0.0001])
def test_a_tiny_zone_has_a_cell_still(size: float) -> None:
    cells = cells_inside(((0.6, 0.6), (0.6 + size, 0.6), (0.6 + size, 0.6 + size), (0.6, 0.6 + size)))
    assert cells.any()
    assert np.argwhere(cells)[0].tolist() == [10, 19]


def test_only_touched_zones_are_named() -> None:
    top: Polygon = ((0, 0), (1, 0), (1, 0.5), (0, 0.5))
    zones = ZoneMap([Zone("left", LEFT_HALF), Zone("top", top)])
    assert zones.touched(np.array([0], np.uint16), NOW) == {"left", "top"}
    assert zones.touched(np.array([31], np.uint16), NOW) == {"top"}
    assert zones.touched(np.array([17 * 32 + 31], np.uint16), NOW) == frozenset()


def at(row: int, column: int) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    return np.array([row * 32 + column], np.uint16)


def named(zone: Zone, places: list[tuple[int, int]]) -> list[bool]:
    """Whether the zone is touched while something goes from place to place, one a second."""
    zones = ZoneMap([zone])
    return [bool(zones.touched(at(*place), NOW + timedelta(seconds=n))) for n, place in enumerate(places)]


def test_a_zone_with_a_direction_counts_only_what_goes_that_way() -> None:
    going_right, going_down = [(5, column) for column in range(2, 7)], [(row, 5) for row in range(2, 7)]
    assert named(Zone("door", LEFT_HALF, direction="right"), going_right) == [False, False, True, True, True]
    assert not any(named(Zone("door", LEFT_HALF, direction="left"), going_right))
    assert not any(named(Zone("door", LEFT_HALF, direction="right"), going_down))
    assert named(Zone("door", LEFT_HALF, direction="up"), going_down[::-1])[-1]


def test_a_zone_with_a_loitering_time_counts_only_what_stays() -> None:
    zone = Zone("door", LEFT_HALF, loiter_seconds=3)
    assert named(zone, [(5, 5)] * 5) == [False, False, False, True, True]
    passing = [(5, 14), (5, 15), (5, 16), (5, 17)]
    assert not any(named(zone, passing))


def test_a_visit_ends_with_a_pause() -> None:
    zones = ZoneMap([Zone("door", LEFT_HALF, loiter_seconds=3)])
    times = [0, 2, 10, 12, 13]
    assert [bool(zones.touched(at(5, 5), NOW + timedelta(seconds=t))) for t in times] == [False] * 4 + [True]
