"""How a camera is: what its processes report, and the state that follows from it."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from ingest.stream import Streams
from ingest.usage import Meter
from ingest.zone_watch import ZoneWatch
from nvr.model import CameraState, CameraStatus, Cause, Picture, SceneChange

STALE_SECONDS = 30.0
"""Without a frame for so long a connected camera is stale, and one that is not connected offline."""

SLOW_SECONDS = 10.0
"""Under half the expected frame rate for so long a camera is degraded."""

REPORT_SECONDS = 2.0
"""Reports of a running recorder are never so far apart."""

STEADY_SECONDS = 10.0
"""A camera that gave pictures for so long is tried again soon: it is unsteady, not gone."""

HEALTHY_SECONDS = 60.0
"""After so long without a failure earlier ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What a state is judged by; durations in seconds, None where it never happened."""

    wanted: bool
    connected: bool
    since_start: float
    since_last_frame: float | None
    failures: int
    slow_for: float


def judge(signs: Signs) -> CameraState:
    """The state that the signs mean."""
    if not signs.wanted:
        return CameraState.STOPPED
    silent = signs.since_start if signs.since_last_frame is None else signs.since_last_frame
    if silent >= STALE_SECONDS:
        return CameraState.STALE if signs.connected else CameraState.OFFLINE
    if signs.since_last_frame is None:
        return CameraState.STARTING
    if signs.failures or not signs.connected or signs.slow_for >= SLOW_SECONDS:
        return CameraState.DEGRADED
    return CameraState.HEALTHY


class FrameRate:
    """Frames a second over the last ten seconds, from a running count."""

    def __init__(self, window_seconds: float = 10.0) -> None:
        self._window = window_seconds
        self._counts: deque[tuple[float, int]] = deque()

    def count(self, now: float, frames: int) -> None:
        self._counts.append((now, frames))
        while len(self._counts) > 2 and self._counts[1][0] <= now - self._window:
            self._counts.popleft()

    def restart(self) -> None:
        self._counts.clear()

    def per_second(self, now: float) -> float:
        if len(self._counts) < 2:
            return 0.0
        (since, first), (until, last) = self._counts[0], self._counts[-1]
        if now - until > REPORT_SECONDS:  # silence is not a slower count
            until = now
        return (last - first) / max(until - since, 1e-9)


@dataclass(slots=True)
class Health:
    """A camera's vital signs, written by its processes' supervisors. Bare floats are of the monotonic clock."""

    camera: str
    started: float
    wanted: bool = True
    connected: bool = False
    last_frame: float | None = None
    last_frame_time: datetime | None = None
    last_distinct_frame_time: datetime | None = None
    last_connection_attempt: datetime | None = None
    last_successful_connection: datetime | None = None
    last_segment_time: datetime | None = None
    connections: int = 0
    consecutive_failures: int = 0
    last_cause: Cause | None = None
    expected_fps: float = 0.0
    width: int = 0
    height: int = 0
    codec: str = ""
    clock_offset_seconds: float = 0.0
    picture: Picture | None = None
    motion_active: bool = False
    tampering: frozenset[SceneChange] = frozenset()
    zones: ZoneWatch = field(default_factory=ZoneWatch)
    rate: FrameRate = field(default_factory=FrameRate)
    slow_since: float | None = None
    recorder: Meter = field(default_factory=Meter)
    decoder: Meter = field(default_factory=Meter)

    def rest(self) -> None:
        """It is not to be recorded."""
        self.wanted = self.connected = False
        self.consecutive_failures, self.last_cause, self.slow_since = 0, None, None

    def begin(self, now: float) -> None:
        """It is to be recorded again: what was before does not count."""
        self.wanted, self.started, self.last_frame = True, now, None

    def attempted(self, now: datetime) -> None:
        self.last_connection_attempt = now
        self.rate.restart()
        self.slow_since = None

    def succeeded(self, now: datetime) -> None:
        self.connected = True
        self.connections += 1
        self.last_successful_connection = now

    def failed(self, cause: Cause, running_seconds: float = 0.0) -> None:
        """A run has ended that gave pictures for so long."""
        self.connected = False
        self.consecutive_failures = 1 if running_seconds >= STEADY_SECONDS else self.consecutive_failures + 1
        self.last_cause = cause

    def seen(self, streams: Streams) -> None:
        """The camera has said what it sends."""
        self.codec, self.width, self.height = streams.codec, streams.width, streams.height
        self.expected_fps = streams.fps

    def advanced(self, monotonic: float, time: datetime, frames: int) -> None:
        """The recorder has copied pictures up to `time`, `frames` of them since the run began."""
        self.last_frame, self.last_frame_time = monotonic, time
        self.rate.count(monotonic, frames)

    def tick(self, now: float, running_seconds: float) -> None:
        """Once a second, `running_seconds` after the run's first frame."""
        if running_seconds > HEALTHY_SECONDS:
            self.consecutive_failures = 0
        slow = running_seconds > SLOW_SECONDS and self.rate.per_second(now) < self.expected_fps / 2
        self.slow_since = (self.slow_since or now) if slow else None

    def away_seconds(self, now: float) -> float:
        """For how long there has been no picture."""
        return now - (self.started if self.last_frame is None else self.last_frame)

    def state(self, now: float) -> CameraState:
        return judge(
            Signs(
                wanted=self.wanted,
                connected=self.connected,
                since_start=now - self.started,
                since_last_frame=None if self.last_frame is None else self.away_seconds(now),
                failures=self.consecutive_failures,
                slow_for=0.0 if self.slow_since is None else now - self.slow_since,
            )
        )

    @property
    def luma_ratio(self) -> float:
        """The mean gray level of the last picture, 0 black to 1 white: reckoned when it is asked for, not each time."""
        return 0.0 if self.picture is None else float(self.picture.mean()) / 255

    def status(self, now: float) -> CameraStatus:
        return CameraStatus(
            camera=self.camera,
            state=self.state(now),
            recording_wanted=self.wanted,
            last_frame_time=self.last_frame_time,
            last_distinct_frame_time=self.last_distinct_frame_time,
            last_connection_attempt=self.last_connection_attempt,
            last_successful_connection=self.last_successful_connection,
            last_segment_time=self.last_segment_time,
            total_reconnects=max(0, self.connections - 1),
            consecutive_failures=self.consecutive_failures,
            last_cause=self.last_cause,
            fps=self.rate.per_second(now) if self.connected else 0.0,
            expected_fps=self.expected_fps,
            width=self.width,
            height=self.height,
            codec=self.codec,
            clock_offset_seconds=self.clock_offset_seconds,
            luma_ratio=self.luma_ratio,
            motion_active=self.motion_active,
            recorder_cpu_seconds=self.recorder.cpu_seconds,
            decoder_cpu_seconds=self.decoder.cpu_seconds,
            recorder_resident_bytes=self.recorder.resident_bytes,
            decoder_resident_bytes=self.decoder.resident_bytes,
            tampering=self.tampering,
            alert_zones=self.zones.active(now),
        )
