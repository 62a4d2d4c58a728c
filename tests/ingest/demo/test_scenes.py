import numpy as np
import pytest

from ingest.demo import scenes
from ingest.demo.scenes import Scene
from nvr.model import Box

SCENES = [scenes.walker(), scenes.slow_object(), scenes.lights(), scenes.yard()]
MOVING = [scene for scene in SCENES if scene.actors]


def changed_box(scene: Scene, seconds: float) -> Box | None:
    """The box around all pixels that differ from the background, as fractions."""
    differs = (scene.picture(seconds) != scene.background(seconds)).any(axis=2)
    y, x = np.nonzero(differs)
    if not y.size:
        return None
    left, top, right, bottom = x.min(), y.min(), x.max() + 1, y.max() + 1
    return left / scene.width, top / scene.height, (right - left) / scene.width, (bottom - top) / scene.height


@pytest.mark.parametrize("scene", MOVING, ids=lambda scene: scene.name)
def test_a_picture_differs_from_the_background_exactly_inside_its_box(scene: Scene) -> None:
    seen = 0
    for seconds in np.arange(0, scene.duration_seconds, 0.7):
        boxes, changed = scene.boxes(seconds), changed_box(scene, seconds)
        assert (changed is None) == (boxes == [])
        if changed is not None:
            seen += 1
            assert boxes[0] == pytest.approx(changed)
    assert seen > 10


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_moves_where_a_scene_repeats(scene: Scene) -> None:
    for seconds in (0.0, 1.0, scene.duration_seconds - 1.0, scene.duration_seconds - 1 / scene.fps):
        assert scene.boxes(seconds) == []
    assert scene.boxes(9.0) == scene.boxes(9.0 + scene.duration_seconds)
    assert np.array_equal(scene.picture(0.0), scene.picture(scene.duration_seconds - 1 / scene.fps))


def test_the_slow_object_moves_one_per_cent_of_the_width_a_second_and_is_small() -> None:
    scene = scenes.slow_object()
    (early,), (late,) = scene.boxes(30.0), scene.boxes(90.0)
    assert (late[0] - early[0]) / 60 == pytest.approx(0.01, abs=0.0005)
    assert early[2] * early[3] < 0.003


def test_lights_change_the_whole_picture_and_move_nothing() -> None:
    scene = scenes.lights()
    assert scene.picture(0.0).mean() > 3 * scene.picture(6.0).mean()
    assert all(scene.boxes(seconds) == [] for seconds in range(scene.duration_seconds))


def test_frames_are_the_pictures_with_mild_noise_and_always_the_same() -> None:
    scene = scenes.walker(20, width=160, height=90)
    frames = list(scene.frames())
    assert len(frames) == scene.frame_count == 300
    assert frames[0].shape == (90, 160, 3)
    noise = frames[150].astype(int) - scene.picture(10.0)
    assert 1.0 < noise.std() < 3.0
    assert all(np.array_equal(one, other) for one, other in zip(frames, scene.frames(), strict=True))


def test_a_short_scene_leaves_out_who_would_not_be_gone_in_time() -> None:
    assert len(scenes.walker(20).actors) == 1
    assert len(scenes.walker(60).actors) == 2
