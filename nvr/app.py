"""The recorder as a whole: the only place where ingest, processor and exporters meet.

What cameras deliver is analysed, and what is found goes to the spool; the web endpoint and the metrics read states that
are cached. One task group owns every task.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import astuple

from exporters.clickhouse.anomalies import Anomalies
from exporters.clickhouse.client import Database
from exporters.clickhouse.guest import Guests
from exporters.clickhouse.hours import Hours
from exporters.clickhouse.orphans import Orphans
from exporters.clickhouse.queries import Queries
from exporters.clickhouse.writer import BATCH_ROWS, Writer
from exporters.metrics import Metrics
from exporters.notify.addresses import Addresses
from exporters.notify.builtin import Evaluator
from exporters.notify.evidence import Evidence
from exporters.notify.links import Links
from exporters.notify.notifier import Notifier
from exporters.notify.words import Place
from exporters.spool import Spool
from exporters.tracing.endpoint import collector_in
from exporters.tracing.traced_metrics import TracedMetrics
from exporters.tracing.tracing import UNTRACED, Tracing
from exporters.web.app import create_app
from exporters.web.server import serve
from exporters.web.sources import Readiness, Sources
from ingest import volume
from ingest.ffmpeg import executable
from ingest.interest import Interest
from ingest.retention import Retention
from ingest.store import Store
from ingest.surroundings import Surroundings
from ingest.upkeep import Upkeep
from nvr.change import Change
from nvr.clock import UtcClock
from nvr.commands.running import base_url
from nvr.config.file import ConfigFile
from nvr.config.retention import changed
from nvr.config.rewriting import WritableConfig
from nvr.disk import DiskThread
from nvr.masking import Secrets, secrets_of
from nvr.model import CameraStatus, SinkStatus, VolumeStatus
from nvr.motion_switch import FileMotionSwitch
from nvr.reloading import Reloading
from nvr.roster import Roster
from nvr.settings import Settings
from nvr.supervise import cancelled, supervise
from nvr.systemd import Pulse, ServiceManager

log = logging.getLogger(__name__)

CLOSE_SECONDS = 8.0
"""How long a stop waits for disks to put everything away: with finishing the segments within the unit's 30 s."""

DRAIN_SECONDS = 2.0
"""How long a stop waits for the database to take the last rows; what it does not take waits in the spool."""


