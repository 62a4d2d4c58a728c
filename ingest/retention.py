"""What goes when: footage past its limit, and the oldest when the budget is reached."""

import asyncio
import logging
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf

from ingest.disk import DiskThread
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import Segment, Tombstone, VolumeStatus
from nvr.ports import FactSink, Telemetry
from nvr.settings import StorageSettings

log = logging.getLogger(__name__)

PERIOD_SECONDS = 10.0
HANGING_SECONDS = 10.0
"""A disk that takes longer over a look and what is to be deleted hangs."""

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
    """Keeps one volume within its budget."""

    def __init__(
        self, settings: StorageSettings, store: Store, *, facts: FactSink, telemetry: Telemetry, clock: UtcClock
    ) -> None:
        self._settings, self._store = settings, store
        self._facts, self._telemetry, self._clock = facts, telemetry, clock
        self._disk = DiskThread("retention")
        self._last_success: datetime | None = None
        self._measured = self._measure()
        self._waiting_since: float | None = None

    @property
    def status(self) -> VolumeStatus:
        """As last measured; a disk that hangs cannot be written."""
        since = self._waiting_since
        hangs = since is not None and self._clock.monotonic() - since > HANGING_SECONDS
        return replace(self._measured, writable=False) if hangs else self._measured

    async def run(self) -> None:
        """Look every ten seconds, until cancelled. A disk that refuses is logged and counted, and looked at again."""
        failing = False
        while True:
            try:
                self._waiting_since = self._clock.monotonic()
                await self._disk.do(self.run_once)
                failing = False
            except (StorageError, OSError) as error:
                self._telemetry.failed("retention")
                log.log(logging.DEBUG if failing else logging.ERROR, "retention failed: %s", error)
                failing = True
            self._waiting_since = None
            await asyncio.sleep(PERIOD_SECONDS)

    def run_once(self) -> None:
        """Delete what is due, and measure. Raises StorageError and OSError."""
        now = self._clock.now()
        self._measured = self._measure()
        if not self._measured.writable:
            raise StorageError("nothing can be deleted, the volume cannot be written", path=self._store.root)
        oldest = self._store.catalogue.oldest(BATCH)
        self._delete(expired(oldest, now, self._settings.retention.delete_after.continuous), "delete_after")
        self._measured = self._measure()
        excess = self._measured.used_bytes - self._measured.budget_bytes
        while excess > 0 and (victims := surplus(self._store.catalogue.oldest(BATCH), excess)):
            if not (stones := self._delete(victims, "budget")):
                break  # others have them just now
            excess -= sum(stone.segment.size_bytes for stone in stones)
        self._last_success = now
        self._measured = self._measure()

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
            writable=self._store.is_writable(),
            camera_bytes={camera: size for camera, (size, _) in sizes.items()},
            oldest={camera: start for camera, (_, start) in sizes.items()},
            retention_last_success=self._last_success,
            retention_target_seconds=self._settings.retention.keep_at_least.continuous,
        )
