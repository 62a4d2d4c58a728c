from dataclasses import replace

import numpy as np
import pytest

from ingest.health import FrameRate, Health, Signs, judge
from nvr.model import CameraState, Cause
from tests.ingest.conftest import NOON

WELL = Signs(wanted=True, connected=True, since_start=100.0, since_last_frame=0.2, failures=0, slow_for=0.0)


@pytest.mark.parametrize(
    ("signs", "state"),
    [
        (WELL, CameraState.HEALTHY),
        (replace(WELL, wanted=False), CameraState.STOPPED),
        (replace(WELL, since_last_frame=None, since_start=3.0), CameraState.STARTING),
        (replace(WELL, since_last_frame=None, connected=False, since_start=29.9), CameraState.STARTING),
        (replace(WELL, since_last_frame=None, connected=False, since_start=30.0), CameraState.OFFLINE),
        (replace(WELL, since_last_frame=None, since_start=30.0), CameraState.STALE),
        (replace(WELL, failures=1), CameraState.DEGRADED),
        (replace(WELL, slow_for=9.9), CameraState.HEALTHY),
        (replace(WELL, slow_for=10.0), CameraState.DEGRADED),
        (replace(WELL, connected=False, since_last_frame=5.0), CameraState.DEGRADED),
        (replace(WELL, since_last_frame=30.0), CameraState.STALE),
        (replace(WELL, connected=False, since_last_frame=30.0), CameraState.OFFLINE),
    ],
)
def test_a_state_follows_from_its_signs(signs: Signs, state: CameraState) -> None:
    assert judge(signs) is state


def test_a_rate_is_that_of_the_last_ten_seconds() -> None:
    rate = FrameRate()
    for half_second in range(60):
        rate.count(half_second / 2, half_second * 10 if half_second < 20 else 200 + (half_second - 20) * 5)
    assert rate.per_second(29.5) == pytest.approx(10.0, rel=0.05)


def test_a_rate_falls_when_nothing_is_reported_any_more() -> None:
    rate = FrameRate()
    for second in range(11):
        rate.count(second, second * 15)
    assert rate.per_second(10.5) == pytest.approx(15.0)
    assert rate.per_second(20.0) == pytest.approx(7.5)


def test_earlier_failures_are_forgotten_after_a_healthy_minute() -> None:
    health = Health("yard", started=0.0)
    health.failed(Cause.EOF)
    health.succeeded(NOON)
    health.advanced(100.0, NOON, 1)
    health.tick(100.0, running_seconds=30.0)
    assert health.state(100.0) is CameraState.DEGRADED
    health.tick(131.0, running_seconds=61.0)
    health.advanced(131.0, NOON, 900)
    assert health.state(131.0) is CameraState.HEALTHY


def test_half_the_frame_rate_for_ten_seconds_degrades() -> None:
    health = Health("yard", started=0.0, expected_fps=20.0)
    health.succeeded(NOON)
    for second in range(40):
        health.advanced(float(second), NOON, second * 5)
        health.tick(float(second), running_seconds=float(second))
    assert health.state(39.0) is CameraState.DEGRADED


def test_the_first_connection_is_no_reconnect() -> None:
    health = Health("yard", started=0.0)
    health.succeeded(NOON)
    assert health.status(1.0).total_reconnects == 0
    health.failed(Cause.EOF)
    health.succeeded(NOON)
    status = health.status(1.0)
    assert (status.total_reconnects, status.last_cause) == (1, Cause.EOF)


def test_a_camera_that_gave_pictures_for_a_while_fails_for_the_first_time_again() -> None:
    health = Health("yard", started=0.0)
    for _ in range(5):
        health.failed(Cause.REFUSED)
    assert health.consecutive_failures == 5
    health.failed(Cause.EOF, running_seconds=9.0)
    assert health.consecutive_failures == 6
    health.failed(Cause.EOF, running_seconds=20.0)
    assert health.consecutive_failures == 1


def test_a_camera_that_is_not_wanted_is_stopped_and_begins_as_new() -> None:
    health = Health("yard", 0.0)
    health.succeeded(NOON)
    health.advanced(5.0, NOON, 50)
    health.rest()
    assert health.state(10_000.0) is CameraState.STOPPED
    health.begin(50_000.0)
    assert health.state(50_001.0) is CameraState.STARTING


def test_luma_is_the_mean_gray_level() -> None:
    health = Health("yard", 0.0)
    told = []
    for gray in (None, 0, 51, 255):
        health.picture = None if gray is None else np.full((90, 160), gray, np.uint8)
        told.append(round(health.status(1.0).luma_ratio, 3))
    assert told == [0, 0, 0.2, 1]
