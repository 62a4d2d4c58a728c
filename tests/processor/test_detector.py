import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from nvr.model import Box, Frame, FrameActivity, MotionEvent, SceneChange
from nvr.settings import CameraSettings, MotionSettings, Polygon, Zone
from processor.analyser import CameraAnalyser
from processor.background import TURNS, Background
from processor.cells import box_around
from processor.detector import Detector
from tests.processor.scenes import EPOCH, Shot, both, camera, overlap, rain, seconds, shoot, walker, wall

LEFT: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
RIGHT: Polygon = ((0.5, 0), (1, 0), (1, 1), (0.5, 1))
FAINT = walker(8, 16, gray=118)
SMALL = walker(8, 16, size=(0.03, 0.1))


def detect(shots: Iterator[Shot], settings: CameraSettings | None = None) -> list[FrameActivity]:
    detector = Detector([settings or camera()])
    return [_one(detector, shot) for shot in shots]


def _one(detector: Detector, shot: Shot) -> FrameActivity:
    [activity] = detector.detect(shot.picture[np.newaxis], [EPOCH + timedelta(seconds=shot.seconds)])
    return activity


def motion(**changes: float) -> CameraSettings:
    return camera(motion=MotionSettings(**changes))  # type: ignore[arg-type]


def moving(activities: list[FrameActivity]) -> list[int]:
    return [number for number, activity in enumerate(activities) if len(activity.cells)]


def test_nothing_moves_in_a_still_scene() -> None:
    assert moving(detect(shoot(60))) == []


def test_nothing_moves_at_night_under_strong_noise() -> None:
    assert moving(detect(shoot(120, scene=wall() * 0.15, noise=5))) == []


def test_a_walker_is_found_from_the_second_frame_to_the_last_within_its_box() -> None:
    shots = list(shoot(20, walker(8, 16)))
    activities = detect(iter(shots))
    assert 40 <= moving(activities)[0] <= 42
    assert moving(activities)[-1] in (79, 80, 81)
    assert len(moving(activities)) >= 38
    boxes = [(box_around(a.cells), s.box) for a, s in zip(activities, shots, strict=True) if len(a.cells) and s.box]
    assert np.median([overlap(found, true) for found, true in boxes if true]) >= 0.5


def test_a_score_grows_with_what_moves() -> None:
    small, large = (max(a.score for a in detect(shoot(20, paint))) for paint in (SMALL, walker(8, 16)))
    assert 0 < small < large <= 1


def test_a_figure_of_8_gray_levels_is_found() -> None:
    flat = np.full((90, 160), 110.0) + np.random.default_rng(1).normal(0, 3, (90, 160))
    assert len(moving(detect(shoot(20, walker(8, 16, gray=118), scene=flat)))) >= 36


def test_a_crossing_of_three_frames_is_found() -> None:
    assert moving(detect(shoot(14, walker(8, 8.6, size=(0.15, 0.2)))))[:1] in ([40], [41])


@pytest.mark.parametrize("gray", [40, 75])
def test_the_background_does_not_absorb_a_slow_small_object(gray: float) -> None:
    creeper = walker(8, 78, size=(0.04, 0.08), path=(0.2, 0.9), gray=gray)
    assert len(moving(detect(shoot(90, creeper)))) >= 0.95 * 70 * 5


def test_motion_ends_when_an_object_has_left() -> None:
    assert [number for number in moving(detect(shoot(40, walker(8, 16)))) if number > 81] == []


@pytest.mark.parametrize("factor", [0.2, 0.5, 0.8, 1.3, 1.8])
def test_a_light_switched_is_a_scene_change_and_no_motion(factor: float) -> None:
    activities = detect(shoot(30, light=lambda time: factor if 10 <= time < 20 else 1.0))
    changes = [number for number, activity in enumerate(activities) if activity.scene_change]
    assert changes == [50, 100]
    assert activities[50].scene_change is SceneChange.LIGHT
    assert moving(activities) == []


def test_a_light_switched_before_a_plain_wall_is_no_motion() -> None:
    activities = detect(shoot(20, scene=np.full((90, 160), 100.0), light=lambda time: 1.5 if time >= 10 else 1.0))
    assert moving(activities) == []
    assert activities[50].scene_change is SceneChange.LIGHT


