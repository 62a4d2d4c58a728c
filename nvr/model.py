"""The domain's nouns: what a camera delivers, what is kept of it, and what is missing.

Every timestamp is aware UTC. Every position is a fraction of the picture, origin at the top left. A picture is analysed
at 160 x 90, motion is judged on cells of 5 x 5 of its pixels, and heatmaps count on the finer 45 x 80 grid.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt

from nvr.alert import Alert

FRAME_HEIGHT, FRAME_WIDTH = 90, 160
GRID_ROWS, GRID_COLUMNS = 18, 32
HEATMAP_ROWS, HEATMAP_COLUMNS = 45, 80

Picture = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""`x, y, width, height`, as fractions of the picture."""

_EVENT_NAMESPACE = UUID("6f1a9a4e-3c2b-5b7e-9d55-0d8f3f0f6c11")


CAMERA_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)
"""What a whole camera name matches: it is a folder, a label and a part of ids."""


class Cause(StrEnum):
    """Why footage is missing or a child process ended. These are the only causes, in gaps, metrics and logs alike."""

    REFUSED = "refused"
    DNS = "dns"
    AUTH = "auth"
    NOT_FOUND = "not_found"
    TIMEOUT = "timeout"
    EOF = "eof"
    STALLED = "stalled"
    CODEC = "codec"
    RESOLUTION = "resolution"
    TIMESTAMP_JUMP = "timestamp_jump"
    ENOSPC = "enospc"
    READ_ONLY = "read_only"
    DIRECTORY_GONE = "directory_gone"
    MOUNT_MISSING = "mount_missing"
    OOM = "oom"
    CRASH = "crash"
    STUCK_IO = "stuck_io"
    CONFIG_CHANGE = "config_change"
    RECORDER_DOWN = "recorder_down"
    CLOCK_STEP = "clock_step"


class CameraState(StrEnum):
    STARTING = "starting"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    STALE = "stale"
    OFFLINE = "offline"
    STOPPED = "stopped"

    @property
    def is_up(self) -> bool:
        return self in (CameraState.HEALTHY, CameraState.DEGRADED)


class SceneChange(StrEnum):
    """A change of the whole picture that is no motion: of its light, or because someone tampers with the camera."""

    LIGHT = "light"
    COVERED = "covered"
    TURNED = "turned"
    DEFOCUSED = "defocused"
    FROZEN = "frozen"

    @property
    def is_tampering(self) -> bool:
        return self is not SceneChange.LIGHT


def stamp(time: datetime) -> str:
    """The sortable form of a UTC time used in names, to the millisecond: `20261122T170100.123Z`."""
    return time.astimezone(UTC).strftime("%Y%m%dT%H%M%S.") + f"{time.microsecond // 1000:03d}Z"


