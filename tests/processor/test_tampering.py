"""What is being done to a camera: when it begins to be shown, and when it is over."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from nvr.model import Frame, Picture, SceneChange
from nvr.settings import CameraSettings, Zone
from processor.analyser import CameraAnalyser
from processor.tampering import CONFIRMING, LOOK_EVERY, TURNED_FOR, Tampering
from tests.processor.scenes import EPOCH, Gray, camera, shoot, walker, wall

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
STEP = timedelta(seconds=0.2)
GENERATOR = np.random.default_rng(7)
CLOTH: Gray = np.full((90, 160), 120.0)
SCENE = GENERATOR.integers(20, 230, (90, 160)).astype(np.uint8)


def noisy(picture: Picture) -> Picture:
    return picture + GENERATOR.integers(0, 3, picture.shape).astype(np.uint8)


def shown(tampering: Tampering, picture: Picture, seconds: float, start: datetime) -> datetime:
    for _ in range(int(seconds * 5)):
        tampering.follow(noisy(picture), start)
        start += STEP
    return start


def test_a_covered_camera_is_so_until_it_sees_again() -> None:
    tampering = Tampering()
    time = shown(tampering, SCENE, 10, EPOCH)
    assert tampering.present(time) == frozenset()
    time = shown(tampering, np.full_like(SCENE, 40), 60, time)
    assert tampering.present(time) == {SceneChange.COVERED}
    time = shown(tampering, SCENE, CONFIRMING * LOOK_EVERY / 5, time)
    assert tampering.present(time) == frozenset()


def test_a_frozen_picture_is_so_until_one_differs() -> None:
    tampering = Tampering()
    for number in range(150):
        tampering.follow(SCENE, EPOCH + number * STEP)
    assert tampering.present(EPOCH + 30 * timedelta(seconds=1)) == {SceneChange.FROZEN}
    tampering.follow(noisy(SCENE), EPOCH + 150 * STEP)
    assert tampering.present(EPOCH + 150 * STEP) == frozenset()


def test_a_turned_camera_is_so_for_a_while() -> None:
    tampering = Tampering()
    tampering.turned(EPOCH)
    assert tampering.present(EPOCH + TURNED_FOR - STEP) == {SceneChange.TURNED}
    assert tampering.present(EPOCH + TURNED_FOR) == frozenset()


def test_a_camera_that_shows_another_scene_is_turned() -> None:
    analyser = CameraAnalyser(camera())
    other = [replace(shot, seconds=shot.seconds + 20) for shot in shoot(20, scene=wall(9))]
    for shot in [*shoot(20, scene=wall(1)), *other]:
        analyser.analyse(Frame("yard", EPOCH + timedelta(seconds=shot.seconds), shot.picture))
    assert SceneChange.TURNED in analyser.tampering


def test_an_analyser_says_which_zones_its_open_event_has_touched() -> None:
    analyser = CameraAnalyser(zoned())
    touched = []
    for shot in shoot(24, walker(8, 16, path=(0.1, 0.4))):
        analyser.analyse(Frame("yard", EPOCH + timedelta(seconds=shot.seconds), shot.picture))
        touched.append(analyser.zones)
    assert touched[0] == touched[-1] == frozenset()
    assert frozenset({"left"}) in touched
    assert analyser.tampering == frozenset()


def zoned() -> CameraSettings:
    return camera(zones=(Zone("left", LEFT),))


@pytest.mark.parametrize("width", [0.1, 0.5, 0.8])
@pytest.mark.parametrize(
    ("then", "told"),
    [
        (np.full((90, 160), 30.0), SceneChange.COVERED),
        (gaussian_filter(wall(1), 5), SceneChange.DEFOCUSED),
        (wall(5), SceneChange.TURNED),
    ],
)
def test_a_mask_does_not_hide_what_is_done_to_the_camera(then: Gray, told: SceneChange, width: float) -> None:
    analyser = CameraAnalyser(camera(masks=(((0.0, 0.0), (width, 0.0), (width, 1.0), (0.0, 1.0)),)))
    for number, shot in enumerate([*shoot(12), *shoot(12, scene=then, seed=8)]):
        analyser.analyse(Frame("yard", EPOCH + number * STEP, shot.picture))
    assert told in analyser.tampering


def told(tampering: Tampering, pictures: Iterable[Picture], start: datetime = EPOCH) -> list[SceneChange]:
    changes = [tampering.follow(picture, start + number * STEP) for number, picture in enumerate(pictures)]
    return [change for change in changes if change]


def test_a_pause_does_not_uncover_a_camera() -> None:
    tampering = Tampering()
    time = shown(tampering, np.full_like(SCENE, 40), 20, shown(tampering, SCENE, 10, EPOCH))
    tampering.restart()
    time = shown(tampering, np.full_like(SCENE, 40), 20, time + timedelta(hours=1))
    assert tampering.present(time) == {SceneChange.COVERED}
    assert tampering.present(shown(tampering, SCENE, 10, time)) == frozenset()


def test_two_equal_pictures_with_a_pause_between_are_not_frozen() -> None:
    tampering = Tampering()
    tampering.follow(SCENE, EPOCH)
    tampering.restart()
    assert tampering.follow(SCENE, EPOCH + timedelta(hours=1)) is None


def test_a_picture_that_stands_still_is_frozen_though_the_clock_is_set_back() -> None:
    tampering = Tampering()
    tampering.follow(SCENE, EPOCH + timedelta(seconds=25))
    assert told(tampering, [SCENE] * 90) == []
    assert told(tampering, [SCENE] * 20, EPOCH + 90 * STEP) == [SceneChange.FROZEN]


@pytest.mark.parametrize("masked", [False, True])
def test_what_shows_nothing_at_all_cannot_stand_still(masked: bool) -> None:
    black = np.zeros_like(SCENE)
    tampering = Tampering(np.zeros(SCENE.shape, bool) if masked else None)
    assert told(tampering, [black] * 200) == []


def test_a_camera_out_of_focus_that_is_then_covered_is_told_as_both() -> None:
    sharp, cloth = wall(1), np.full((90, 160), 40.0)
    scenes = [sharp] * 50 + [gaussian_filter(sharp, 5)] * 50 + [cloth] * 50
    pictures = [noisy(scene.astype(np.uint8)) for scene in scenes]
    assert told(Tampering(), pictures) == [SceneChange.DEFOCUSED, SceneChange.COVERED]


def test_light_does_not_hide_a_cover() -> None:
    """The cloth grows brighter in the very picture in which the cover is known."""
    seen = []
    analyser = CameraAnalyser(camera())
    for number, shot in enumerate([*shoot(15), *shoot(3.8, scene=np.full((90, 160), 20.0)), *shoot(5, scene=CLOTH)]):
        analysis = analyser.analyse(Frame("yard", EPOCH + number * STEP, shot.picture))
        seen.append(analysis.activity.scene_change)
    assert SceneChange.COVERED in seen