@pytest.mark.parametrize("ramp_seconds", [3, 20])
def test_an_exposure_ramp_is_no_motion_and_one_scene_change_at_most(ramp_seconds: float) -> None:
    activities = detect(shoot(50, light=lambda time: 1 + 0.8 * min(max((time - 10) / ramp_seconds, 0), 1)))
    assert moving(activities) == []
    assert sum(activity.scene_change is not None for activity in activities) <= 1


def test_a_walker_is_found_after_the_light_was_switched() -> None:
    activities = detect(shoot(30, walker(15, 25), light=lambda time: 0.5 if time >= 10 else 1.0))
    assert moving(activities)[0] in (75, 76, 77)
    assert len(moving(activities)) >= 48


def test_rain_is_no_motion_and_hides_no_walker() -> None:
    assert len(moving(detect(shoot(60, rain(30, 15))))) <= 2
    activities = detect(shoot(60, both(walker(30, 40), rain(80))))
    assert len([number for number in moving(activities) if 150 <= number < 200]) >= 48
    assert len([number for number in moving(activities) if 50 <= number < 150 or number > 201]) == 0


@pytest.mark.parametrize("paint", [FAINT, SMALL, walker(8, 16, size=(0.015, 0.04), gray=80)])
def test_a_higher_sensitivity_finds_all_that_a_lower_one_found_and_more(paint: object) -> None:
    shots = list(shoot(18, paint))  # type: ignore[arg-type]
    runs = [detect(iter(shots), motion(sensitivity=sensitivity)) for sensitivity in (0, 10, 30, 50, 70, 90, 100)]
    for lower, higher in itertools.pairwise(runs):
        for less, more in zip(lower, higher, strict=True):
            assert set(less.cells.tolist()) <= set(more.cells.tolist())
    totals = [sum(len(activity.cells) for activity in run) for run in runs]
    assert totals[0] == 0
    assert totals[1] < totals[3] < totals[-1]


def test_a_still_scene_stays_still_at_high_sensitivity() -> None:
    assert moving(detect(shoot(40), motion(sensitivity=90))) == []


def test_a_zones_sensitivity_holds_within_it_only() -> None:
    shots = list(shoot(18, walker(8, 16, size=(0.015, 0.04), gray=80)))
    plain = detect(iter(shots), motion(sensitivity=10))
    keen = detect(iter(shots), camera(motion=MotionSettings(sensitivity=10), zones=(Zone("left", LEFT, 100),)))
    assert moving(plain) == []
    columns = {cell % 32 for activity in keen for cell in activity.cells.tolist()}
    assert columns
    assert max(columns) < 16


def test_a_zone_can_be_duller_than_the_camera() -> None:
    activities = detect(shoot(18, walker(8, 16)), camera(zones=(Zone("left", LEFT, 0),)))
    assert {cell % 32 >= 16 for activity in activities for cell in activity.cells.tolist()} == {True}


def test_nothing_moves_under_a_mask() -> None:
    activities = detect(shoot(18, walker(8, 16)), camera(masks=(LEFT,)))
    cells = {cell % 32 for activity in activities for cell in activity.cells.tolist()}
    assert min(cells) >= 16
    assert not np.logical_or.reduce([activity.heat for activity in activities])[:, :40].any()
    assert moving(detect(shoot(18, walker(8, 16)), camera(masks=(LEFT, RIGHT)))) == []


def test_light_under_a_mask_is_no_scene_change() -> None:
    def lamp(picture: np.ndarray, time: float) -> None:
        if time >= 8:
            picture[:, :80] *= 1.6

    assert any(activity.scene_change for activity in detect(shoot(14, lamp)))
    masked = detect(shoot(14, lamp), camera(masks=(LEFT,)))
    assert not any(activity.scene_change for activity in masked)
    assert moving(masked) == []


def test_masks_do_not_hide_a_change_of_light_beside_them() -> None:
    activities = detect(shoot(14, light=lambda time: 0.5 if time >= 8 else 1.0), camera(masks=(LEFT,)))
    assert activities[40].scene_change is SceneChange.LIGHT
    assert moving(activities) == []


