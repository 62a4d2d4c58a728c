"""What exposure changed is seen as it was; what else changed is left alone."""

import numpy as np
import pytest

from nvr.model import Picture
from processor.background import UNIT, Fixed
from processor.exposure import brightening, exposed_alike
from tests.processor.scenes import Gray, wall

WALL: Gray = wall(1)
LIGHT: Fixed = (WALL.ravel() * (1 << UNIT)).astype(np.int16)


def shown(scene: Gray) -> Picture:
    return np.rint(np.clip(scene, 0, 255)).astype(np.uint8).ravel()


@pytest.mark.parametrize("power", [0.92, 0.97, 1.03, 1.08])
def test_a_picture_in_another_exposure_is_seen_as_in_that_of_the_scene(power: float) -> None:
    seen, _ = exposed_alike(shown(255 * (WALL / 255) ** power), LIGHT)
    assert np.abs(seen.astype(float) - WALL.ravel()).mean() < 1.5


def test_what_passes_keeps_its_difference() -> None:
    passing = 255 * (WALL / 255) ** 0.9
    passing[20:60, 40:90] = 30
    corrected, _ = exposed_alike(shown(passing), LIGHT)
    seen = corrected.reshape(90, 160)
    assert seen[20:60, 40:90].max() < 30
    assert np.abs(seen[62:] - WALL[62:]).mean() < 0.6 * np.abs(passing[62:] - WALL[62:]).mean()


@pytest.mark.parametrize(
    "scene", [WALL, WALL + 0.8, WALL * 0.8, wall(5)], ids=["the same", "hardly brighter", "a lamp out", "another"]
)
def test_any_other_picture_is_left_as_it_is(scene: Gray) -> None:
    picture = shown(scene)
    seen, brighter = exposed_alike(picture, LIGHT)
    assert seen is picture
    assert brighter == brightening(picture, LIGHT)


def test_the_brightening_is_that_of_the_median_pixel() -> None:
    scene = WALL + 3
    scene[:30] = 0
    assert brightening(shown(scene), LIGHT) == pytest.approx(3 * (1 << UNIT), abs=0.7 * (1 << UNIT))


def test_a_mask_is_black_in_any_exposure() -> None:
    masked = np.where(np.arange(160) < 100, 0.0, WALL)
    light = (masked.ravel() * (1 << UNIT)).astype(np.int16)
    seen, _ = exposed_alike(shown(255 * (masked / 255) ** 0.92), light)
    assert np.abs(seen.astype(float) - masked.ravel()).max() < 2


def test_a_picture_all_black_has_no_exposure() -> None:
    black = np.zeros(90 * 160, np.uint8)
    seen, brighter = exposed_alike(black, black.astype(np.int16))
    assert seen is black
    assert brighter == 0


def test_a_white_sky_tells_no_exposure() -> None:
    scene = np.where(np.arange(90)[:, np.newaxis] < 54, 255.0, np.full((90, 160), 80.0))
    light = (scene.ravel() * (1 << UNIT)).astype(np.int16)
    seen, _ = exposed_alike(shown(np.where(scene == 255, 250.0, 78.0)), light)
    assert np.abs(seen.reshape(90, 160)[54:].astype(float) - 79).max() <= 1
