"""The watch over one run: what its processes use and how its recording grows is measured each second, and judged."""

import asyncio

from ingest.child import Child
from ingest.decoder import Decoder
from ingest.health import Health
from ingest.reception import Reception
from ingest.usage import waits_for_disk
from ingest.watchdog import Vitals, verdict
from nvr.clock import UtcClock
from nvr.model import Cause

HELD_UP_SECONDS = 1.0
"""Where the event loop is later than this, nothing is judged by what it has read: it has not read it yet."""

MOST_IN_A_ROW = 5
"""After so many such seconds it is judged all the same."""


class Watch:
    def __init__(
        self, child: Child, reception: Reception, *, health: Health, decoder: Decoder | None, clock: UtcClock
    ) -> None:
        self._child, self._reception, self._health, self._decoder = child, reception, health, decoder
        self._clock, self._started = clock, clock.monotonic()

    async def look(self) -> Cause | None:
        """A second later: why the run must end, or None."""
        await self._pass_a_second()
        self._sample()
        return verdict(self._vitals(), self._child.cause_said)

    async def _pass_a_second(self) -> None:
        """One that nothing held us up in: what was reported before is read then."""
        for _ in range(MOST_IN_A_ROW):
            due = self._clock.monotonic() + 1.0
            await asyncio.sleep(1.0)
            if self._clock.monotonic() <= due + HELD_UP_SECONDS:
                return

    def _sample(self) -> None:
        self._health.recorder.sample(self._child.pid)
        if self._decoder:
            self._decoder.sample()
        self._health.clock_offset_seconds = self._reception.anchor.ahead_seconds
        self._health.tick(self._clock.monotonic(), self._reception.running_seconds)

    def _vitals(self) -> Vitals:
        return Vitals(
            now=self._clock.monotonic(),
            started=self._started,
            first_frame=self._reception.first_frame,
            last_growth=self._reception.last_growth,
            waits_for_disk=waits_for_disk(self._child.pid),
            has_drifted=self._reception.anchor.has_drifted,
        )
