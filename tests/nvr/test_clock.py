import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from nvr.clock import UtcClock, from_timestamp, utc_now


def test_times_are_aware_utc() -> None:
    assert utc_now().tzinfo is UTC
    assert from_timestamp(0.0) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("step", "seen"), [(0.0, 0.0), (0.4, 0.0), (-0.9, 0.0), (12.0, 12.0), (-3600.0, -3600.0)])
def test_a_step_is_told_from_slewing(step: float, seen: float) -> None:
    wall = [1000.0]
    clock = UtcClock(lambda: wall[0], lambda: 50.0)
    wall[0] += step
    assert clock.sample() == pytest.approx(seen)
    assert clock.utc(50.0) == from_timestamp(1000.0 + step)
    assert clock.sample() == 0.0


def test_readings_that_something_came_between_are_no_step() -> None:
    """The interpreter held by a C call for ten seconds, after the one clock was read and before the other."""
    passed = [0.0]
    reading = 0

    def wall() -> float:
        nonlocal reading
        reading += 1
        if reading == 2:
            passed[0] += 10.0
        return 1000.0 + passed[0]

    clock = UtcClock(wall, lambda: 50.0 + passed[0])
    assert clock.sample() == 0.0
    assert (clock.utc(60.0), clock.steps_seconds) == (from_timestamp(1010.0), 0.0)


@pytest.fixture
def threads_that_take_turns_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_that_take_turns_often")
def test_what_another_thread_asks_for_is_of_one_sample() -> None:
    """As if the clock had not been set since, a moment stays the same however often it is set meanwhile."""
    wall = [1000.0]
    clock = UtcClock(lambda: wall[0], lambda: 50.0)
    stop = threading.Event()

    def set_the_clock() -> None:
        while not stop.is_set():
            wall[0] = 4600.0 if wall[0] == 1000.0 else 1000.0
            clock.sample()

    setting = threading.Thread(target=set_the_clock)
    setting.start()
    try:
        seen = {clock.utc(50.0, steps_seconds=0.0) for _ in range(20_000)}
    finally:
        stop.set()
        setting.join()
    assert seen == {from_timestamp(1000.0)}
