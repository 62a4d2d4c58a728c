"""Compares each camera's motion with its own past, slowly, in the background."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from exporters.anomaly import HOUR, Comparison, compare, ends
from exporters.clickhouse.hours import Hours
from nvr.clock import utc_now
from nvr.errors import DatabaseError

_log = logging.getLogger(__name__)

EVERY_SECONDS = 300.0
RETRY_SECONDS = 10.0
"""How soon it is tried again while the database is away; that it is away is told by whoever writes there."""

MARGIN = timedelta(days=1)


class AnomalyTelemetry(Protocol):
    def motion_compared(self, comparisons: Mapping[str, Comparison]) -> None: ...


class Anomalies:
    """`run` it; what it finds goes to `telemetry`: of all cameras at once, and nothing while the database is away.

    `is_current` says that ClickHouse has what happened until now: what waits in the spool would look like quiet.
    """

    def __init__(
        self,
        hours: Hours,
        timezone: ZoneInfo,
        telemetry: AnomalyTelemetry,
        *,
        is_current: Callable[[], bool],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._hours, self._timezone, self._telemetry, self._now = hours, timezone, telemetry, now
        self._is_current = is_current

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            found = await self._found()
            self._telemetry.motion_compared(found or {})
            await asyncio.sleep(RETRY_SECONDS if found is None else EVERY_SECONDS)

    async def _found(self) -> dict[str, Comparison] | None:
        if not self._is_current():
            return None
        try:
            return await self.comparisons()
        except DatabaseError as error:
            _log.debug("motion is not compared with earlier weeks: %s", error)
            return None

    async def comparisons(self) -> dict[str, Comparison]:
        """Of those cameras of which enough is known."""
        last, *earlier = ends(self._now(), self._timezone)
        known = await self._hours.known_since(earlier[-1] - HOUR - MARGIN)
        now = await self._hours.hour(last, known)
        before = [await self._hours.hour(end, known) for end in earlier]
        found = {
            camera: compare(hour, [hours[camera] for hours in before if camera in hours])
            for camera, hour in now.items()
        }
        return {camera: comparison for camera, comparison in found.items() if comparison}
