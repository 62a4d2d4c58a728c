import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ingest.anchor import MPEGTS_WRAP_SECONDS, Anchor
from nvr.clock import UtcClock, from_timestamp


class Hands:
    """A clock whose hands the test turns."""

    def __init__(self) -> None:
        self.wall, self.monotonic = 1_800_000_000.0, 5_000.0
        self.clock = UtcClock(lambda: self.wall, lambda: self.monotonic)

    def pass_seconds(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


def test_the_least_delayed_observation_wins(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    for media, delay in ((0.0, 2.0), (1.0, 0.3), (2.0, 0.05), (3.0, 0.4)):
        assert anchor.observe(media, 5_000.0 + media + delay)
    assert anchor.utc(0.0) == from_timestamp(1_800_000_000.05)
    assert anchor.drift_seconds == pytest.approx(0.35)


def test_time_that_jumps_ahead_is_refused_and_moves_nothing(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    for second in range(20):
        assert anchor.observe(second, 5_000.0 + second)
    before = anchor.utc(0.0)
    assert not anchor.observe(620.0, 5_020.0)
    assert anchor.utc(0.0) == before


def test_time_that_stands_still_while_pictures_come_has_jumped_back(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    assert all(anchor.observe(second / 2, 5_000.0 + second / 2) for second in range(40))
    steady = [anchor.observe(19.5 + 0.0001 * report, 5_020.0 + report / 2) for report in range(4)]
    assert steady == [True, True, False, False]


def test_pictures_that_trickle_in_late_are_no_jump(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    assert all(anchor.observe(second / 2, 5_000.0 + second / 2) for second in range(40))
    assert anchor.observe(19.505, 5_024.0)
    assert all(anchor.observe(19.505 + report / 30, 5_024.5 + report / 2) for report in range(20))


def test_a_burst_at_the_start_is_no_jump(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    assert anchor.observe(0.0, 5_004.0)
    assert anchor.observe(4.0, 5_004.1)
    assert anchor.utc(0.0) == from_timestamp(1_800_000_000.1)


def test_an_anchor_settles_when_the_burst_is_over(hands: Hands) -> None:
    anchor, settled = Anchor(hands.clock), []
    for media, received in ((0.0, 2.0), (2.0, 2.5), (2.5, 3.0), (3.0, 3.5)):
        anchor.observe(media, 5_000.0 + received)
        settled.append(anchor.settled)
    assert settled == [False, False, True, True]


def test_a_decoded_picture_bounds_the_anchor(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    anchor.observe(0.0, 5_003.0)
    anchor.bound(2.0, 5_003.1)
    assert anchor.utc(2.0) == from_timestamp(1_800_000_003.1)


def test_pictures_stay_in_time_when_mpegts_counts_from_zero_again(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    anchor.observe(0.0, 5_000.0)
    hands.pass_seconds(MPEGTS_WRAP_SECONDS + 100.0)
    assert abs(anchor.utc_of_wrapped(99.0) - hands.clock.now()) < timedelta(seconds=1.1)
    anchor.bound(99.9, hands.monotonic)
    assert anchor.utc(0.0) == from_timestamp(1_800_000_000.0)


def test_setting_the_wall_clock_bends_nothing_until_it_is_followed(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    anchor.observe(0.0, 5_000.0)
    hands.wall += 3600.0
    assert hands.clock.sample() == pytest.approx(3600.0)
    assert anchor.clock_was_set
    assert anchor.utc(10.0) == from_timestamp(1_800_000_010.0)
    after = Anchor(hands.clock)
    after.observe(0.0, 5_000.0)
    assert not after.clock_was_set
    assert after.utc(10.0) == from_timestamp(1_800_003_610.0)
    assert anchor.follow_clock() == pytest.approx(3600.0)
    assert anchor.utc(10.0) == after.utc(10.0)
    assert not anchor.clock_was_set


@pytest.mark.parametrize("speed", [0.999, 1.0, 1.001])
def test_a_camera_whose_clock_runs_at_another_speed_is_seen_to(hands: Hands, speed: float) -> None:
    anchor = Anchor(hands.clock)
    for second in range(1000):
        anchor.observe(second * speed, 5_000.0 + second)
    assert anchor.ahead_seconds == pytest.approx(999 * (speed - 1), abs=0.01)


def test_slewing_is_followed(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    anchor.observe(0.0, 5_000.0)
    hands.wall += 0.25
    hands.clock.sample()
    assert anchor.utc(10.0) == from_timestamp(1_800_000_010.25)
    assert not anchor.clock_was_set


def test_a_picture_from_the_future_does_not_hide_a_jump(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    for second in range(20):
        anchor.observe(second, 5_000.0 + second)
    anchor.bound(620.0, 5_020.0)
    assert anchor.utc(0.0) == from_timestamp(1_800_000_000.0)
    assert not anchor.observe(620.0, 5_020.1)


def test_staying_behind_for_long_is_drift(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    anchor.observe(0.0, 5_000.0)
    for second in range(1, 60):
        hands.pass_seconds(1.0)
        anchor.observe(second - (2.5 if second > 10 else 0.0), hands.monotonic)
        assert anchor.has_drifted == (second > 41)


def test_a_slow_cameras_clock_is_followed_from_segment_to_segment(hands: Hands) -> None:
    anchor, worst = Anchor(hands.clock), 0.0
    for second in range(6 * 3600):
        hands.pass_seconds(1.0)
        media = (second + 1) * (1 - 100e-6)
        assert anchor.observe(media, hands.monotonic)
        assert not anchor.has_drifted
        if second % 60 == 59:
            anchor.follow_camera()
        worst = max(worst, hands.wall - anchor.utc(media).timestamp())
    assert worst < 0.1
    assert anchor.ahead_seconds == pytest.approx(-6 * 3600 * 100e-6, abs=0.1)


def test_delays_of_the_network_are_not_the_cameras_clock(hands: Hands) -> None:
    anchor = Anchor(hands.clock)
    for second in range(600):
        hands.pass_seconds(1.0)
        delay = 1.5 if 200 <= second < 250 else 0.02
        assert anchor.observe(second, 5_000.0 + second + delay)
        assert anchor.follow_camera() == 0.0


@pytest.fixture
def threads_that_take_turns_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_that_take_turns_often")
def test_an_anchor_that_follows_its_camera_loses_no_observation_of_another_thread(hands: Hands) -> None:
    """Each picture of a slow camera is a little later; by whichever thread, no move of the anchor undoes another."""
    anchor = Anchor(hands.clock)
    anchor.observe(0.0, 5_000.0)
    moved, stop = [0.0], threading.Event()

    def follow() -> None:
        while not stop.is_set():
            moved[0] += anchor.follow_camera()

    following = threading.Thread(target=follow)
    following.start()
    try:
        for step in range(1, 20_000):
            anchor.observe(step * 0.04, 5_000.0 + step * 0.0401)
    finally:
        stop.set()
        following.join()
    assert anchor.utc(0.0) == from_timestamp(1_800_000_000.0) + timedelta(seconds=moved[0])
