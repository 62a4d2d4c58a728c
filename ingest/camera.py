"""A camera that is kept recording: run after run, with back-off between them, its gaps and its health on record."""

import asyncio
import contextlib
import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

from ingest.causes import classify_error
from ingest.decoder import Decoder, Feed
from ingest.frames import FrameQueue
from ingest.gaps import Arrival, GapLedger
from ingest.health import STEADY_SECONDS, Health
from ingest.reconcile import adopt
from ingest.recorder import Recorder
from ingest.ring import Ring
from ingest.schedule import Schedule
from ingest.stream import Streams, remember, remembered
from ingest.surroundings import Surroundings
from ingest.timetable import Timetable
from ingest.weeding import weed
from nvr.disk import DiskThread
from nvr.errors import StorageError
from nvr.model import CameraStatus, Cause
from nvr.settings import CameraSettings
from nvr.supervise import Backoff, auth_failure_backoff, cancelled

log = logging.getLogger(__name__)

LEAST_WAIT_SECONDS = 0.5
"""A camera that went a moment ago may be waited for so long."""

QUEUE_SECONDS = 4.0
"""How much the processor may fall behind before the oldest frames are dropped."""

SETTLING_SECONDS = 3.0
"""How long the end waits for the disk."""


class Camera:
    """One camera's ingest. `run` records until cancelled; `frames` has what is to be analysed.

    `in_order` says that what an earlier run left is adopted, and recording is tried.
    """

    def __init__(self, settings: CameraSettings, around: Surroundings, arrival: Arrival = Arrival.START) -> None:
        schedule = Schedule(settings.recording, around.timezone)
        self._timetable = Timetable(schedule, around.clock)
        marks = around.store.catalogue.motion
        self.ring = Ring(around.facts, schedule, settings.motion, around.segment_seconds, note=marks.note)
        around = replace(around, facts=self.ring)
        self._settings, self._around, self.name = settings, around, settings.name
        self._arrival = arrival
        fps = settings.motion.fps
        self.frames = FrameQueue(self.name, _most_waiting(fps), around.telemetry)
        self.health = Health(self.name, around.clock.monotonic(), schedule.is_wanted(around.clock.now()))
        self._disk = DiskThread(f"{self.name} disk")
        self._gaps = GapLedger(
            self.name, around.store.catalogue, around.facts, around.telemetry, around.clock, aside=self._disk.later
        )
        self.in_order = False
        self._decoder = Decoder(
            self.name,
            around.program,
            fps=fps,
            frames=self.frames,
            telemetry=around.telemetry,
            clock=around.clock,
            beat=around.beat,
        )
        self.health.decoder = self._decoder.meter
        self._folder = around.store.camera_folder(self.name)
        self._handling = remembered(self._folder)
        self._streams: Streams | None = None
        self._just_changed = False
        self._backoff = Backoff()
        self._auth_backoff = auth_failure_backoff()

    def status(self) -> CameraStatus:
        return self.health.status(self._around.clock.monotonic())

    def change(self, settings: CameraSettings) -> None:
        """Other motion settings or times hold, from the next second on; recording goes on where it is still wanted.

        The decoder is begun anew where its rate changes.
        """
        if settings.recording != self._settings.recording:
            self._timetable.schedule = Schedule(settings.recording, self._around.timezone)
            self.ring.reschedule(self._timetable.schedule, self._around.clock.now())
        if settings.motion.fps != self._settings.motion.fps:
            self.frames.capacity = _most_waiting(settings.motion.fps)
            self._decoder.change_rate(settings.motion.fps)
        self.ring.change(settings.motion)
        self._settings = settings

    async def run(self) -> None:
        """Record, and analyse the sub-stream where there is one, until cancelled."""
        try:
            await self._put_in_order()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._account(), name=f"{self.name} accounts")
                tasks.create_task(self._keep_to_times(), name=f"{self.name} times")
                weeding = weed(self.name, self.ring, self._around.let_go, self._around.telemetry)
                tasks.create_task(weeding, name=f"{self.name} weeding")
        finally:
            self._gaps.end(self._around.clock.now())
            if not await self._disk.settle(SETTLING_SECONDS):
                log.error("%s: the disk hangs, and is left behind", self.name)
            self._disk.close()

    async def _put_in_order(self) -> None:
        """What an earlier process left, before anything is recorded. A disk that refuses is asked again."""
        level = logging.ERROR
        while not self.in_order:
            try:
                for step in (self._adopt_leftovers, self._close_left_open, self._begin_accounts):
                    await self._disk.do(step)
                self.in_order = True
            except (OSError, StorageError) as error:
                log.log(level, "%s: cannot be recorded yet: %s", self.name, error)
                level = logging.DEBUG
                if classify_error(error) is Cause.ENOSPC:
                    self._around.disk_is_full()
                await asyncio.sleep(self._backoff.next_seconds())
        self._backoff.reset()

    async def _account(self) -> None:
        """Each second: what should have been recorded by now, and for how long footage is missing."""
        clock, telemetry = self._around.clock, self._around.telemetry
        last = clock.monotonic()
        while True:
            await asyncio.sleep(1.0)
            now = clock.monotonic()
            if self.health.wanted:
                telemetry.recording_expected(self.name, now - last)
            self._gaps.tick()
            last = now

    def _begin_accounts(self) -> None:
        now = self._around.clock.now()
        self._gaps.begin(now, self._arrival)
        self._gaps.keep_only(self._timetable.schedule, now)

    async def _keep_to_times(self) -> None:
        """Record whenever it is wanted. At other times nothing runs, and nothing is missing."""
        timetable = self._timetable
        while True:
            if not timetable.is_wanted:
                await self._rest(timetable)
            async with asyncio.TaskGroup() as tasks:
                doing = [tasks.create_task(self._record(), name=f"{self.name} record")]
                if self._settings.detect:
                    decoding = self._decoder.run(Feed(self._settings.detect))
                    doing.append(tasks.create_task(decoding, name=f"{self.name} decoder"))
                await timetable.ends()
                self.health.rest()
                await cancelled(*doing)

    async def _rest(self, timetable: Timetable) -> None:
        clock = self._around.clock
        self.health.rest()
        self._gaps.end(clock.now())
        log.info("%s: not recorded %s, as its schedule says", self.name, timetable.next_words)
        await timetable.begins()
        self.health.begin(clock.monotonic())
        self._gaps.begin(clock.now(), Arrival.ADDED)

    async def _record(self) -> None:
        while True:
            decoder = None if self._settings.detect else self._decoder
            began = self._around.clock.now()
            recorder = Recorder(
                self._settings,
                self._around,
                health=self.health,
                gaps=self._gaps,
                disk=self._disk,
                decoder=decoder,
                handling=self._handling,
                before=self._streams,
            )
            try:
                await self._around.starts.enter()
                await self._disk.do(self._adopt_leftovers)
                cause = await recorder.run_once()
            except (OSError, StorageError) as error:
                log.error("%s: %s", self.name, error)
                cause = classify_error(error)
            footage_end = recorder.footage.end if recorder.footage else None
            self._gaps.lost(cause, footage_end or began, self._around.clock.now())
            await asyncio.sleep(self._consequences(recorder, cause))

    def _consequences(self, recorder: Recorder, cause: Cause) -> float:
        """Put a run's end on record; returns how many seconds to wait before the next."""
        handling = recorder.streams.handling(self._handling) if recorder.streams else self._handling
        changed, self._handling = handling != self._handling, handling
        if changed and not self._just_changed:  # once without a wait: some cameras change their minds for ever
            self._just_changed = True
            self._disk.later(partial(remember, self._folder, handling))
            log.info("%s: begun anew, to suit what the camera sends", self.name)
            return 0.0
        self._just_changed = changed
        self._streams = recorder.streams or self._streams
        self._around.telemetry.ffmpeg_restarted(self.name, "recorder", cause)
        if cause is Cause.ENOSPC:
            self._around.disk_is_full()
        if not recorder.running_seconds:
            self._around.telemetry.connected(self.name, "failed")
        if recorder.running_seconds >= STEADY_SECONDS:
            self._backoff.reset()
        if cause is not Cause.AUTH:
            self._auth_backoff.reset()
        news = cause is not self.health.last_cause or not self.health.consecutive_failures
        self.health.failed(cause, recorder.running_seconds)
        wait = self._wait(recorder, cause)
        level = logging.WARNING if news else logging.DEBUG
        log.log(level, "%s: recording ended (%s), connecting again in %.1f s", self.name, cause, wait)
        return wait

    def _wait(self, recorder: Recorder, cause: Cause) -> float:
        if cause is Cause.RESOLUTION and recorder.running_seconds >= STEADY_SECONDS:
            return 0.0  # the camera is there
        if cause is Cause.AUTH:
            return self._auth_backoff.next_seconds()
        # Not much longer than it has been away: what a camera's return finds of us is in proportion to its outage.
        return min(
            self._backoff.next_seconds(),
            max(LEAST_WAIT_SECONDS, self.health.away_seconds(self._around.clock.monotonic()) / 2),
        )

    def _adopt_leftovers(self) -> None:
        """Files that an earlier run could not finish, of this process or of the one before."""
        for segment in adopt(self._around.store, self.name, self._around.telemetry):
            self._around.facts.put(segment)

    def _close_left_open(self) -> None:
        """Motion that a recorder saw when it was killed lasted as long as its footage."""
        catalogue, roll = self._around.store.catalogue, timedelta(seconds=self._settings.motion.post_roll_seconds)
        with contextlib.suppress(StorageError):  # it is marked for longer then, and the catalogue complains elsewhere
            if end := catalogue.last_end(self.name):
                catalogue.motion.close_left_open(self.name, end + roll)


def _most_waiting(fps: float) -> int:
    """How many frames may wait for the processor."""
    return max(2, int(QUEUE_SECONDS * fps))
