"""Time: UTC for what is stored, the monotonic clock for durations, and the relation between the two.

The relation is what a clock step changes. `UtcClock` keeps it, so that a time measured on the monotonic clock has one
UTC form, and says when the host's clock was set.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

STEP_SECONDS = 1.0
"""A change of wall clock against monotonic clock from which on it is a step, not slewing."""

PAUSE_SECONDS = 0.1
"""Two clocks that are read further apart than this are read again: the host, or another thread, came in between."""

ATTEMPTS = 10


def utc_now() -> datetime:
    return datetime.now(UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(time: datetime) -> int:
    """Since the epoch, and cut off, as in names and in ClickHouse: rounded, it would be another time."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(since_epoch: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=since_epoch)


def from_timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class UtcClock:
    """Maps the monotonic clock to UTC. The sources are injected so that tests can turn the hands.

    One thread samples, and any may ask: what is asked for is of one sample, never of two.
    """

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self.monotonic = wall, monotonic
        self._sampled = (self._offset(), 0.0)
        """Wall clock against monotonic clock, and by how much it was set in all: replaced as one."""

    @property
    def steps_seconds(self) -> float:
        """By how much the wall clock was set in all."""
        return self._sampled[1]

    def now(self) -> datetime:
        return from_timestamp(self._wall())

    def utc(self, monotonic_seconds: float, *, steps_seconds: float | None = None) -> datetime:
        """The UTC time of a reading of the monotonic clock, by the relation last sampled.

        With an earlier `steps_seconds` it is as if the clock had not been set since.
        """
        offset, steps = self._sampled
        later = 0.0 if steps_seconds is None else steps - steps_seconds
        return from_timestamp(monotonic_seconds + offset - later)

    def sample(self) -> float:
        """Follow the wall clock; returns the step in seconds where it was set, 0.0 where it only ran on."""
        before, steps = self._sampled
        offset = self._offset()
        step = offset - before if abs(offset - before) >= STEP_SECONDS else 0.0
        self._sampled = (offset, steps + step)
        return step

    def _offset(self) -> float:
        """Of readings that nothing came between: a second between them would be a step that never was."""
        for _ in range(ATTEMPTS):
            before, wall = self.monotonic(), self._wall()
            if self.monotonic() - before < PAUSE_SECONDS:
                break
        return wall - before
