"""In the dark, where the noise of a picture has more gradients than the scene, light is still light."""

from collections.abc import Callable

import pytest

from tests.scenarios import lights
from tests.scenarios.film import Film
from tests.scenarios.ground import Gray, corridor, yard
from tests.scenarios.trial import judge

DARK = 0.12


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("noise", [1.5, 2.5])
def test_headlights_that_sweep_a_dark_wall_are_no_motion(seed: int, noise: float) -> None:
    light = lights.both(lights.dim(DARK), lights.headlights(every=10))
    _, found = judge(Film(yard(seed), 35, light=light, noise=noise, seed=seed).shots())
    assert found == []


@pytest.mark.parametrize("ground", [corridor, yard])
@pytest.mark.parametrize(("left", "noise"), [(0.2, 1.2), (0.1, 1.2), (0.05, 2.5)])
def test_a_lamp_that_goes_out_leaves_a_camera_that_was_not_turned(
    ground: Callable[[int], Gray], left: float, noise: float
) -> None:
    film = Film(ground(2), 40, light=lights.switched(left, 15, 1e9), noise=noise, seed=2)
    seen, _ = judge(film.shots())
    assert {one.change for one in seen} == {None, "light"}
