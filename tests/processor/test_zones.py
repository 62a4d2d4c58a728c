import numpy as np
import pytest

from nvr.settings import Polygon, Zone
from processor.zones import ZoneMap, cells_inside, pixels_inside, pixels_masked

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
    assert zones.touched(np.array([0], np.uint16)) == {"left", "top"}
    assert zones.touched(np.array([31], np.uint16)) == {"top"}
    assert zones.touched(np.array([17 * 32 + 31], np.uint16)) == frozenset()
