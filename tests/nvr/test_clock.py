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
