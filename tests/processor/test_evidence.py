from typing import Any

import numpy as np
import numpy.typing as npt

from nvr.model import Picture
from processor.cells import Bools
from processor.evidence import Evidence, survives
from tests.processor.scenes import wall

SCENE = wall().astype(np.uint8)
CELLS = np.array([row * 32 + column for row in range(4, 12) for column in range(6, 16)])
EVERYWHERE = np.ones(14400, bool)


def evidence(picture: npt.NDArray[Any], scene: Picture = SCENE, differing: Bools = EVERYWHERE) -> Evidence:
    light = (scene.astype(np.int16) << 6).ravel()
    return Evidence(CELLS, picture.astype(np.uint8).ravel(), light, differing)


def relit(shown: Evidence) -> bool:
    return bool(survives(shown.texture.sum(axis=1), shown.pixels.sum(), 0.55))


def test_texture_survives_a_shadow() -> None:
    assert relit(evidence(SCENE * 0.6))


def test_texture_does_not_survive_an_object() -> None:
    assert not relit(evidence(wall(seed=99)))


def test_a_plain_place_cannot_tell() -> None:
    plain = np.full((90, 160), 100, np.uint8)
    assert not relit(evidence(plain + 40, plain))


def test_each_cell_is_told_by_itself() -> None:
    now = SCENE * 0.7
    now[:, 50:] = wall(seed=99)[:, 50:]
    left = CELLS % 32 < 9
    shown = evidence(now)
    assert survives(shown.texture, shown.pixels, 0.8)[left].mean() > 0.9
    assert not survives(shown.texture, shown.pixels, 0.8)[CELLS % 32 > 10].any()


def test_smooth_light_has_no_edges_and_an_object_has() -> None:
    plain = np.full((90, 160), 100, np.uint8)
    glow = plain + 60 * np.exp(-(((np.arange(160) - 55) / 25) ** 2))
    assert evidence(glow, plain).sharp.sum() < 0.05 * 25 * len(CELLS)
    figure = plain.copy()
    figure[30:50, 40:60] = 30
    shown = evidence(figure, plain, (figure != plain).ravel())
    assert shown.sharp.sum() > 0.15 * shown.pixels.sum()


def test_a_shade_is_even_and_its_depth_in_octaves() -> None:
    plain = np.full((90, 160), 104, np.uint8)
    mean, deviation = evidence(plain * 0 + 40, plain).shade
    np.testing.assert_allclose(mean, -1024, atol=1)
    np.testing.assert_allclose(deviation, 0, atol=1)


def test_only_pixels_that_differ_count() -> None:
    differing = np.zeros((90, 160), bool)
    differing[20:25, 30:33] = True
    shown = evidence(SCENE, differing=differing.ravel())
    assert shown.pixels.sum() == 15
    assert shown.pixels[0] == 15
