"""The extent of an object: what it covers, no more and no less."""

import numpy as np
import pytest

from processor.cellset import CellSet, packed
from processor.extent import covering
from processor.sight import Sight
from processor.watch import Component, Watch
from tests.processor.sights import Gray, Onlooker

ROAD: Gray = np.random.default_rng(1).normal(110, 3, (90, 160))
CALMLY = 0.2


def cells(rows: tuple[int, int], columns: tuple[int, int]) -> CellSet:
    array = np.zeros((18, 32), bool)
    array[slice(*rows), slice(*columns)] = True
    return packed(array)


def extended(watch: Watch, sight: Sight) -> list[Component]:
    found = watch.judge(sight, CALMLY)
    assert watch.evidence
    return covering(found, watch.evidence, watch.full, sight.counts)


def covered(scene: Gray) -> list[Component]:
    """Of what appears on the road."""
    road, watch = Onlooker(ROAD), Watch(cell_pixels=3, core_pixels=5, least_strength=2.0, extends=True)
    for gray in (ROAD, ROAD):
        watch.suspect(road.sees(gray))
    sight = road.sees(scene)
    watch.suspect(sight)
    return extended(watch, sight)


def test_a_part_that_looks_much_like_the_scene_belongs_to_it() -> None:
    van = ROAD.copy()
    van[30:60, 50:80] = 220
    van[40:50, 55:75] = ROAD[40:50, 55:75] + 6
    [one] = covered(van)
    assert one.cells == cells((6, 12), (10, 16))


def test_the_road_between_two_that_stand_apart_belongs_to_neither() -> None:
    two = ROAD.copy()
    two[30:60, 40:60] = two[30:60, 80:100] = 220
    assert [one.cells for one in covered(two)] == [cells((6, 12), (8, 12)), cells((6, 12), (16, 20))]


@pytest.mark.parametrize("share", [0.5, 0.6, 0.75])
def test_its_shadow_does_not(share: float) -> None:
    scene = ROAD.copy()
    scene[58:62, 50:110] *= share
    scene[57], scene[62] = (ROAD[57] + scene[58]) / 2, (ROAD[62] + scene[61]) / 2
    scene[30:58, 50:80] = 220
    [one] = covered(scene)
    assert one.cells & cells((12, 18), (0, 32)) == 0
    assert one.cells & ~cells((6, 12), (10, 16)) == 0


def test_the_blur_beside_its_edge_does_not() -> None:
    blurred = ROAD.copy()
    blurred[30:60, 50:80] = 250
    blurred[30:60, 80], blurred[30:60, 49] = 140, 140
    [one] = covered(blurred)
    assert one.cells == cells((6, 12), (10, 16))


def test_where_the_picture_is_white_before_and_now_it_is_not() -> None:
    overexposed = ROAD.copy()
    overexposed[:50] = 300
    window = Onlooker(overexposed)
    watch = Watch(cell_pixels=3, core_pixels=5, least_strength=2.0, extends=True)
    watch.suspect(window.sees(overexposed))
    walker = overexposed.copy()
    walker[30:60, 50:80] = 30
    sight = window.sees(walker)
    watch.suspect(sight)
    [one] = extended(watch, sight)
    assert one.cells == cells((6, 12), (10, 16))


@pytest.mark.parametrize("brighter", [-4, 4])
def test_a_camera_that_adapts_its_exposure_to_it_does_not_make_it_larger(brighter: float) -> None:
    scene = ROAD + brighter
    scene[30:60, 50:80] = 220
    [one] = covered(scene)
    assert one.cells == cells((6, 12), (10, 16))
