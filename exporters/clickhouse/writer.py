"""Empties the spool into ClickHouse. Nothing else waits for it: with the database away the rows stay where they are."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from exporters.clickhouse.client import Database
from exporters.clickhouse.orphans import Orphans
from exporters.clickhouse.schema import create_schema
from exporters.clickhouse.sieve import insert_readable
from exporters.spool import Spool
from exporters.spool_file import Batch
from exporters.tracing.tracing import UNTRACED, Following
from nvr.clock import utc_now
from nvr.errors import DatabaseError, NvrError
from nvr.model import SinkStatus
from nvr.ports import Telemetry

_log = logging.getLogger(__name__)

BATCH_ROWS = 10_000
INTERVAL_SECONDS = 1.0


class Writer:
    """`run` it under supervision; `status` is cheap and may be asked at any time."""

    def __init__(
        self,
        spool: Spool,
        database: Database,
        telemetry: Telemetry,
        *,
        keep_days: int | None = None,
        orphans: Orphans | None = None,
        tracing: Following = UNTRACED,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spool, self._database, self._telemetry = spool, database, telemetry
        self._keep_days, self._now, self._monotonic = keep_days, now, monotonic
        self._orphans, self._tracing = orphans, tracing
        self._up = False
        self._last_success: datetime | None = None

    def status(self) -> SinkStatus:
        return SinkStatus(
            up=self._up,
            queue_length=self._spool.rows,
            queue_capacity=self._spool.capacity_rows,
            spool_bytes=self._spool.size_bytes,
            last_success=self._last_success,
        )

    async def run(self) -> None:
        """Insert what comes until cancelled. Raises `DatabaseError` while ClickHouse is away: run it supervised."""
        try:
            await self._prepare()
            await self._close_orphans()
            while True:
                if not await self.run_once():
                    await asyncio.sleep(INTERVAL_SECONDS)
        except NvrError:
            self._up = False
            raise

    async def run_once(self) -> bool:
        """Insert one batch of each table that has rows; whether rows that were there at the beginning are left."""
        batches = await asyncio.to_thread(self._spool.assign, BATCH_ROWS)
        for batch in batches:
            await self._insert(batch)
        return any(batch.more for batch in batches)

    async def drain(self, timeout_seconds: float) -> bool:
        """At shutdown, insert what can be inserted in this time. What is left stays in the spool, and False is said."""
        try:
            async with asyncio.timeout(timeout_seconds):
                if not self._up:
                    await self._prepare()
                await asyncio.to_thread(self._spool.flush, timeout_seconds)
                while await self.run_once():
                    pass
        except (NvrError, TimeoutError) as error:
            _log.warning("rows wait in the spool for the next start: %s", error, extra={"rows": self._spool.rows})
            return False
        return True

    async def _prepare(self) -> None:
        await self._database.open()
        await create_schema(self._database, keep_days=self._keep_days)
        self._succeeded()

    async def _close_orphans(self) -> None:
        """Once, when all that earlier runs left in the spool is in ClickHouse: an event's end may be among it."""
        if self._orphans is None:
            return
        while await self.run_once():
            pass
        try:
            events = await self._orphans.closed()
        except DatabaseError as error:
            _log.warning("motion events that the recorder was killed in stay open for now: %s", error)
            return
        for event in events:
            self._spool.put(event)
        if events:
            _log.warning("%d motion events that the recorder was killed in were closed", len(events))
        self._orphans = None

    async def _insert(self, batch: Batch) -> None:
        # Not splitlines: a name may hold U+2028, which JSON does not escape.
        lines = batch.lines.split("\n")
        refusals = await insert_readable(partial(self._insert_lines, batch.table), lines, batch.token)
        if refusals:
            rows = sum(len(refusal.lines) for refusal in refusals)
            self._telemetry.rows_dropped(batch.table, rows)
            text = "ClickHouse refuses %d of %d rows of %s for good: %s; the first is %.500s"
            _log.error(text, rows, batch.rows, batch.table, refusals[0].reason, refusals[0].lines[0])
        await asyncio.to_thread(self._spool.acknowledge, batch)

    async def _insert_lines(self, table: str, lines: Sequence[str], token: str) -> None:
        started = self._monotonic()
        with self._tracing.inserting(table, lines):
            try:
                await self._database.insert(table, "\n".join(lines), token)
            except DatabaseError:
                self._telemetry.rows_inserted(table, "failed", len(lines), self._monotonic() - started)
                raise
            self._telemetry.rows_inserted(table, "ok", len(lines), self._monotonic() - started)
        self._succeeded()

    def _succeeded(self) -> None:
        if not self._up:
            _log.info("ClickHouse takes rows: %s, %d rows wait", self._database.dsn, self._spool.rows)
        self._up, self._last_success = True, self._now()
