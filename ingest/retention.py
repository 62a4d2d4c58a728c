"""When a volume is cleaned up: where its trigger is reached, in need, by the hour, and when somebody asks."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from typing import TypeVar

from ingest import forecast
from ingest.cleanup import Cleanup
from ingest.forecast import HourBytes, Written
from ingest.reconcile import know_oldest
from ingest.retention_plan import EMERGENCY_TRIGGER, Room, resolved
from ingest.space import Space
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.disk import DiskThread
from nvr.errors import StorageError
from nvr.housekeeping import CleanupPlan, CleanupRun, Forecast
from nvr.model import Fact, Segment, VolumeStatus
from nvr.ports import FactSink, Telemetry
from nvr.settings import RetentionSettings, StorageSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

PERIOD_SECONDS = 2.0
"""How often the volume is measured: on a small one that others fill there may be room for seconds only."""

TRIAL_SECONDS = 10.0
"""How often a byte is written to it, to see whether that can be done."""

LEAST_PAUSE_SECONDS = 1.0
"""A disk that is full says so at every turn."""

HANGING_SECONDS = 10.0
"""A disk that takes longer over a look and what is to be deleted hangs."""

LONGEST_PAUSE_SECONDS = 3600.0
"""Footage reaches its limit at any time: a clean-up looks for it at least so often."""

RESERVE_SECONDS = 15.0
"""Room for so much recording is always made: a disk that others fill has it for no longer than until the next look."""

FRUITLESS_GROWTH, FRUITLESS_SECONDS = 0.005, 600.0
"""Where nothing may go it is tried again when so much more of the budget is used, or after so long."""

FORECAST_DAYS = 28

UNLIMITED_BYTES = 1 << 62
"""A budget while what is used of it is not known."""


class Retention:
    """Keeps one volume within its limits. `last_run` is what the last clean-up did."""

    def __init__(
        self,
        settings: StorageSettings,
        cameras: Mapping[str, RetentionSettings],
        store: Store,
        *,
        facts: FactSink,
        telemetry: Telemetry,
        clock: UtcClock,
    ) -> None:
        self._store, self._facts, self._telemetry, self._clock = store, facts, telemetry, clock
        self._cleanup = Cleanup(store, settings.retention, cameras, facts=facts, telemetry=telemetry, clock=clock)
        self._disk = DiskThread("retention")
        self._last_success: datetime | None = None
        self._made_room: datetime | None = None
        self._broke_promise: datetime | None = None
        self.last_run: CleanupRun | None = None
        self._cleaned_at, self._fruitless_bytes = -inf, -inf
        self._is_full = False
        self._tried_at, self._is_writable = -inf, False
        self._woken = asyncio.Event()
        self._space = Space.of(store.root)
        self._measured = self._measure()
        self._waiting_since: float | None = None

    @property
    def status(self) -> VolumeStatus:
        """As last measured; a disk that hangs cannot be written."""
        since = self._waiting_since
        hangs = since is not None and self._clock.monotonic() - since > HANGING_SECONDS
        return replace(self._measured, writable=False) if hangs else self._measured

    def change(self, volume: RetentionSettings, cameras: Mapping[str, RetentionSettings]) -> None:
        """Other limits hold from now on."""
        self._cleanup.volume, self._cleanup.cameras = volume, cameras
        self._cleaned_at = -inf
        self._woken.set()

    def press(self) -> None:
        """The disk has refused for want of room: make some at once. From the event loop's thread."""
        self._is_full = True
        self._woken.set()

    async def run(self) -> None:
        """Look every other second, until cancelled. A disk that refuses is logged and counted, and looked at again."""
        failing = False
        while True:
            try:
                await self._in_turn(self.run_once)
                failing = False
            except (StorageError, OSError) as error:
                self._telemetry.failed("retention")
                log.log(logging.DEBUG if failing else logging.ERROR, "retention failed: %s", error)
                failing = True
            await self._pause()

    async def clean_up(self) -> CleanupRun:
        """Do it now, after what is being done, and say what went. Raises StorageError, OSError where nothing could."""
        return await self._in_turn(self._run_asked)

    async def let_go(self, segments: Sequence[Segment]) -> None:
        """Delete these now: nothing moved in them. Raises StorageError."""
        await self._in_turn(lambda: self._cleanup.let_go(segments))

    def _run_asked(self) -> CleanupRun:
        """Where not all could be deleted, what was says so too."""
        before = self.last_run
        try:
            self.run_once(asked=True)
        except StorageError:
            if self.last_run is before:
                raise
        assert self.last_run is not None
        return self.last_run

    async def _in_turn(self, work: Callable[[], T]) -> T:
        self._waiting_since = self._clock.monotonic()
        try:
            return await self._disk.do(work)
        finally:
            self._waiting_since = None

    async def _pause(self) -> None:
        await asyncio.sleep(LEAST_PAUSE_SECONDS)
        try:
            async with asyncio.timeout(PERIOD_SECONDS - LEAST_PAUSE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    def run_once(self, *, asked: bool = False) -> None:
        """Measure, and clean up where that is due. Raises StorageError and OSError."""
        now = self._clock.now()
        self._measure_again()
        is_full, self._is_full = self._is_full, False
        minute = self._store.catalogue.bytes_since(now - timedelta(seconds=60))
        next_bytes = int(minute / 60 * RESERVE_SECONDS)
        urgent = self._space.urgent_bytes(self._measured.used_bytes, next_bytes=next_bytes, is_full=is_full)
        if self._store.is_in_doubt:
            self._make_room_in_doubt(urgent, now, asked=asked)
        elif asked or urgent or self._is_due():
            self._clean_up(Room(self._measured.budget_bytes, urgent))
        self._last_success = now
        self._measure_again()

    def _make_room_in_doubt(self, urgent_bytes: int, now: datetime, *, asked: bool) -> None:
        """The oldest that is known may be the newest there is: what goes in need is looked for on the disk first."""
        if urgent_bytes:
            for found in know_oldest(self._store, urgent_bytes, now):
                facts: list[Fact] = [*found.indexed, *found.missing]
                for fact in facts:
                    self._facts.put(fact)
            self._clean_up(Room(UNLIMITED_BYTES, urgent_bytes))
        elif asked:
            raise StorageError("files and catalogue are being compared, try again later", path=self._store.root)

    def _clean_up(self, room: Room) -> None:
        run = self.last_run = self._cleanup.run(room)
        self._telemetry.cleaned_up(run)
        self._note_need({step.policy for step in run.steps})
        self._cleaned_at = self._clock.monotonic()
        self._fruitless_bytes = -inf if run.steps else self._measured.used_bytes
        if run.error:
            raise StorageError(f"not all could be deleted, {run.error}", path=self._store.root)

    def _note_need(self, policies: set[str]) -> None:
        if policies & {"budget", "camera_budget", "emergency"}:
            self._made_room = self._clock.now()
        if "emergency" in policies:
            self._broke_promise = self._clock.now()

    def _is_due(self) -> bool:
        since = self._clock.monotonic() - self._cleaned_at
        if since >= self._longest_pause():
            return True
        grown = self._measured.used_bytes - self._fruitless_bytes
        hopeless = grown < FRUITLESS_GROWTH * self._measured.budget_bytes and since < FRUITLESS_SECONDS
        return self._is_over() and not hopeless

    def _longest_pause(self) -> float:
        limits = (self._cleanup.volume, *self._cleanup.cameras.values())
        shortest = min(min(each.delete_after.continuous, each.delete_after.motion) for each in limits)
        return min(LONGEST_PAUSE_SECONDS, shortest / 20)

    def _is_over(self) -> bool:
        """Whether the volume or a camera has reached its trigger."""
        budget, cameras = self._measured.budget_bytes, self._cleanup.cameras
        if self._measured.used_bytes >= min(self._cleanup.volume.trigger, EMERGENCY_TRIGGER) * budget:
            return True
        used = self._measured.camera_bytes
        return any(used.get(name, 0) >= own.trigger * resolved(own.budget, budget) for name, own in cameras.items())

    # Telling

    @property
    def limits(self) -> RetentionSettings:
        """What holds for the volume."""
        return self._cleanup.volume

    def preview(self, camera: str | None = None) -> CleanupPlan:
        """What a clean-up would do now, of one camera or of all. Touches the disk."""
        return self._cleanup.preview(Room(self._measured.budget_bytes), camera)

    def forecast(self) -> Forecast:
        """What the cameras' last weeks lead to. Touches the disk."""
        return self.forecast_with(self._cleanup.volume)

    def forecast_with(self, limits: RetentionSettings) -> Forecast:
        """As `forecast`, with other limits and another budget."""
        measured = self._measured
        available = measured.free_bytes + measured.used_bytes
        written = self._written()
        return forecast.forecast(
            forecast.mean_weeks(written, self._clock.now()),
            seen_seconds=max((each.seconds for each in written.values()), default=0.0),
            used_bytes=measured.used_bytes,
            budget_bytes=limits.budget.resolve(available),
            limits=limits,
            now=self._clock.now(),
        )

    def weeks(self) -> dict[str, HourBytes]:
        """What each camera writes in the hours of a mean week. Touches the disk."""
        return forecast.mean_weeks(self._written(), self._clock.now())

    def _written(self) -> dict[str, Written]:
        return self._store.catalogue.written(self._clock.now() - timedelta(days=FORECAST_DAYS))

    def _measure_again(self) -> None:
        """Raises MountMissing, and keeps the last measure, where another disk would be measured."""
        try:
            self._store.check_mounted()
        except StorageError:
            self._measured = replace(self._measured, writable=False)
            raise
        self._measured = self._measure()

    def _measure(self) -> VolumeStatus:
        self._space = Space.of(self._store.root)
        sizes = self._store.catalogue.sizes()
        used, volume = sum(size for size, _ in sizes.values()), self._cleanup.volume
        return VolumeStatus(
            volume=str(self._store.root),
            size_bytes=self._space.size_bytes,
            free_bytes=self._space.free_bytes,
            budget_bytes=volume.budget.resolve(self._space.free_bytes + used),
            used_bytes=used,
            writable=self._try(),
            camera_bytes={camera: size for camera, (size, _) in sizes.items()},
            oldest={camera: start for camera, (_, start) in sizes.items()},
            retention_last_success=self._last_success,
            retention_target_seconds=volume.keep_at_least.continuous,
            made_room=self._made_room,
            broke_promise=self._broke_promise,
        )

    def _try(self) -> bool:
        now = self._clock.monotonic()
        if now - self._tried_at >= TRIAL_SECONDS or not self._store.is_mounted():
            self._tried_at, self._is_writable = now, self._store.is_writable()
        return self._is_writable
