from datetime import UTC, datetime

import numpy as np

from ingest.holdings import Holdings
from nvr.housekeeping import AgeBand

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = 3_600_000


def _row(
    number: int, camera: str, hours_ago: float, size: int, *, motion: int = 0, protected: int = 0
) -> tuple[object, ...]:
    return (
        number,
        camera,
        int(NOW.timestamp() * 1000 - hours_ago * HOUR) - 60_000,
        60_000,
        size,
        motion,
        protected,
        0.5,
    )


HELD = Holdings.of(
    [_row(1, "yard", 0.5, 10), _row(2, "door", 2, 100, motion=1), _row(7, "yard", 30, 1000, protected=1)]
)


def test_footage_is_counted_by_age() -> None:
    assert HELD.by_age(NOW)[:4] == (
        AgeBand(0.0, 3, 1110),
        AgeBand(3600.0, 2, 1100),
        AgeBand(86_400.0, 1, 1000),
        AgeBand(7 * 86_400.0, 0, 0),
    )


def test_the_largest_camera_comes_first() -> None:
    yard, door = HELD.by_camera()
    assert (yard.camera, yard.segments, yard.size_bytes, yard.motion_bytes, yard.protected_bytes) == (
        "yard",
        2,
        1010,
        0,
        1000,
    )
    assert (door.camera, door.segments, door.size_bytes, door.motion_bytes, door.protected_bytes) == (
        "door",
        1,
        100,
        100,
        0,
    )
    assert (NOW - yard.newest).total_seconds() == 1800
    assert (NOW - yard.oldest).total_seconds() == 30 * 3600 + 60


def test_a_step_says_what_goes_of_whom() -> None:
    step = HELD.step("budget", np.array([1, 0]))
    assert (step.policy, step.segments, step.size_bytes) == ("budget", 2, 110)
    assert step.camera_bytes == {"door": 100, "yard": 10}
    assert (NOW - step.oldest).total_seconds() == 7260


def test_nothing_is_held_at_first() -> None:
    empty = Holdings.of([])
    assert (len(empty), empty.by_camera(), empty.by_age(NOW)[0].segments) == (0, (), 0)
