"""What the watch takes for an object: it changes, has edges, is solid, and hides the scene; a shadow does not."""

import numpy as np
import pytest

from processor.cellset import CellSet, packed, union
from processor.watch import Component, Watch
from tests.processor.scenes import wall
from tests.processor.sights import Gray, Onlooker

SCENE = wall(1)
CLOTH = np.random.default_rng(3).normal(0, 12, (90, 160))
Y, X = np.mgrid[0:90, 0:160]
CALMLY, IN_RAIN = 0.0, 3.0
"""Sparks that are usual."""


def cells(rows: tuple[int, int], columns: tuple[int, int]) -> CellSet:
    """A rectangle of cells."""
    grid = np.zeros((18, 32), bool)
    grid[slice(*rows), slice(*columns)] = True
    return packed(grid.ravel())


FIGURE = cells((6, 12), (10, 14))


def figure(left: int = 50, scene: Gray = SCENE) -> Gray:
    """Something dark with a texture of its own in a scene."""
    painted = scene.copy()
    painted[30:60, left : left + 20] = 30 + CLOTH[30:60, :20]
    return painted


def judged(*scenes: Gray, sparks: float = CALMLY, scene: Gray = SCENE) -> list[list[Component]]:
    """What is confirmed in each picture."""
    onlooker, watch, found = Onlooker(scene), Watch(3, 5, 0.0), []
    for gray in (scene, scene, scene, *scenes):
        sight = onlooker.sees(gray)
        watch.suspect(sight)
        found.append(watch.judge(sight, sparks))
    return found[3:]


def test_a_large_object_is_confirmed_at_first_sight_where_it_is() -> None:
    [[one]] = judged(figure())
    assert (one.cells & FIGURE).bit_count() >= 0.8 * FIGURE.bit_count()
    assert not one.cells & ~cells((5, 13), (9, 15))


def test_where_it_rains_it_must_have_been_there_before() -> None:
    found = judged(*(figure(50 + 2 * step) for step in range(6)), sparks=IN_RAIN)
    assert found[0] == []
    assert found[-1] != []


def test_what_has_come_to_rest_is_not_confirmed_any_more() -> None:
    found = judged(*[figure()] * 6)
    assert found[0] != []
    assert found[-1] == []


@pytest.mark.parametrize("share", [0.5, 0.6, 0.8])
def test_a_shadow_with_the_scenes_texture_in_it_is_no_object(share: float) -> None:
    scenes = []
    for left in range(40, 60, 4):
        scenes.append(SCENE.copy())
        scenes[-1][30:60, left : left + 30] *= share
    assert not any(judged(*scenes))


def test_a_beam_of_light_has_no_edges() -> None:
    beams = [SCENE + 70 * np.exp(-(((X - 50 - 5 * step) / 22) ** 2) - ((Y - 45) / 18) ** 2) for step in range(5)]
    assert not any(judged(*beams))


def test_two_that_walk_apart_are_two() -> None:
    [found] = judged(figure(110, scene=figure(30)))
    assert len(found) == 2
    assert union(one.cells for one in found).bit_count() >= 40


def test_drops_that_are_gone_in_the_next_picture_are_flashes() -> None:
    random, onlooker, watch = np.random.default_rng(3), Onlooker(SCENE), Watch(3, 5, 0.0)
    flashes = 0
    for _ in range(10):
        wet = SCENE.copy()
        for x, y in random.integers(0, [158, 84], (6, 2)):
            wet[y : y + 6, x : x + 2] += 60
        sight = onlooker.sees(wet)
        assert watch.suspect(sight)
        assert watch.judge(sight, IN_RAIN) == []
        flashes += watch.flashes()
    assert flashes > 30