class App:
    """All parts of one recorder. Constructing it opens the storage folder and the spool, and may raise NvrError.

    `file` is where the settings come from: it is read again when it changes.
    """

    def __init__(self, settings: Settings, service: ServiceManager, file: ConfigFile) -> None:
        self._settings = settings
        self._service = service
        self._clock = UtcClock()
        self._collector = collector_in(os.environ, settings.site)
        self._tracing = Tracing(self._collector.record) if self._collector else None
        self.metrics = TracedMetrics(settings.site, self._tracing) if self._tracing else Metrics(settings.site)
        if self._collector:
            self.metrics.spans = self._collector.counts.copy
        self.metrics.configuration_used(self._clock.now())
        self.metrics.segments_last(settings.storage.segment_seconds)
        self._addresses = Addresses.of(settings.web, base_url(settings.web))
        self.metrics.reached_at(*astuple(Addresses.said(settings.web)))
        database = settings.database
        with contextlib.ExitStack() as undo:
            volume.check(settings.storage.path, database.spool, mount=settings.storage.mount)
            self._store = Store(settings.storage.path)
            volume.remember(settings.storage.path, database.spool)
            undo.callback(self._store.close)
            self._spool = Spool(database.spool, database.spool_limit_bytes, self.metrics, site=settings.site)
            undo.callback(self._spool.close)
            self._retention = Retention(
                settings.storage,
                settings.own_limits,
                self._store,
                facts=self._spool,
                telemetry=self.metrics,
                clock=self._clock,
            )
            self._interest = Interest(
                self._store,
                self._spool,
                alert_zones=settings.alert_zones,
                telemetry=self.metrics,
                clock=self._clock,
            )
            around = Surroundings(
                program=executable(),
                store=self._store,
                segment_seconds=settings.storage.segment_seconds,
                facts=self._interest,
                telemetry=self.metrics,
                clock=self._clock,
                disk_is_full=self._retention.press,
                let_go=self._retention.let_go,
                timezone=settings.timezone,
            )
            self._database = Database(database.dsn)
            self._guests = Guests(self._database.dsn.directory) if self._database.dsn.directory else None
            motion = {name: camera.motion for name, camera in settings.cameras.items()}
            self._past = Queries(self._database, settings.site)
            hours = Hours(self._database, settings.site)
            self._anomalies = Anomalies(hours, settings.timezone, self.metrics, is_current=self._history_is_current)
            self._notifier = self._told(undo)
            orphans = Orphans(self._past, self._clock.now(), motion)
            self._writer = Writer(
                self._spool,
                self._database,
                self.metrics,
                keep_days=database.keep_days,
                orphans=orphans,
                tracing=self._tracing or UNTRACED,
            )
            self._roster = Roster(settings.cameras, around, named=self.metrics.add, forgotten=self.metrics.forget)
            self._upkeep = Upkeep(
                self._store, self._roster.names, facts=self._spool, telemetry=self.metrics, clock=self._clock
            )
            undo.pop_all()
        self._reloading = Reloading(file, settings, self._apply, telemetry=self.metrics, service=self._service)
        self._motion = FileMotionSwitch(
            WritableConfig(file.path, file.look), lambda: self._reloading.settings, self._reloading.reload
        )
        self._unready = "recording has not begun yet"
        self.metrics.watch(self)

    def _history_is_current(self) -> bool:
        sink = self.sink()
        return sink.up and sink.queue_length < BATCH_ROWS

    def _told(self, undo: contextlib.ExitStack) -> Notifier:
        """Whoever tells people of alerts. Its files lie beside the spool."""
        settings, directory = self._settings, self._settings.database.spool
        self._links = Links.of(directory, self._addresses.url)
        notifier = Notifier(
            settings.notifications,
            directory,
            Place(settings.site, settings.timezone, self._addresses.alerts_url),
            Evidence(self._store, self._past, self._links, settings.timezone),
            self._past,
            facts=self._spool,
            telemetry=self.metrics,
            redact=Secrets(secrets_of(settings)).redact,
            tracing=self._tracing or UNTRACED,
        )
        undo.callback(notifier.close_now)
        for channel in settings.notifications.channels:
            self.metrics.channel_added(channel)
        return notifier

    # What a scrape and the pages read

    def cameras(self) -> Sequence[CameraStatus]:
        return self._roster.statuses()

    def volumes(self) -> Sequence[VolumeStatus]:
        return [self._retention.status]

    def sink(self) -> SinkStatus:
        return self._writer.status()

    async def readiness(self) -> Readiness:
        """Ready while recording is tried; cameras and the database may be away."""
        if self._unready:
            return Readiness(False, (self._unready,))
        if waiting := tuple(f"{name}: its torn files are adopted" for name in self._roster.waiting()):
            return Readiness(False, waiting)
        ended = tuple(f"{task} has ended" for task in self._roster.ended())
        return Readiness(not ended, ended)

    def pulse(self) -> Pulse:
        """What the service manager is told. A camera records while pictures come from it."""
        cameras = [camera for camera in self.cameras() if camera.recording_wanted]
        words = f"{sum(camera.fps > 0 for camera in cameras)} of {len(cameras)} cameras recording"
        return Pulse(self._unready or words, self._roster.is_at_work, not self._roster.ended())

    # Running

    def reload(self) -> None:
        """Have the configuration read again."""
        self._reloading.ask()

    async def run(self, stop: asyncio.Event, listening: Callable[[int], None] | None = None) -> None:
        """Record until `stop` is set; the open segments are then finished first, and everything is put away."""
        try:
            async with asyncio.TaskGroup() as tasks:
                web = tasks.create_task(self._serve(listening), name="web")
                service = tasks.create_task(self._service.follow(self.pulse), name="service")
                rest = [
                    tasks.create_task(self._export(), name="export"),
                    tasks.create_task(self._retention.run(), name="retention"),
                    tasks.create_task(self._upkeep.run(), name="upkeep"),
                    tasks.create_task(self._notify(), name="notifications"),
                    tasks.create_task(self._evaluate(), name="built-in alerts"),
                    tasks.create_task(self._interest.run(), name="interest"),
                    tasks.create_task(self._anomalies.run(), name="anomalies"),
                    tasks.create_task(self._watch_clocks(), name="clocks"),
                    service,
                    web,
                ]
                async with (
                    _cancelled_at_exit(*rest),
                    self._roster.at_work(tasks),
                    _cancelled_at_exit(tasks.create_task(self._reloading.run(), name="reloading")),
                ):
                    self._unready = ""
                    self._service.ready()
                    await stop.wait()
                    self._unready = "it is being stopped"
                    self._service.stopping()
                    log.info("stopping: the open segments are finished")
        finally:
            await self._put_away()

    async def _apply(self, change: Change, settings: Settings) -> None:
        if change.limits:
            self._retention.change(settings.storage.retention, settings.own_limits)
        self._interest.alert_zones = settings.alert_zones
        await self._roster.apply(change, settings.cameras)

    async def _export(self) -> None:
        await supervise("event sink", self._writer.run, failed=self.metrics.failed)

    async def _notify(self) -> None:
        await supervise("notifications", self._notifier.run, failed=self.metrics.failed)

    async def _evaluate(self) -> None:
        if self._settings.notifications.builtin:
            evaluator = Evaluator(self, self._settings.site, self._notifier, self._addresses)
            await supervise("built-in alerts", evaluator.run, failed=self.metrics.failed)

    async def _serve(self, listening: Callable[[int], None] | None) -> None:
        settings = self._settings
        sources = Sources(
            store=self._store,
            past=self._past,
            status=self,
            registry=self.metrics.registry,
            cameras=self._roster.names,
            site=settings.site,
            timezone=settings.timezone,
            web=settings.web,
            readiness=self.readiness,
            telemetry=self.metrics,
            housekeeping=self._retention,
            changed_limits=changed,
            viewed=self._interest.viewed,
            motion=self._motion,
            alerts=self._notifier,
            links=self._links,
            guests=self._guests,
            record=self._collector.record if self._collector else None,
        )
        await serve(create_app(sources), settings.web.host, settings.web.port, listening=listening)

    async def _watch_clocks(self) -> None:
        """Each second: was the host's clock set, and is the event loop late?"""
        while True:
            due = self._clock.monotonic() + 1.0
            await asyncio.sleep(1.0)
            self.metrics.event_loop_lagged(max(0.0, self._clock.monotonic() - due))
            if step := self._clock.sample():
                self.metrics.clock_stepped(step)
                log.warning("the host's clock was set by %+.1f s", step)

    async def _put_away(self) -> None:
        """Hand the last rows over, as far as that goes, and close what is open; a disk that hangs holds up its own."""
        await asyncio.gather(
            _closed("the outbox", self._notifier.close()),
            _closed("the spool", self._hand_over()),
            _closed("the storage folder", DiskThread("closing").do(self._store.close)),
        )
        if self._collector:
            await _closed("the way of the traces", self._collector.close())

    async def _hand_over(self) -> None:
        await self._writer.drain(DRAIN_SECONDS)
        if self._guests:
            await self._guests.close()
        await self._database.close()
        await DiskThread("closing").do(self._spool.close)


async def _closed(what: str, closing: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await closing
    except TimeoutError:
        log.error("%s is left open: its disk hangs", what)


@contextlib.asynccontextmanager
async def _cancelled_at_exit(*tasks: asyncio.Task[None]) -> AsyncIterator[None]:
    """At exit the tasks are cancelled, and have ended."""
    try:
        yield
    finally:
        await cancelled(*tasks)
