"""In the dark, where the noise of a picture has more gradients than the scene, light is still light."""

import pytest

from tests.scenarios import lights
from tests.scenarios.film import Film
from tests.scenarios.ground import yard
from tests.scenarios.trial import judge

DARK = 0.12


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("noise", [1.5, 2.5])
def test_headlights_that_sweep_a_dark_wall_are_no_motion(seed: int, noise: float) -> None:
    light = lights.both(lights.dim(DARK), lights.headlights(every=10))
    _, found = judge(Film(yard(seed), 35, light=light, noise=noise, seed=seed).shots())
    assert found == []
