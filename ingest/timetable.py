"""Waiting for a camera's time: until recording is wanted, and until it is not any more."""

import asyncio

from ingest.schedule import Schedule
from nvr.clock import UtcClock


class Timetable:
    """A schedule by the clock, looked at each whole second, when modes change: a clock that is set is borne."""

    def __init__(self, schedule: Schedule, clock: UtcClock) -> None:
        self.schedule, self._clock = schedule, clock

    @property
    def is_wanted(self) -> bool:
        return self.schedule.is_wanted(self._clock.now())

    @property
    def next_words(self) -> str:
        """For the log: until when it stays as it is."""
        change = self.schedule.next_change(self._clock.now())
        return f"until {change:%Y-%m-%d %H:%M:%S} UTC" if change else "for good"

    async def begins(self) -> None:
        """Wait until recording is wanted."""
        while not self.is_wanted:
            await self._next_second()

    async def ends(self) -> None:
        """Wait until it is not wanted."""
        while self.is_wanted:
            await self._next_second()

    async def _next_second(self) -> None:
        await asyncio.sleep(1.0 - self._clock.now().microsecond / 1e6)
