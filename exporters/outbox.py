"""The durable way to the channels: notifications wait here, on disk and bounded, until each channel has taken its own.

Every channel has a task of its own, and its own back-off: one that fails delays no other and repeats none. What leaves
the machine cannot be exactly once: a delivery is repeated where we die, or stop waiting, between the channel taking it
and our writing that down.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from exporters.delivery import Claim, Delivery, DeliveryOutcome, NotDelivered, Settled
from exporters.kept_file import KeptFile
from exporters.outbox_file import OutboxFile
from exporters.tracing.tracing import UNTRACED, Following
from nvr.clock import utc_now
from nvr.disk import DiskThread
from nvr.errors import StorageError
from nvr.lock_file import LockFile
from nvr.supervise import Backoff

_log = logging.getLogger(__name__)

T = TypeVar("T")

FILE_NAME = "deliveries.sqlite"
SEND_SECONDS = 30.0
POLL_SECONDS = 5.0
"""How late a delivery that becomes due is noticed; one that is put is noticed at once."""

GIVE_UP_AFTER = timedelta(days=1)
REMEMBERED = timedelta(days=2)
"""For how long a key is known after it was settled."""

Send = Callable[[Delivery], Awaitable[None]]
"""Hands a delivery to its channel. Raises `NotDelivered`; anything else is a bug."""


class DeliveryTelemetry(Protocol):
    def delivery_tried(self, channel: str, outcome: str, seconds: float) -> None: ...
    def deliveries_dropped(self, count: int) -> None: ...
    def failed(self, component: str) -> None: ...


class Outbox:
    """`run` it; `put` before, meanwhile, or after. Raises `StorageError`; a corrupt file is moved aside, also in use.

    `redact` takes secrets out of what a channel said: libraries repeat URLs in their errors.
    """

    def __init__(
        self,
        directory: Path,
        limit_bytes: int,
        channels: Sequence[str],
        send: Send,
        telemetry: DeliveryTelemetry,
        *,
        redact: Callable[[str], str],
        tracing: Following = UNTRACED,
        backoff: Callable[[], Backoff] = lambda: Backoff(1.0, 300.0, least=0.5),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._limit_bytes, self._channels, self._send = limit_bytes, tuple(channels), send
        self._telemetry, self._redact, self._backoff, self._now = telemetry, redact, backoff, now
        self._tracing = tracing
        path = directory / FILE_NAME
        self._wake = {channel: asyncio.Event() for channel in self._channels}
        self._settling: set[asyncio.Task[None]] = set()
        self._disk = DiskThread("outbox")
        self._lock = LockFile(path.with_name(path.name + ".lock"))
        try:
            self._kept = KeptFile("outbox", path, OutboxFile, renewed=lambda: telemetry.failed("outbox"))
        except BaseException:
            self._lock.close()
            raise

    async def put(self, deliveries: Iterable[Delivery]) -> None:
        """They are on disk when this returns: what follows may be promised. Raises `StorageError`."""
        new = list(deliveries)
        dropped = await self._on_file(lambda file: file.put(new, self._limit_bytes, self._now()))
        if dropped:
            self._telemetry.deliveries_dropped(dropped)
            _log.error("the outbox is full: %d notifications were dropped, resolved and lesser ones first", dropped)
        for channel in {delivery.channel for delivery in new} & self._wake.keys():
            self._wake[channel].set()

    async def waiting(self) -> int:
        return await self._on_file(lambda file: file.waiting)

    async def fullness_ratio(self) -> float:
        """Of the bytes that may wait, from 0 to 1."""
        return await self._on_file(lambda file: file.size_bytes) / self._limit_bytes

    async def settled(self, limit: int = 1000) -> list[Settled]:
        """What became of deliveries since history was last told."""
        return await self._on_file(lambda file: file.settled(limit))

    async def told(self, settled: Iterable[Settled]) -> None:
        """History has these."""
        known = list(settled)
        await self._on_file(lambda file: file.told(known, self._now() - REMEMBERED))

    async def run(self) -> None:
        """Deliver until cancelled. Raises `StorageError` where the disk fails: run it supervised."""
        await self._on_file(lambda file: file.release())
        refused = await self._on_file(lambda file: file.refuse_all_but(self._channels, self._now()))
        self._given_up(refused, DeliveryOutcome.REFUSED, "the configuration has no such channel any more")
        if not self._channels:
            await asyncio.Event().wait()  # Nothing to deliver, and not to be run again at once.
        try:
            async with asyncio.TaskGroup() as tasks:
                for channel in self._channels:
                    tasks.create_task(self._serve(channel), name=f"channel {channel}")
        except BaseExceptionGroup as group:
            failures, others = group.split(StorageError)
            if failures is None or others is not None:
                raise
            raise failures.exceptions[0] from None

    async def close(self) -> None:
        """Let go of the file. What waits is delivered after the next start."""
        await asyncio.gather(*self._settling, return_exceptions=True)
        await self._disk.do(self.close_now)
        self._disk.close()

    def close_now(self) -> None:
        self._kept.close()
        self._lock.close()

    async def _serve(self, channel: str) -> None:
        mood = _Mood(channel, self._backoff())
        while True:
            self._wake[channel].clear()
            expired = await self._on_file(lambda file: file.expire(GIVE_UP_AFTER, self._now()))
            self._given_up(expired, DeliveryOutcome.EXPIRED, "they waited in vain for a day")
            claim = await self._on_file(lambda file: file.claim(channel, self._now()))
            if claim is None:
                await self._idle(channel)
            elif (error := await self._deliver(claim)) is None:
                mood.took()
            else:
                await asyncio.sleep(mood.failed(error))

    async def _idle(self, channel: str) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake[channel].wait()

    async def _deliver(self, claim: Claim) -> str | None:
        """What went wrong, where it is to be tried again; a delivery that is refused for good is settled too."""
        started = time.monotonic()
        try:
            with self._tracing.delivering(claim.delivery):
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send(claim.delivery)
                self._tried(claim, "delivered", started)
        except (NotDelivered, TimeoutError) as error:
            said = self._redact(str(error) or f"no answer within {SEND_SECONDS:.0f} s")
            refused = isinstance(error, NotDelivered) and error.for_good
            self._tried(claim, "refused" if refused else "failed", started)
            if not refused:
                await self._on_file(lambda file: file.put_back(claim, said))
                return said
            _log.error("the channel %s refuses a notification for good: %s", claim.delivery.channel, said)
            await self._on_file(lambda file: file.settle(claim, DeliveryOutcome.REFUSED, self._now(), said))
            return None
        await self._write_down(claim)
        return None

    async def _write_down(self, claim: Claim) -> None:
        """Shielded, and waited for by `close`: a stop in this moment must not make it a delivery nobody wrote down."""
        settling = asyncio.create_task(
            self._on_file(lambda file: file.settle(claim, DeliveryOutcome.DELIVERED, self._now()))
        )
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)
        await asyncio.shield(settling)

    def _tried(self, claim: Claim, outcome: str, started: float) -> None:
        self._telemetry.delivery_tried(claim.delivery.channel, outcome, time.monotonic() - started)

    def _given_up(self, counts: Counter[str], outcome: DeliveryOutcome, why: str) -> None:
        for channel, count in counts.items():
            _log.error("%d notifications never reach the channel %s: %s", count, channel, why)
            for _ in range(count):
                self._telemetry.delivery_tried(channel, outcome.value, 0.0)

    async def _on_file(self, act: Callable[[OutboxFile], T]) -> T:
        return await self._disk.do(self._kept.use, act)


class _Mood:
    """Whether a channel takes what is sent to it: the first failure and the recovery are logged, and waits grow."""

    def __init__(self, channel: str, backoff: Backoff) -> None:
        self._channel, self._backoff = channel, backoff
        self._failing = False

    def took(self) -> None:
        if self._failing:
            _log.info("the channel %s takes notifications again", self._channel)
        self._failing = False
        self._backoff.reset()

    def failed(self, error: str) -> float:
        """How many seconds to leave it alone."""
        wait = self._backoff.next_seconds()
        level = logging.DEBUG if self._failing else logging.ERROR
        _log.log(level, "the channel %s takes no notifications: %s; again in %.1f s", self._channel, error, wait)
        self._failing = True
        return wait