def test_objects_under_the_minimum_area_are_dropped_per_camera_and_per_zone() -> None:
    shots = list(shoot(18, both(walker(8, 16, path=(0.6, 0.9)))))
    assert moving(detect(iter(shots), motion(min_area=0.02)))
    assert moving(detect(iter(shots), motion(min_area=0.2))) == []
    zones = (Zone("right", RIGHT, min_area=0.02),)
    assert moving(detect(iter(shots), camera(motion=MotionSettings(min_area=0.2), zones=zones)))
    zones = (Zone("left", LEFT, min_area=0.02),)
    assert moving(detect(iter(shots), camera(motion=MotionSettings(min_area=0.2), zones=zones))) == []


def test_objects_over_the_maximum_area_are_dropped() -> None:
    shots = list(shoot(18, walker(8, 16)))
    assert moving(detect(iter(shots), motion(max_area=0.2)))
    assert moving(detect(iter(shots), motion(max_area=0.005))) == []


def test_a_camera_is_judged_alike_whatever_its_number_is() -> None:
    detector = Detector([camera()] * 9)
    for shot in shoot(18, walker(8, 16)):
        time = EPOCH + timedelta(seconds=shot.seconds)
        first, *others = detector.detect(np.repeat(shot.picture[np.newaxis], 9, axis=0), [time] * 9)
        for other in others:
            np.testing.assert_array_equal(other.heat, first.heat)


def test_cameras_side_by_side_do_not_influence_each_other() -> None:
    settings = [camera(), motion(sensitivity=80), camera(masks=(LEFT,))]
    films = [list(shoot(18, FAINT, seed=1)), list(shoot(18, SMALL, seed=2)), list(shoot(18, walker(8, 16), seed=3))]
    together = Detector(settings)
    alone = [detect(iter(film), one) for film, one in zip(films, settings, strict=True)]
    for number, shots in enumerate(zip(*films, strict=True)):
        times = [EPOCH + timedelta(seconds=shot.seconds) for shot in shots]
        for lane, activity in enumerate(together.detect(np.stack([shot.picture for shot in shots]), times)):
            expected = alone[lane][number]
            np.testing.assert_array_equal(activity.cells, expected.cells)
            np.testing.assert_array_equal(activity.heat, expected.heat)
            assert (activity.score, activity.onset) == (expected.score, expected.onset)
    assert all(moving(activities) for activities in alone)


def test_a_scene_is_learnt_anew_after_a_long_pause() -> None:
    detector = Detector([camera()])
    for shot in shoot(10):
        _one(detector, shot)
    later = [Shot(shot.seconds + 3600, shot.picture, None) for shot in shoot(10, scene=wall(seed=5))]
    assert moving([_one(detector, shot) for shot in later]) == []


def test_an_onset_never_lies_before_a_long_pause() -> None:
    def pacing(picture: np.ndarray, time: float) -> Box | None:
        x = 0.4 + 0.1 * math.sin(time)
        return walker(8, 100, path=(x, x))(picture, time)

    paused_at, pause = 15.0, 3600.0
    detector, onsets = Detector([camera()]), []
    for shot in shoot(30, pacing):
        later = shot if shot.seconds < paused_at else replace(shot, seconds=shot.seconds + pause)
        activity = _one(detector, later)
        if len(activity.cells) and later is not shot:
            onsets.append(activity.onset or activity.time)
    assert min(onsets) >= EPOCH + timedelta(seconds=paused_at + pause)


@pytest.mark.parametrize("pictures", [2, 3, 4])
def test_a_cat_that_left_as_the_scene_began_is_found_again_where_it_was(pictures: int) -> None:
    def cat(picture: np.ndarray, time: float) -> Box | None:
        x = 0.5 + 0.004 * time if time < 10 else 0.5 + 0.012 * math.sin(6.5 * time)
        is_here = 0.2 <= time < 0.2 * pictures - 0.1 or time >= 20
        return walker(0, 100, size=(0.12, 0.25), path=(x, x))(picture, time) if is_here else None

    assert len([number for number in moving(detect(shoot(30, cat))) if number >= 100]) > 40


