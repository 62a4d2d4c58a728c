from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from nvr.model import FrameActivity, MotionEvent
from nvr.settings import MotionSettings, Zone
from processor.tracker import Tracker
from processor.zones import ZoneMap
from tests.processor.scenes import EPOCH, seconds

ZONES = (
    Zone("left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1))),
    Zone("right", ((0.5, 0), (1, 0), (1, 1), (0.5, 1))),
)


def moving(second: float, *cells: int, score: float = 0.1, onset: float | None = None) -> FrameActivity:
    started = second if onset is None else onset
    return FrameActivity(
        EPOCH + timedelta(seconds=second),
        score,
        np.array(cells or (0,), np.uint16),
        np.zeros((45, 80), bool),
        onset=EPOCH + timedelta(seconds=started),
    )


def still(second: float) -> FrameActivity:
    nothing = np.zeros(0, np.uint16)
    return FrameActivity(EPOCH + timedelta(seconds=second), 0.0, nothing, np.zeros((45, 80), bool))


def standing(second: float, *cells: int) -> FrameActivity:
    return replace(still(second), standing=np.array(cells or (0,), np.uint16))


def follow(*activities: FrameActivity, **changes: float) -> list[MotionEvent]:
    tracker = Tracker("yard", MotionSettings(**changes), ZoneMap(ZONES))  # type: ignore[arg-type]
    return [event for activity in activities for event in tracker.follow(activity)] + list(tracker.finish())


def span(event: MotionEvent) -> tuple[float, float | None]:
    return seconds(event.start), seconds(event.end) if event.end else None


def test_an_event_opens_at_the_first_moving_frame_and_closes_at_the_last() -> None:
    opened, closed = follow(still(0), moving(1), moving(1.2), still(2), moving(2.4), still(5), still(5.4))
    assert span(opened) == (1, None)
    assert span(closed) == (1, 2.4)
    assert opened.id == closed.id == MotionEvent.identity("yard", opened.start)


def test_a_pause_shorter_than_off_after_does_not_end_an_event() -> None:
    events = follow(moving(0), still(1), still(2.9), moving(2.9), still(6))
    assert [span(event) for event in events] == [(0, None), (0, 2.9)]


def test_one_who_stands_still_and_moves_on_is_one_event() -> None:
    waiting = [standing(second) for second in range(2, 9)]
    events = follow(moving(0), moving(1), *waiting, moving(9), still(12))
    assert [span(event) for event in events] == [(0, None), (0, 9)]


def test_one_who_stays_ends_an_event_with_his_last_step() -> None:
    waiting = [standing(second) for second in range(2, 20)]
    events = follow(moving(1), *waiting, still(20), still(22))
    assert [span(event) for event in events] == [(1, None), (1, 1)]


def test_what_stands_begins_no_event_and_bears_no_gap_in_the_frames() -> None:
    assert follow(standing(0), standing(1)) == []
    events = follow(moving(0), standing(1), moving(5))
    assert [span(event) for event in events] == [(0, None), (0, 0), (5, None), (5, 5)]
    assert follow(moving(0), standing(0.2), standing(0.6), min_duration_seconds=0.5) == []


def test_one_who_stands_in_a_zone_loiters_there() -> None:
    zones = ZoneMap([replace(ZONES[0], loiter_seconds=4)])
    tracker = Tracker("yard", MotionSettings(), zones)
    tracker.follow(moving(0, 3))
    for second in range(1, 8):
        assert not tracker.follow(standing(second, 3))
        assert bool(tracker.zones) == (second >= 4)


def test_two_events_where_the_pause_is_long() -> None:
    events = follow(moving(0), still(3), moving(10), still(13))
    assert [span(event) for event in events] == [(0, None), (0, 0), (10, None), (10, 10)]


def test_an_event_begins_with_the_frames_that_confirmed_it() -> None:
    assert span(follow(moving(1.0, onset=0.6))[0]) == (0.6, None)


def test_a_new_event_never_begins_within_the_last_one() -> None:
    events = follow(moving(1), still(1.6), moving(1.8, onset=1), off_after_seconds=0.5)
    assert [span(event) for event in events] == [(1, None), (1, 1), (1.8, None), (1.8, 1.8)]


def test_the_closing_event_holds_peak_box_and_zones_of_all_frames() -> None:
    *_, closed = follow(moving(0, 0, score=0.2), moving(1, 17 * 32 + 31, score=0.5), moving(2, 1, score=0.1))
    assert closed.peak == 0.5
    assert closed.box == pytest.approx((0, 0, 1, 1))
    assert closed.zones == ("left", "right")


def test_a_zone_without_motion_is_not_named() -> None:
    assert follow(moving(0, 3))[-1].zones == ("left",)


def test_footage_is_wider_by_the_rolls() -> None:
    opened, closed = follow(moving(10), moving(12), pre_roll_seconds=4, post_roll_seconds=7)
    assert seconds(opened.footage_start) == 6
    assert opened.footage_end is None
    assert closed.footage_end is not None
    assert seconds(closed.footage_end) == 19


def test_motion_shorter_than_the_minimum_is_no_event() -> None:
    assert follow(moving(0), moving(0.4), still(4), moving(8), min_duration_seconds=0.5) == []


def test_motion_as_long_as_the_minimum_opens_an_event_from_its_start() -> None:
    events = follow(moving(0), moving(0.4), moving(0.6), min_duration_seconds=0.5)
    assert [span(event) for event in events] == [(0, None), (0, 0.6)]


def test_nothing_opens_within_the_cooldown() -> None:
    activities = [moving(0), still(3), moving(5), moving(9.8), moving(10.2)]
    events = follow(*activities, cooldown_seconds=10)
    assert [span(event) for event in events] == [(0, None), (0, 0), (10.2, None), (10.2, 10.2)]


def test_a_gap_in_the_frames_closes_the_event_at_its_last_moving_frame() -> None:
    events = follow(moving(0), moving(1), moving(600))
    assert [span(event) for event in events] == [(0, None), (0, 1), (600, None), (600, 600)]


def test_a_small_step_back_is_borne() -> None:
    events = follow(moving(10), moving(11), moving(10.5), still(15))
    assert [span(event) for event in events] == [(10, None), (10, 11)]


def test_a_clock_set_back_closes_the_event() -> None:
    events = follow(moving(1000), moving(10), still(20))
    assert [span(event) for event in events] == [(1000, None), (1000, 1000), (10, None), (10, 10)]


def test_finish_closes_what_is_open_once() -> None:
    tracker = Tracker("yard", MotionSettings(), ZoneMap(()))
    tracker.follow(moving(0))
    assert tracker.motion_active
    assert [span(event) for event in tracker.finish()] == [(0, 0)]
    assert not tracker.motion_active
    assert tracker.finish() == ()
