"""Time: UTC for what is stored, the monotonic clock for durations, and the relation between the two.

The relation is what a clock step changes. `UtcClock` keeps it, so that a time measured on the monotonic clock has one
UTC form, and says when the host's clock was set.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

STEP_SECONDS = 1.0
"""A change of wall clock against monotonic clock from which on it is a step, not slewing."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def from_timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class UtcClock:
    """Maps the monotonic clock to UTC. The sources are injected so that tests can turn the hands."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self.monotonic = wall, monotonic
        self._offset = wall() - monotonic()
        self.steps_seconds = 0.0
        """By how much the wall clock was set in all."""

    def now(self) -> datetime:
        return from_timestamp(self._wall())

    def utc(self, monotonic_seconds: float, *, steps_seconds: float | None = None) -> datetime:
        """The UTC time of a reading of the monotonic clock, by the relation last sampled.

        With an earlier `steps_seconds` it is as if the clock had not been set since.
        """
        later = 0.0 if steps_seconds is None else self.steps_seconds - steps_seconds
        return from_timestamp(monotonic_seconds + self._offset - later)

    def sample(self) -> float:
        """Follow the wall clock; returns the step in seconds where it was set, 0.0 where it only ran on."""
        offset = self._wall() - self.monotonic()
        change, self._offset = offset - self._offset, offset
        if abs(change) < STEP_SECONDS:
            return 0.0
        self.steps_seconds += change
        return change
