"""The decoder of a camera: pictures and their times from an ffmpeg process, restarted alone when it fails.

It reads the recorder's packets, or a sub-stream of its own. Whatever happens to it, recording goes on.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ingest.anchor import Anchor
from ingest.arrivals import Arrivals
from ingest.beat import Beat
from ingest.causes import classify_error
from ingest.child import Child
from ingest.ffmpeg import decoder_command
from ingest.frames import FrameQueue
from ingest.pipe import Pipe
from ingest.placing import Placing
from ingest.reel import Reel, Shown
from ingest.usage import Meter
from nvr.clock import UtcClock
from nvr.model import Cause, Frame
from nvr.ports import Telemetry
from nvr.supervise import Backoff, auth_failure_backoff, cancelled

log = logging.getLogger(__name__)

SILENCE_SECONDS = 10.0
"""Without a picture for so long a decoder is restarted."""

START_SECONDS = 45.0
"""How long the first picture may take: one who joins late waits for a key frame, and some cameras send few."""

RECORDER_SECONDS = 5.0
"""How long a recorder that has closed its pipe may take to end."""

BACKOFF_RESET_SECONDS = 60.0
"""After running so long a decoder is restarted at once again."""

COMPLAIN_SECONDS = 60.0
"""How often it is told that pictures were skipped; all of them are counted."""

WAITING_PICTURES = 100
"""How many pictures wait for the anchor at most: a burst of twenty seconds at five a second."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Where packets come from: a recorder's pipe with its format, anchor and arrivals, or a sub-stream's URL.

    `undecodable` is called where pictures came until now and a new decoder finds none in what goes on arriving: it is
    not what it was, though the session is the same.
    """

    source: str
    packet_format: str | None = None
    packets: Pipe | None = None
    anchor: Anchor | None = None
    arrivals: Arrivals | None = None
    undecodable: Callable[[], None] = lambda: None


class Decoder:
    """Keeps one camera's decoder running and puts its pictures into a queue. `meter` sums what it uses."""

    def __init__(
        self,
        camera: str,
        program: str,
        *,
        fps: float,
        frames: FrameQueue,
        telemetry: Telemetry,
        clock: UtcClock,
        beat: Beat,
    ) -> None:
        self._camera, self._program, self._fps, self._beat = camera, program, fps, beat
        self._frames, self._telemetry, self._clock = frames, telemetry, clock
        self._pid: int | None = None
        self._last_cause: Cause | None = None
        self._last_seen: float | None = None
        self._behind_since: float | None = None
        self._changed = asyncio.Event()
        self.meter = Meter()

    def sample(self) -> None:
        """Measure what the process has used by now."""
        if self._pid is not None:
            self.meter.sample(self._pid)

    def change_rate(self, fps: float) -> None:
        """Give so many pictures a second from now on: with another process."""
        self._fps = fps
        self._changed.set()

    async def run(self, feed: Feed) -> None:
        """Decode until cancelled."""
        backoff, auth_backoff = Backoff(), auth_failure_backoff()
        self._last_seen = None
        while True:
            started, seen = self._clock.monotonic(), self._last_seen
            try:
                cause = await self._run_until_changed(feed)
            except OSError as error:  # no process, no descriptor: recording goes on all the same
                cause = classify_error(error)
            if cause is None:
                continue
            if feed.packets and cause is Cause.EOF:  # the recorder has ended, and we with it in a moment
                await asyncio.sleep(RECORDER_SECONDS)
            if cause is Cause.STALLED and seen is not None and seen == self._last_seen:
                feed.undecodable()
            self._telemetry.ffmpeg_restarted(self._camera, "decoder", cause)
            level = logging.DEBUG if cause is self._last_cause else logging.WARNING
            log.log(level, "%s: the decoder ended (%s) and is started again", self._camera, cause)
            self._last_cause = cause
            if self._clock.monotonic() - started > BACKOFF_RESET_SECONDS:
                backoff.reset()
                auth_backoff.reset()
                self._last_cause = None
            await asyncio.sleep((auth_backoff if cause is Cause.AUTH else backoff).next_seconds())

    async def _run_until_changed(self, feed: Feed) -> Cause | None:
        """Why it ended; None where it was to give another rate."""
        self._changed.clear()
        running = asyncio.create_task(self._run_once(feed), name=f"{self._camera} decoding")
        changed = asyncio.create_task(self._changed.wait(), name=f"{self._camera} rate")
        try:
            await asyncio.wait({running, changed}, return_when=asyncio.FIRST_COMPLETED)
            return running.result() if running.done() else None
        finally:
            changed.cancel()
            await cancelled(running)

    async def _run_once(self, feed: Feed) -> Cause:
        with Pipe() as pictures, Pipe() as times:
            child = await self._spawn(feed, pictures, times)
            self._pid = child.pid
            try:
                reel = Reel(pictures, times, arrival_counts=feed.anchor is None)
                with self._beat.calling(reel):
                    return await self._read(child, reel, feed)
            except TimeoutError:
                return Cause.STALLED
            finally:
                await child.stop(patience_seconds=0.0)
                self._pid = None
                self.meter.ended()

    async def _spawn(self, feed: Feed, pictures: Pipe, times: Pipe) -> Child:
        command = decoder_command(
            self._program, feed.source, packet_format=feed.packet_format, fps=self._fps, times_fd=times.write_end
        )
        child = await Child.spawn(
            command,
            name=f"{self._camera} decoder",
            pass_fds=[times.write_end, *([feed.packets.read_end] if feed.packets else [])],
            stdout=pictures.write_end,
            level=logging.DEBUG if self._last_cause else logging.WARNING,
        )
        for pipe in (pictures, times):
            pipe.close(pipe.write_end)
        return child

    async def _read(self, child: Child, reel: Reel, feed: Feed) -> Cause:
        """Pictures and their times until the process ends. Raises TimeoutError when it falls silent.

        The first pictures come in a burst, before it is known when they were taken, and wait until it is.
        """
        placing = Placing(feed.anchor, self._clock, self._fps)
        waiting: deque[Shown] = deque(maxlen=WAITING_PICTURES)
        async with asyncio.timeout(START_SECONDS) as patience:
            while came := await reel.next():
                patience.reschedule(asyncio.get_running_loop().time() + SILENCE_SECONDS)
                for shown in came:
                    waiting.append(shown)
                    if not placing.arrived(shown.media_seconds, shown.arrived):
                        return Cause.TIMESTAMP_JUMP
                    self._place(waiting, placing, feed)
        return await child.wait()

    def _place(self, waiting: deque[Shown], placing: Placing, feed: Feed) -> None:
        placed = []
        while waiting and placing.settled:
            moment, _, picture = waiting.popleft()
            if placing.is_plausible(moment):
                self._look_for_skip(feed, moment)
                placed.append(Frame(self._camera, placing.utc(moment), picture))
        if placed:
            self._frames.put(*placed)

    def _look_for_skip(self, feed: Feed, media_seconds: float) -> None:
        """Count what arrived since the last picture and did not come out: it was dropped before the decoder."""
        if feed.anchor is None or feed.arrivals is None:
            return
        now, before = feed.anchor.unwrapped(media_seconds), self._last_seen
        self._last_seen = now
        if before is None or not (skipped := feed.arrivals.skipped(before, now, self._fps)):
            return
        self._telemetry.frames_dropped(self._camera, "decoder_behind", skipped)
        log.log(self._news(), "%s: motion was not looked for in %.1f s of pictures", self._camera, now - before)

    def _news(self) -> int:
        """The level of a complaint: one a minute is news."""
        now = self._clock.monotonic()
        if self._behind_since is not None and now - self._behind_since < COMPLAIN_SECONDS:
            return logging.DEBUG
        self._behind_since = now
        return logging.WARNING
