"""What happens to the whole picture at once: told once, by its kind, and over when the scene stands still."""

from collections.abc import Iterable

import numpy as np
import pytest

from nvr.model import SceneChange
from processor.cellset import packed
from processor.upheaval import COMPARED_AFTER, LONGEST_FRAMES, SETTLING_FRAMES, Upheavals
from tests.processor.scenes import wall
from tests.processor.sights import Gray, Onlooker

SCENE = wall(1)
OTHER = wall(9)


class Trial:
    """Upheavals as a lane asks for them; `told` has the number of each picture of which something was told."""

    def __init__(self, scene: Gray = SCENE) -> None:
        self.upheavals, self._onlooker = Upheavals(np.ones(90 * 160, bool)), Onlooker(scene)
        self.told: list[tuple[int, SceneChange]] = []
        self.adopted: list[int] = []
        self.unsettled: list[int] = []
        self._number = -1

    def show(self, scenes: Iterable[Gray]) -> "Trial":
        for scene in scenes:
            self._number += 1
            self._follow(scene)
        return self

    def _follow(self, scene: Gray) -> None:
        sight = self._onlooker.sees(scene)
        other = self.upheavals.compare(sight.picture, sight.earlier, sight.room)
        adopted, change = self.upheavals.follow(sight, packed(sight.counts >= 3))
        if adopted:
            self._onlooker.adopt(sight)
            self.adopted.append(self._number)
        self.told += [(self._number, one) for one in (other, change) if one]
        self.unsettled += [] if self.upheavals.settled else [self._number]


def test_a_still_scene_is_settled() -> None:
    trial = Trial().show([SCENE] * 20)
    assert (trial.told, trial.adopted, trial.unsettled) == ([], [], [])


@pytest.mark.parametrize("factor", [0.3, 0.6, 1.5])
def test_a_lamp_is_light_adopted_at_once_and_settled_a_little_later(factor: float) -> None:
    trial = Trial().show([*[SCENE] * 5, *[SCENE * factor] * 30])
    assert trial.told == [(5, SceneChange.LIGHT)]
    assert trial.adopted == [5]
    assert trial.unsettled == [*range(5, 5 + SETTLING_FRAMES)]


def test_a_lamp_before_a_plain_wall_is_light_although_it_has_no_texture() -> None:
    plain = np.full((90, 160), 90.0)
    assert Trial(plain).show([*[plain] * 5, *[plain * 1.6] * 40]).told == [(5, SceneChange.LIGHT)]


def test_a_ramp_is_told_once() -> None:
    ramp = [SCENE * factor for factor in np.linspace(1.0, 0.3, 6)]
    assert [change for _, change in Trial().show([SCENE, *ramp, *[ramp[-1]] * 30]).told] == [SceneChange.LIGHT]


def test_another_scene_is_adopted_once_it_stands_still_and_is_told_as_turned() -> None:
    trial = Trial().show([*[SCENE] * 5, *[OTHER] * 40])
    [adopted] = trial.adopted
    assert 8 <= adopted <= 12
    [(told, change)] = trial.told
    assert change is SceneChange.TURNED
    assert told - adopted <= SETTLING_FRAMES + COMPARED_AFTER


def test_a_scene_that_comes_back_at_once_was_not_turned() -> None:
    assert Trial().show([*[SCENE] * 5, *[OTHER] * 3, *[SCENE] * 40]).told == []


def test_what_fills_the_picture_for_long_is_the_scene_although_it_moves() -> None:
    scenes = [wall(seed) for seed in range(20, 20 + LONGEST_FRAMES + 5)]
    [adopted, *_] = Trial().show([*[SCENE] * 5, *scenes]).adopted
    assert adopted == 5 + LONGEST_FRAMES


def test_one_who_fills_a_quarter_of_the_picture_is_no_upheaval() -> None:
    scene = SCENE.copy()
    scene[:, 60:100] = OTHER[:, 60:100]
    trial = Trial().show([*[SCENE] * 5, *[scene] * 20])
    assert (trial.told, trial.adopted, trial.unsettled) == ([], [], [])