def isoformat(time: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the form of every time that leaves the recorder."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Frame:
    """One analysed picture. `picture` is `(90, 160) uint8` gray; `time` is good to one frame interval."""

    camera: str
    time: datetime
    picture: Picture


@dataclass(frozen=True, slots=True)
class FrameActivity:
    """What moved in one frame.

    `cells` are sorted indices `row * 32 + column` `(n,) uint16`; `heat` is `(45, 80) bool`, the same motion on the
    heatmap's finer grid; `score` is 0 where nothing moves and grows with the share of the picture that does, at most 1.
    Motion is confirmed by earlier frames: `onset` is the first of those in a row, None where nothing moves. In the
    `standing` cells, numbered alike, is what moved before and stands still now.
    """

    time: datetime
    score: float
    cells: npt.NDArray[np.uint16]
    heat: npt.NDArray[np.bool_]
    scene_change: SceneChange | None = None
    onset: datetime | None = None
    standing: npt.NDArray[np.uint16] = field(default_factory=lambda: np.zeros(0, np.uint16))


@dataclass(frozen=True, slots=True)
class Activity:
    """All cells that moved in one second of one camera: the row that is kept. `second` has no fraction."""

    camera: str
    second: datetime
    score: float
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeatmapCounts:
    """In how many frames of one hour each cell moved, as an increment to what was sent before.

    `counts` maps `row * 80 + column` of the 45 x 80 grid to frames; `hour` is a whole UTC hour.
    """

    camera: str
    hour: datetime
    counts: dict[int, int]


@dataclass(frozen=True, slots=True)
class MotionEvent:
    """A stretch of motion. It is published when it opens, with `end` None, and again, same `id`, when it closes.

    `start` and `end` are the first and last moving frame; the footage worth keeping is wider by the rolls.
    """

    id: UUID
    camera: str
    start: datetime
    end: datetime | None
    peak: float
    box: Box
    zones: tuple[str, ...]
    footage_start: datetime
    footage_end: datetime | None

    @staticmethod
    def identity(camera: str, start: datetime) -> UUID:
        """The event's key, fixed at detection, so that a replay after a crash writes the same row."""
        return uuid5(_EVENT_NAMESPACE, f"{camera}/{stamp(start)}")


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of footage. `path` is relative to its volume; `complete` is False while it is being written.

    `clock_step_seconds` is by how much the host's clock was set while it was written: it keeps the clock it began with.
    `clock_offset_seconds` is how far the camera's time had run ahead of our clock when it ended.
    """

    id: str
    camera: str
    start: datetime
    duration_seconds: float
    size_bytes: int
    path: str
    codec: str
    width: int
    height: int
    complete: bool = True
    clock_step_seconds: float = 0.0
    clock_offset_seconds: float = 0.0

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.duration_seconds)

    @staticmethod
    def identity(camera: str, start: datetime) -> str:
        return f"{camera}-{stamp(start)}"


@dataclass(frozen=True, slots=True)
class Gap:
    """Footage that was wanted and is missing, and why. `end` is None while it lasts."""

    camera: str
    start: datetime
    end: datetime | None
    cause: Cause

    @property
    def id(self) -> str:
        return f"{self.camera}-{stamp(self.start)}"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What was deleted, when, and under which policy. `promised_seconds` is the age that it was promised to reach."""

    segment: Segment
    deleted: datetime
    policy: str
    promised_seconds: float | None = None


Fact = Segment | Gap | MotionEvent | Activity | HeatmapCounts | Tombstone | Alert
"""Everything that ClickHouse keeps."""


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera as it is now; times are None until they first happen.

    `tampering` is what is being done to it; `alert_zones` are those that ask for alerts, and whether there is motion.
    """

    camera: str
    state: CameraState
    recording_wanted: bool
    last_frame_time: datetime | None
    last_distinct_frame_time: datetime | None
    last_connection_attempt: datetime | None
    last_successful_connection: datetime | None
    last_segment_time: datetime | None
    total_reconnects: int
    consecutive_failures: int
    last_cause: Cause | None
    fps: float
    expected_fps: float
    width: int
    height: int
    codec: str
    clock_offset_seconds: float
    luma_ratio: float
    motion_active: bool
    recorder_cpu_seconds: float
    decoder_cpu_seconds: float
    recorder_resident_bytes: int
    decoder_resident_bytes: int
    tampering: frozenset[SceneChange] = frozenset()
    alert_zones: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VolumeStatus:
    """A volume as last measured. `camera_bytes` and `oldest` are per camera; the target is what was promised.

    `made_room` is when footage last went for want of room since the start, `broke_promise` when some of it was to stay.
    """

    volume: str
    size_bytes: int
    free_bytes: int
    budget_bytes: int
    used_bytes: int
    writable: bool
    camera_bytes: dict[str, int]
    oldest: dict[str, datetime]
    retention_last_success: datetime | None
    retention_target_seconds: float | None = None
    made_room: datetime | None = None
    broke_promise: datetime | None = None


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """The way to ClickHouse as it is now: rows waiting in the spool, and whether inserts succeed."""

    up: bool
    queue_length: int
    queue_capacity: int
    spool_bytes: int
    last_success: datetime | None
