import numpy as np

from processor.background import LOG_LIGHT
from processor.texture import Texture, gradients
from tests.processor.scenes import wall

SCENE = LOG_LIGHT[wall().astype(np.uint8)]
REGION = np.zeros((90, 160), np.int32)
REGION[20:60, 30:80] = 1


def test_gradients_are_central_differences() -> None:
    slope = np.tile(np.arange(160, dtype=np.int16) * 3, (90, 1))
    across, down = gradients(slope)
    assert (across[:, 1:-1] == 6).all()
    assert not across[:, 0].any()
    assert not down.any()


def test_texture_survives_a_shadow() -> None:
    shadowed = LOG_LIGHT[(wall() * 0.6).astype(np.uint8)]
    assert Texture(SCENE, shadowed - SCENE).survives(REGION, 1, 0.55).all()


def test_texture_does_not_survive_an_object() -> None:
    other = LOG_LIGHT[wall(seed=99).astype(np.uint8)]
    assert not Texture(SCENE, other - SCENE).survives(REGION, 1, 0.55).any()


def test_a_plain_place_cannot_tell() -> None:
    plain = np.full((90, 160), 1000, np.int16)
    assert not Texture(plain, np.full_like(plain, 300)).survives(REGION, 1, 0.55).any()


def test_each_region_is_told_by_itself() -> None:
    regions = REGION.copy()
    regions[20:60, 100:150] = 2
    now = SCENE.copy()
    now[:, :90] -= 200
    now[:, 90:] = LOG_LIGHT[wall(seed=99).astype(np.uint8)][:, 90:]
    assert Texture(SCENE, now - SCENE).survives(regions, 2, 0.55).tolist() == [True, False]


def test_smooth_light_has_no_edges_and_an_object_has() -> None:
    glow = np.tile(np.linspace(0, 400, 160).astype(np.int16), (90, 1))
    assert Texture(SCENE, glow).edges().max() < 10
    assert Texture(SCENE, np.where(REGION == 1, 400, 0).astype(np.int16)).edges().max() == 400
