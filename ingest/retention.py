"""What goes when: footage past its limit, and the oldest when the budget is reached."""

import asyncio
import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import inf

from ingest.store import Store
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import Segment, Tombstone, VolumeStatus
from nvr.ports import FactSink, Telemetry
from nvr.settings import StorageSettings

log = logging.getLogger(__name__)

PERIOD_SECONDS = 10.0
BATCH = 500
"""How many segments are considered at a time."""


def expired(segments: Iterable[Segment], now: datetime, delete_after_seconds: float) -> list[Segment]:
    """Those whose last picture is older than the limit."""
    if delete_after_seconds == inf:
        return []
    limit = now - timedelta(seconds=delete_after_seconds)
    return [segment for segment in segments if segment.end < limit]


def surplus(oldest_first: Sequence[Segment], excess_bytes: int) -> list[Segment]:
    """The oldest that together hold at least `excess_bytes`."""
    chosen: list[Segment] = []
    for segment in oldest_first:
        if excess_bytes <= 0:
            break
        chosen.append(segment)
        excess_bytes -= segment.size_bytes
    return chosen


class Retention:
    """Keeps one volume within its budget. `status` is as last measured."""

    def __init__(
        self, settings: StorageSettings, store: Store, *, facts: FactSink, telemetry: Telemetry, clock: UtcClock
    ) -> None:
        self._settings, self._store = settings, store
        self._facts, self._telemetry, self._clock = facts, telemetry, clock
        self._last_success: datetime | None = None
        self.status = self._measure()

    async def run(self) -> None:
        """Look every ten seconds, until cancelled. A disk that refuses is logged and counted, and looked at again."""
        failing = False
        while True:
            try:
                await asyncio.to_thread(self.run_once)
                failing = False
            except (StorageError, OSError) as error:
                self._telemetry.failed("retention")
                log.log(logging.DEBUG if failing else logging.ERROR, "retention failed: %s", error)
                failing = True
            await asyncio.sleep(PERIOD_SECONDS)

    def run_once(self) -> None:
        """Delete what is due, and measure. Raises StorageError and OSError."""
        now = self._clock.now()
        oldest = self._store.catalogue.oldest(BATCH)
        self._delete(expired(oldest, now, self._settings.retention.delete_after.continuous), "delete_after")
        self.status = self._measure()
        excess = self.status.used_bytes - self.status.budget_bytes
        while excess > 0 and (victims := surplus(self._store.catalogue.oldest(BATCH), excess)):
            excess -= sum(stone.segment.size_bytes for stone in self._delete(victims, "budget"))
        self._last_success = now
        self.status = self._measure()

    def _delete(self, segments: list[Segment], policy: str) -> list[Tombstone]:
        if not segments:
            return []
        stones = self._store.delete(segments, policy, self._clock.now())
        for stone in stones:
            self._facts.put(stone)
            self._telemetry.segment_deleted(stone)
        log.info("retention: %d segments deleted (%s)", len(stones), policy)
        return stones

    def _measure(self) -> VolumeStatus:
        usage = shutil.disk_usage(self._store.root)
        sizes = self._store.catalogue.sizes()
        used = sum(size for size, _ in sizes.values())
        return VolumeStatus(
            volume=str(self._store.root),
            size_bytes=usage.total,
            free_bytes=usage.free,
            budget_bytes=self._settings.retention.budget.resolve(usage.free + used),
            used_bytes=used,
            writable=os.access(self._store.root, os.W_OK),
            camera_bytes={camera: size for camera, (size, _) in sizes.items()},
            oldest={camera: start for camera, (_, start) in sizes.items()},
            retention_last_success=self._last_success,
            retention_target_seconds=self._settings.retention.keep_at_least.continuous,
        )
