import itertools

import numpy as np

from nvr.settings import MotionSettings, Polygon, Zone
from processor.acuity import LADDER, NEUTRAL, View, max_area_map, min_area_map, rungs, sensitivity_map
from processor.cellset import ALL
from tests.processor.scenes import camera

LEFT: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
TOP: Polygon = ((0, 0), (1, 0), (1, 0.5), (0, 0.5))


def test_a_rung_asks_for_less_than_the_one_below() -> None:
    for lower, higher in itertools.pairwise(LADDER):
        assert lower.high == higher.low
        assert higher.contrast < lower.contrast
        assert higher.cell_pixels <= lower.cell_pixels
        assert higher.core_pixels <= lower.core_pixels
        assert higher.least_strength < lower.least_strength
    assert (LADDER[0].low, LADDER[-1].high) == (0, 100)


def test_no_demand_ever_rises_with_sensitivity() -> None:
    for strength in (1.0, 4.0, 20.0):
        for duller, keener in itertools.pairwise(range(101)):
            assert met(duller, strength) <= met(keener, strength)


def met(sensitivity: int, strength: float) -> int:
    """How many rungs count a component of that strength."""
    return sum(demand.met_by(strength) == ALL for _, demand in rungs(np.full((18, 32), sensitivity)))


def test_half_way_one_rung_counts_all() -> None:
    [(rung, demand)] = rungs(np.full((18, 32), NEUTRAL))
    assert rung is LADDER[0]
    assert demand.met_by(0.0) == ALL


def test_sensitivity_0_counts_nothing() -> None:
    [(_, demand)] = rungs(np.zeros((18, 32), np.int64))
    assert demand.met_by(1e9) == 0


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
    assert (max_area_map(settings) == 1).all()


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
