"""One run of a camera's recorder: from connecting to the end, for whatever reason it comes.

The recorder process copies the camera's packets into numbered files and into a pipe for the decoder. Here its reports
are read, its closed files get their names, its growth is watched and synced to disk, and its end gets a cause.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar

from ingest.causes import classify_error
from ingest.child import Child
from ingest.decoder import Decoder, Feed
from ingest.ffmpeg import AudioMode, Pipes, recorder_command
from ingest.footage import Footage
from ingest.gaps import GapLedger
from ingest.health import Health
from ingest.keeping import Keeping
from ingest.pipe import Pipe, drained, lines
from ingest.progress import Progress, ProgressReader
from ingest.reception import Reception
from ingest.run import Run, parse_list_line
from ingest.stream import Handling, StreamListener, Streams
from ingest.surroundings import Surroundings
from ingest.watch import Watch
from nvr.disk import DiskThread
from nvr.errors import StorageError
from nvr.model import Cause
from nvr.settings import CameraSettings
from nvr.supervise import cancelled

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

ADOPT_SECONDS = 10.0
"""How long naming the last files may take before the disk hangs."""

HANGING_SECONDS = 1.0
"""As that, where the disk is known to hang."""

READ_OUT_SECONDS = 2.0
"""How long what a dead process has left in its pipes may take to be read, and its files to be named."""

SETTLED_SECONDS = 3.0
"""How long the first files of a run wait for its anchor to settle before they are named."""


class Recorder:
    """One run. `run_once` ends with the cause of its end."""

    def __init__(
        self,
        settings: CameraSettings,
        around: Surroundings,
        *,
        health: Health,
        gaps: GapLedger,
        disk: DiskThread,
        decoder: Decoder | None,
        handling: Handling,
        before: Streams | None = None,
    ) -> None:
        self._settings, self._around, self._health, self._gaps, self._disk = settings, around, health, gaps, disk
        self._decoder, self._handling, self._before = decoder, handling, before
        self._camera = settings.name
        self._reception = Reception(health, around.telemetry, around.clock)
        self._change: Cause | None = None
        self._decoding: asyncio.Task[None] | None = None
        self._closing = False
        self._ended: asyncio.Future[Cause] = asyncio.get_running_loop().create_future()
        self._listener = StreamListener()
        self.footage: Footage | None = None

    @property
    def running_seconds(self) -> float:
        """How long pictures have been coming."""
        return self._reception.running_seconds

    @property
    def streams(self) -> Streams | None:
        """What the camera was seen to send."""
        return self._listener.heard

    @property
    def _audio(self) -> AudioMode:
        if self._settings.audio == "off":
            return "off"
        return "copy" if self._handling.copy_audio else "transcode"

    async def run_once(self) -> Cause:
        """Record until something ends it, and say what. Cancelled, it finishes its files first."""
        clock = self._around.clock
        self._health.attempted(clock.now())
        run = await self._disk.do(self._around.store.begin_run, self._camera, clock.now())
        footage = self.footage = self._footage_of(run)
        with contextlib.ExitStack() as pipes:
            packets, segments, progress = (pipes.enter_context(Pipe()) for _ in range(3))
            child = await self._spawn(run, packets, segments, progress)
            readers = [
                asyncio.create_task(self._read_progress(progress, packets, footage), name=f"{self._camera} progress"),
                asyncio.create_task(self._read_segments(segments, footage), name=f"{self._camera} segments"),
            ]
            watch = asyncio.create_task(self._watch(run, child, footage), name=f"{self._camera} watch")
            try:
                return await self._first_cause(child, [watch, *readers])
            finally:
                await self._close(child, packets, footage, [watch, *readers])

    def _footage_of(self, run: Run) -> Footage:
        around = self._around
        return Footage(
            run,
            self._reception.anchor,
            store=around.store,
            facts=around.facts,
            telemetry=around.telemetry,
            gaps=self._gaps,
            health=self._health,
        )

    async def _spawn(self, run: Run, packets: Pipe, segments: Pipe, progress: Pipe) -> Child:
        pipes = Pipes(segments.write_end, progress.write_end, packets.write_end if self._decoder else None)
        command = recorder_command(
            self._around.program,
            self._settings.record,
            run=run.name,
            segment_seconds=self._around.segment_seconds,
            audio=self._audio,
            packet_format=self._handling.packet_format,
            pipes=pipes,
        )
        child = await Child.spawn(
            command,
            name=f"{self._camera} recorder",
            pass_fds=pipes.all,
            folder=run.folder,
            listen=self._heard,
            level=logging.DEBUG if self._health.consecutive_failures else logging.WARNING,
        )
        for pipe in (packets, segments, progress):
            pipe.close(pipe.write_end)
        return child

    async def _first_cause(self, child: Child, tasks: list[asyncio.Task[None]]) -> Cause:
        """Wait for the process to end, or for us to end it; an exception of a task is a bug, and rises."""
        exited = asyncio.create_task(child.wait(), name=f"{self._camera} exit")
        waiting: set[asyncio.Future[Any]] = {exited, self._ended, *tasks}
        try:
            while not (exited.done() or self._ended.done()):
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    future.result()
            return self._ended.result() if self._ended.done() else exited.result()
        finally:
            exited.cancel()

    async def _close(self, child: Child, packets: Pipe, footage: Footage, tasks: list[asyncio.Task[None]]) -> None:
        """Stop what still runs, hear it out, then give every file that holds a picture its name."""
        self._closing = True
        watch, *readers = tasks
        watch.cancel()
        if self._decoding:
            await cancelled(self._decoding)
        with drained(packets):
            await child.stop()
        self._health.recorder.ended()
        await asyncio.wait(readers, timeout=READ_OUT_SECONDS)
        await cancelled(*tasks)
        hangs = child.running  # what SIGKILL does not end waits for a disk
        try:
            async with asyncio.timeout(HANGING_SECONDS if hangs else ADOPT_SECONDS):
                await self._on_disk(footage.adopt_rest)
        except TimeoutError:
            log.error("%s: the disk hangs, the last files get their names when it does not any more", self._camera)
            self._end(Cause.STUCK_IO)

    # What the process says

    def _heard(self, line: str) -> None:
        if streams := self._listener.feed(line):
            self._health.seen(streams)
            self._change = streams.change_since(self._before)
            if streams.handling(self._handling) != self._handling:
                self._end(Cause.CODEC)

    def _end(self, cause: Cause) -> None:
        if not self._ended.done():
            self._ended.set_result(cause)

    async def _read_progress(self, pipe: Pipe, packets: Pipe, footage: Footage) -> None:
        reader = ProgressReader()
        async with contextlib.aclosing(lines(pipe)) as reports:
            async for line in reports:
                if report := reader.feed(line):
                    self._advance(report, packets, footage)

    def _advance(self, report: Progress, packets: Pipe, footage: Footage) -> None:
        is_first = self._reception.first_frame is None
        if cause := self._reception.take(report, footage):
            self._end(cause)
        elif is_first and self._reception.first_frame is not None:
            self._connected(packets)

    def _connected(self, packets: Pipe) -> None:
        self._health.succeeded(self._around.clock.now())
        self._around.telemetry.connected(self._camera, "ok")
        log.info("%s: recording", self._camera)
        if self._decoder and not self._closing:
            feed = Feed(
                f"pipe:{packets.read_end}",
                self._handling.packet_format,
                packets,
                self._reception.anchor,
                self._reception.arrivals,
                undecodable=partial(self._end, Cause.CODEC),
            )
            self._decoding = asyncio.create_task(self._decoder.run(feed), name=f"{self._camera} decoder")
            self._decoding.add_done_callback(self._decoder_ended)

    def _decoder_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self._ended.done():
            self._ended.set_exception(error)

    async def _read_segments(self, pipe: Pipe, footage: Footage) -> None:
        async with contextlib.aclosing(lines(pipe)) as closed:
            async for line in closed:
                if (listed := parse_list_line(line)) is not None:
                    await self._settled()
                    self._reception.closed(listed[2], footage)
                    await self._on_disk(footage.closed, *listed)

    async def _settled(self) -> None:
        """Wait for the anchor to be good: what a camera's first burst fills is closed before its time is known."""
        until = self._around.clock.monotonic() + SETTLED_SECONDS
        while not (self._reception.anchor.settled or self._closing) and self._around.clock.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def _on_disk(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
        """Do something on the disk; where that fails the run ends, and its files wait for a later one."""
        try:
            return await self._disk.do(work, *arguments, **named)
        except (OSError, StorageError) as error:
            log.error("%s: %s", self._camera, error)
            self._end(classify_error(error))
            return None

    # Once a second

    async def _watch(self, run: Run, child: Child, footage: Footage) -> None:
        """Measure and judge the recording until something is wrong with it. The disk is waited for elsewhere."""
        watch = Watch(child, self._reception, health=self._health, decoder=self._decoder, clock=self._around.clock)
        async with asyncio.TaskGroup() as tasks:
            keeping = Keeping(run, footage, self._around.store)
            syncing = tasks.create_task(self._keep(keeping), name=f"{self._camera} sync")
            while not self._ended.done():
                if cause := await watch.look():
                    self._end(cause)
            syncing.cancel()

    async def _keep(self, keeping: Keeping) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._explain_gaps()
            codec = self.streams.codec if self.streams else ""
            if cause := await self._on_disk(keeping.look, codec):
                self._end(cause)

    def _explain_gaps(self) -> None:
        """Why the camera was away, as it shows itself now, and where it paused since."""
        if self._change:
            cause, self._change = self._change, None
            log.warning("%s: it came back with another %s", self._camera, cause)
            self._gaps.explain(cause)
        for start, end in self._reception.new_holes():
            log.warning("%s: no pictures for %.1f s in mid-stream", self._camera, (end - start).total_seconds())
            self._gaps.hole(Cause.STALLED, start, end)
