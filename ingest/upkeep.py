"""The background's care for one volume: what was done to it from outside is noticed, and files and catalogue agree."""

import asyncio
import logging
from collections.abc import Collection, Iterable

from ingest.reconcile import Findings, adopt, cameras_on_disk, compare, days
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.disk import DiskThread
from nvr.errors import StorageError
from nvr.model import Fact
from nvr.ports import FactSink, Telemetry

log = logging.getLogger(__name__)

PERIOD_SECONDS = 1.0

_NEVER = -1


class Upkeep:
    """One volume's. Of `cameras` the torn files are left to those who record them."""

    def __init__(
        self, store: Store, cameras: Collection[str], *, facts: FactSink, telemetry: Telemetry, clock: UtcClock
    ) -> None:
        self._store, self._cameras = store, cameras
        self._facts, self._telemetry, self._clock = facts, telemetry, clock
        self._disk = DiskThread("upkeep")
        self._settled = _NEVER
        self._renewals = 0

    async def run(self) -> None:
        """Look each second, until cancelled. A disk that refuses is logged and counted, and looked at again."""
        failing = False
        while True:
            try:
                await self.run_once()
                failing = False
            except (StorageError, OSError) as error:
                self._telemetry.failed("upkeep")
                log.log(logging.DEBUG if failing else logging.ERROR, "the storage is not in order: %s", error)
                failing = True
            await asyncio.sleep(PERIOD_SECONDS)

    async def run_once(self) -> None:
        """Notice damage, and where there may be any make files and catalogue agree; write down where there is motion.

        Raises StorageError, OSError.
        """
        await self._disk.do(self._store.look)
        await self._disk.do(self._store.catalogue.motion.save)
        doubts = self._store.doubts
        if doubts != self._settled:
            await self._put_in_order(is_first=self._settled == _NEVER)
            self._settled = doubts
            self._store.settle(doubts)

    async def _put_in_order(self, *, is_first: bool) -> None:
        if is_first:
            for camera in sorted(await self._disk.do(cameras_on_disk, self._store) - set(self._cameras)):
                self._keep(await self._disk.do(adopt, self._store, camera, self._telemetry))
        renewals = self._store.catalogue.renewals
        found = await self._compare()
        was_lost = is_first and self._store.catalogue.was_missing and found.indexed
        if renewals > self._renewals or was_lost:
            self._renewals = renewals
            self._telemetry.catalogue_rebuilt()
        counts = (len(found.indexed), len(found.missing), found.removed)
        log.info("storage %s: %d files indexed, %d missing, %d empty ones removed", self._store.root, *counts)

    async def _compare(self) -> Findings:
        """A little at a time, so that whoever waits for the disk comes in between."""
        total, now = Findings(), self._clock.now()
        for camera, day in await self._disk.do(days, self._store):
            pieces = compare(self._store, camera, day, now)
            while piece := await self._disk.do(next, pieces, None):
                self._keep([*piece.indexed, *piece.missing])
                total.indexed += piece.indexed
                total.missing += piece.missing
                total.removed += piece.removed
        return total

    def _keep(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._facts.put(fact)
