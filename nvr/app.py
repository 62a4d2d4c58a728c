"""The recorder as a whole: the only place where ingest, processor and exporters meet.

Frames go from a camera's queue through its analyser, and what it finds goes to the spool; the web endpoint and the
metrics read states that are cached here. One task group owns every task.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from exporters.clickhouse.client import Database
from exporters.clickhouse.orphans import Orphans
from exporters.clickhouse.queries import Queries
from exporters.clickhouse.writer import Writer
from exporters.metrics import Metrics
from exporters.spool import Spool
from exporters.web.app import create_app
from exporters.web.server import serve
from exporters.web.sources import Readiness, Sources
from ingest import volume
from ingest.camera import Camera
from ingest.disk import DiskThread
from ingest.ffmpeg import executable
from ingest.retention import Retention
from ingest.store import Store
from ingest.surroundings import Surroundings
from ingest.upkeep import Upkeep
from nvr.clock import UtcClock
from nvr.config.retention import changed
from nvr.model import CameraStatus, Fact, Frame, MotionEvent, SinkStatus, VolumeStatus
from nvr.settings import Settings
from nvr.supervise import cancelled, supervise
from nvr.systemd import Pulse, ServiceManager
from processor.analyser import CameraAnalyser

log = logging.getLogger(__name__)

SILENCE_SECONDS = 6.0
"""Without a frame for so long a camera's motion is over."""

CLOSE_SECONDS = 3.0
"""How long a stop waits for the disk to close the catalogue."""

DRAIN_SECONDS = 2.0
"""How long a stop waits for the database to take the last rows; what it does not take waits in the spool."""


class App:
    """All parts of one recorder. Constructing it opens the storage folder and the spool, and may raise NvrError."""

    def __init__(self, settings: Settings, service: ServiceManager | None = None) -> None:
        self._settings = settings
        self._service = service or ServiceManager()
        self._clock = UtcClock()
        self.metrics = Metrics(settings.site)
        self.metrics.configuration_used(self._clock.now())
        self.metrics.segments_last(settings.storage.segment_seconds)
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
            around = Surroundings(
                program=executable(),
                store=self._store,
                segment_seconds=settings.storage.segment_seconds,
                facts=self._spool,
                telemetry=self.metrics,
                clock=self._clock,
                disk_is_full=self._retention.press,
            )
            self._database = Database(database.dsn)
            motion = {name: camera.motion for name, camera in settings.cameras.items()}
            self._past = Queries(self._database, settings.site)
            orphans = Orphans(self._past, self._clock.now(), motion)
            self._writer = Writer(
                self._spool, self._database, self.metrics, keep_days=database.keep_days, orphans=orphans
            )
            self._upkeep = Upkeep(
                self._store, settings.cameras.keys(), facts=self._spool, telemetry=self.metrics, clock=self._clock
            )
            self._cameras = [Camera(camera, around) for camera in settings.cameras.values()]
            undo.pop_all()
        self._unready = "recording has not begun yet"
        self._recording: list[asyncio.Task[None]] = []
        self.metrics.watch(self)

    # What a scrape and the pages read

    def cameras(self) -> Sequence[CameraStatus]:
        return [camera.status() for camera in self._cameras]

    def volumes(self) -> Sequence[VolumeStatus]:
        return [self._retention.status]

    def sink(self) -> SinkStatus:
        return self._writer.status()

    async def readiness(self) -> Readiness:
        """Ready while recording is tried; cameras and the database may be away."""
        if self._unready:
            return Readiness(False, (self._unready,))
        if waiting := tuple(
            f"{camera.name}: its torn files are adopted" for camera in self._cameras if not camera.in_order
        ):
            return Readiness(False, waiting)
        ended = tuple(f"{task.get_name()} has ended" for task in self._recording if task.done())
        return Readiness(not ended, ended)

    def pulse(self) -> Pulse:
        """What the service manager is told. A camera records while pictures come from it."""
        cameras = [camera for camera in self.cameras() if camera.recording_wanted]
        words = f"{sum(camera.fps > 0 for camera in cameras)} of {len(cameras)} cameras recording"
        return Pulse(self._unready or words, bool(self._recording), not any(task.done() for task in self._recording))

    # Running

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
                    tasks.create_task(self._watch_clocks(), name="clocks"),
                    service,
                    web,
                ]
                self._recording = self._record(tasks)
                async with _cancelled_at_exit(*rest), _cancelled_at_exit(*self._recording):
                    self._unready = ""
                    self._service.ready()
                    await stop.wait()
                    self._unready = "it is being stopped"
                    self._service.stopping()
                    log.info("stopping: the open segments are finished")
        finally:
            await self._put_away()

    def _record(self, tasks: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        running = []
        for camera in self._cameras:
            self.metrics.add(camera.name)
            running.append(tasks.create_task(camera.run(), name=f"{camera.name} ingest"))
            running.append(tasks.create_task(self._analyse(camera), name=f"{camera.name} analysis"))
        return running

    async def _analyse(self, camera: Camera) -> None:
        """A camera's frames through its analyser, until cancelled.

        What the analyser holds back, an open event above all, is kept when no frames come any more.
        """
        analyser = CameraAnalyser(self._settings.cameras[camera.name])
        try:
            while True:
                try:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        frame = await camera.frames.get()
                except TimeoutError:
                    self._keep(analyser.finish())
                else:
                    self._judge(camera, analyser, frame)
                camera.health.motion_active = analyser.motion_active
        finally:
            self._keep(analyser.finish())

    def _judge(self, camera: Camera, analyser: CameraAnalyser, frame: Frame) -> None:
        started = time.perf_counter()
        analysis = analyser.analyse(frame)
        self._keep(analysis.facts)
        if analysis.activity.scene_change is not None:
            self.metrics.scene_changed(camera.name, analysis.activity.scene_change)
        camera.health.luma_ratio = analysis.luma_ratio
        if analysis.is_distinct:
            camera.health.last_distinct_frame_time = frame.time
        lag = (self._clock.now() - frame.time).total_seconds()
        self.metrics.frame_processed(camera.name, max(0.0, lag), time.perf_counter() - started)

    def _keep(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._spool.put(fact)
            if isinstance(fact, MotionEvent) and fact.end is None:
                self.metrics.motion_event_opened(fact)
            elif isinstance(fact, MotionEvent):
                self.metrics.motion_event_closed(fact)

    async def _export(self) -> None:
        await supervise("event sink", self._writer.run, failed=self.metrics.failed)

    async def _serve(self, listening: Callable[[int], None] | None) -> None:
        settings = self._settings
        sources = Sources(
            store=self._store,
            past=self._past,
            status=self,
            registry=self.metrics.registry,
            cameras=settings.cameras.keys(),
            site=settings.site,
            timezone=settings.timezone,
            web=settings.web,
            readiness=self.readiness,
            telemetry=self.metrics,
            housekeeping=self._retention,
            changed_limits=changed,
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
        """Hand the last rows over, as far as that goes, and close what is open."""
        await self._writer.drain(DRAIN_SECONDS)
        await self._database.close()
        await asyncio.to_thread(self._spool.close)
        disk = DiskThread("closing")
        disk.later(self._store.close)
        if not await disk.settle(CLOSE_SECONDS):
            log.error("the storage folder is left open: its disk hangs, and the process ends when that does")


@contextlib.asynccontextmanager
async def _cancelled_at_exit(*tasks: asyncio.Task[None]) -> AsyncIterator[None]:
    """At exit the tasks are cancelled, and have ended."""
    try:
        yield
    finally:
        await cancelled(*tasks)
