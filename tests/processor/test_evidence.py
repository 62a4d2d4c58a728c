from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nvr.model import Picture
from processor.cells import Bools
from processor.cellset import union
from processor.evidence import Evidence, Findings
from processor.margins import Margins
from tests.processor.scenes import wall

SCENE = wall().astype(np.uint8)
CELLS = np.array([row * 32 + column for row in range(4, 12) for column in range(6, 16)])
PLACES = [1 << int(cell) for cell in CELLS]
EVERYWHERE = np.ones(14400, bool)


ROOM = np.full((90, 160), 16, np.uint8)


def evidence(picture: npt.NDArray[Any], scene: Picture = SCENE, differing: Bools = EVERYWHERE) -> Evidence:
    light = (scene.astype(np.int16) << 6).ravel()
    shown = picture.astype(np.uint8).ravel()
    aside = Margins.of(scene - np.minimum(scene, ROOM // 2), ROOM).shown(shown)
    return Evidence(union(PLACES), shown, light, ROOM.ravel(), differing=differing, aside=aside)


def by_cell(picture: npt.NDArray[Any], differing: Bools = EVERYWHERE) -> list[Findings]:
    return evidence(picture, differing=differing).of(PLACES)


def together(picture: npt.NDArray[Any], scene: Picture = SCENE, differing: Bools = EVERYWHERE) -> Findings:
    [whole] = evidence(picture, scene, differing).of([union(PLACES)])
    return whole


def sharpness(whole: Findings) -> float:
    return whole.sharpness(whole)


def test_texture_survives_a_shadow() -> None:
    assert together(SCENE * 0.6).survival > 0.9


def test_texture_does_not_survive_an_object() -> None:
    assert together(wall(seed=99)).survival < 0.2


def test_a_plain_place_cannot_tell() -> None:
    plain = np.full((90, 160), 100, np.uint8)
    assert together(plain + 40, plain).survival == 0


def test_each_cell_is_told_by_itself() -> None:
    now = SCENE * 0.7
    now[:, 50:] = wall(seed=99)[:, 50:]
    survival = np.array([cell.survival for cell in by_cell(now)])
    assert np.median(survival[CELLS % 32 < 9]) > 0.9
    assert np.median(survival[CELLS % 32 > 10]) < 0.3


def test_smooth_light_is_dull_and_an_object_sharp() -> None:
    plain = np.full((90, 160), 100, np.uint8)
    glow = plain + 60 * np.exp(-(((np.arange(160) - 55) / 25) ** 2))
    assert sharpness(together(glow, plain)) < 0.1
    figure = plain.copy()
    figure[30:50, 40:60] = 30
    assert sharpness(together(figure, plain, (figure != plain).ravel())) > 0.2


def test_contrast_is_counted_in_thresholds() -> None:
    plain = np.full((90, 160), 100, np.uint8)
    assert together(plain - 24, plain).contrast == pytest.approx(3)


def test_only_pixels_that_differ_count() -> None:
    differing = np.zeros((90, 160), bool)
    differing[20:25, 30:33] = True
    assert [cell.pixels for cell in by_cell(SCENE, differing=differing.ravel())] == [15] + [0] * (len(CELLS) - 1)


def test_what_shows_the_scene_a_pixel_aside_is_counted() -> None:
    assert together(np.roll(SCENE, 1, axis=1)).aside == together(SCENE).aside == 25 * len(CELLS)
    assert together(np.full((90, 160), 255)).aside == 0


def test_a_picture_brighter_as_a_whole_is_compared_with_the_scene_as_bright() -> None:
    light, shown = (SCENE.astype(np.int16) << 6).ravel(), (SCENE + 3).astype(np.uint8).ravel()
    brighter = Evidence(
        union(PLACES), shown, light, ROOM.ravel(), differing=EVERYWHERE, aside=EVERYWHERE, brighter=np.int16(3 << 6)
    )
    [whole] = brighter.of([union(PLACES)])
    assert whole.contrast == whole.steepness == 0


def test_traits_are_sums_over_differing_pixels_and_over_all() -> None:
    """Three of its columns differ, by one octave above the 24 gray levels that are always added."""
    plain = np.full((90, 160), 40, np.uint8)
    twice, differing = np.full((90, 160), 2 * 64 - 24), np.zeros((90, 160), bool)
    differing[20:25, 30:33] = True
    traits = evidence(twice, plain, differing.ravel()).traits(np.full(len(CELLS), 5, np.float32))
    cell = traits[:, 0]
    assert cell[:4] == pytest.approx([0, 0, 0, 1024 * np.sqrt(15)])
    assert cell[4:8] == pytest.approx([64 * 64 * 15, 16 * 15, 0, 15])
    assert cell[8:] == pytest.approx([0, 0, 1024 * 25, 1024 * 25, 5, 1])
    assert traits[:8, 1:].max() == 0