def test_heat_lies_within_the_moving_cells() -> None:
    for activity in detect(shoot(18, walker(8, 16))):
        cells = np.zeros((18, 32), bool)
        cells.ravel()[activity.cells] = True
        pixels = cells.repeat(5, axis=0).repeat(5, axis=1)
        assert not (activity.heat.repeat(2, axis=0).repeat(2, axis=1) & ~_grown(pixels)).any()
        assert activity.heat.any() == bool(len(activity.cells))


def _grown(pixels: np.ndarray) -> np.ndarray:
    """Heatmap cells of 2 x 2 straddle the border of a cell of 5 x 5 by a pixel."""
    padded = np.pad(pixels, 1)
    rows = padded[:-2] | padded[1:-1] | padded[2:]
    return np.asarray(rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:])


def test_what_moves_is_an_event_though_the_clock_is_set_back() -> None:
    analyser, facts, wrong = CameraAnalyser(camera()), [], 0
    for shot in shoot(20, walker(8, 16)):
        time = EPOCH + timedelta(seconds=shot.seconds - (10 if shot.seconds >= 12 else 0))
        analysis = analyser.analyse(Frame("yard", time, shot.picture))
        wrong += analysis.activity.onset is not None and analysis.activity.onset > time
        facts += [*analysis.facts]
    ended = [fact for fact in [*facts, *analyser.finish()] if isinstance(fact, MotionEvent) and fact.end]
    assert wrong == 0
    assert [round(seconds(event.start)) for event in ended] == [8, 2]


def test_one_who_passes_a_doorway_that_masks_leave_moves() -> None:
    door: tuple[Polygon, ...] = (
        ((0, 0), (0.44, 0), (0.44, 1), (0, 1)),
        ((0.56, 0), (1, 0), (1, 1), (0.56, 1)),
        ((0, 0), (1, 0), (1, 0.3), (0, 0.3)),
        ((0, 0.9), (1, 0.9), (1, 1), (0, 1)),
    )
    assert len(moving(detect(shoot(20, walker(8, 16)), camera(masks=door)))) >= 8


def test_a_slit_that_masks_leave_is_borne() -> None:
    slit: tuple[Polygon, ...] = (((0, 0), (1, 0), (1, 0.49), (0, 0.49)), ((0, 0.51), (1, 0.51), (1, 1), (0, 1)))
    detect(shoot(20, walker(8, 16)), camera(masks=slit))


def after_an_hour(before: Iterator[Shot], after: Iterator[Shot]) -> list[FrameActivity]:
    """What is said of the second film, an hour later."""
    detector = Detector([camera()])
    for shot in before:
        _one(detector, shot)
    return [_one(detector, replace(shot, seconds=shot.seconds + 3600)) for shot in after]


def test_a_lamp_before_a_pause_does_not_make_another_scene_after_it_a_turned_camera() -> None:
    lamp = shoot(20, light=lambda time: 0.5 if time >= 19 else 1.0)
    assert not [one for one in after_an_hour(lamp, shoot(20, scene=wall(5))) if one.scene_change]


def test_rain_before_a_pause_hides_nothing_after_it() -> None:
    crossing = walker(8, 8.6, size=(0.15, 0.2))
    assert moving(after_an_hour(shoot(60, rain(200, 40)), shoot(20, crossing))) == moving(detect(shoot(20, crossing)))


def test_still_black_stays_as_known_as_it_was() -> None:
    pictures = [np.full((1, 90, 160), int(number >= 300), np.uint8) for number in range(320)]
    detector = Detector([camera()])
    said = [detector.detect(one, [EPOCH + number * timedelta(seconds=0.2)])[0] for number, one in enumerate(pictures)]
    assert not [one for one in said if one.scene_change]


def test_a_scene_that_began_with_black_pictures_is_learnt_without_an_overflow() -> None:
    scene = Background(1)
    bright = np.full((90, 160), 230, np.uint8)
    scene.found(0, [np.zeros_like(bright)] * 2 + [bright] * 3)
    for _ in range(TURNS):
        scene.learn(bright[np.newaxis], {})
    assert ((bright - scene.low[0]) <= scene.room[0]).all()
