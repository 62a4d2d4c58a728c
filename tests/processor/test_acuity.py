import itertools

import numpy as np

from nvr.settings import MotionSettings, Polygon, Zone
from processor.acuity import Acuity, View, min_area_map, sensitivity_map
from tests.processor.scenes import camera

LEFT: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
TOP: Polygon = ((0, 0), (1, 0), (1, 0.5), (0, 0.5))


def test_no_threshold_ever_rises_with_sensitivity() -> None:
    acuities = [Acuity.of(np.full((18, 32), sensitivity)) for sensitivity in range(101)]
    for duller, keener in itertools.pairwise(acuities):
        assert (keener.contrast <= duller.contrast).all()
        assert (keener.cell_pixels <= duller.cell_pixels).all()
        assert (keener.core_pixels <= duller.core_pixels).all()


def test_half_way_is_as_it_was_measured() -> None:
    neutral = Acuity.of(np.full((18, 32), 50))
    assert neutral.contrast.max() == 16
    assert neutral.cell_pixels.max() == 3
    assert neutral.core_pixels.max() == 5


def test_sensitivity_0_asks_for_more_pixels_than_a_cell_has() -> None:
    assert Acuity.of(np.zeros((18, 32), np.int64)).cell_pixels.min() > 25


def test_outside_zones_the_cameras_values_hold_and_the_keenest_zone_wins() -> None:
    zones = (Zone("left", LEFT, sensitivity=80, min_area=0.05), Zone("top", TOP, sensitivity=20, min_area=0.01))
    settings = camera(motion=MotionSettings(sensitivity=50, min_area=0.02), zones=zones)
    sensitivity, area = sensitivity_map(settings), min_area_map(settings)
    assert [sensitivity[r, c] for r, c in ((0, 0), (17, 0), (0, 31), (17, 31))] == [80, 80, 20, 50]
    assert [area[r, c] for r, c in ((0, 0), (17, 0), (0, 31), (17, 31))] == [0.01, 0.05, 0.01, 0.02]


def test_a_zone_without_values_of_its_own_changes_nothing() -> None:
    settings = camera(zones=(Zone("left", LEFT),))
    assert (sensitivity_map(settings) == 50).all()
    assert (min_area_map(settings) == 0).all()


def test_a_masks_neighbours_are_visible_but_not_interior() -> None:
    view = View.of(camera(masks=(LEFT,)))
    assert view.size == 90 * 80
    assert view.visible[:, 80].all()
    assert not view.interior[:, 80].any()
    assert view.interior[:, 81:].all()
    assert not view.is_whole


def test_a_picture_without_masks_is_seen_whole() -> None:
    assert View.of(camera()).is_whole
    assert View.of(camera()).interior.all()
