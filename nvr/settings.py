"""The resolved configuration as plain values: no YAML, no pydantic, no environment. `nvr.config` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from math import ceil, inf
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

Polygon = tuple[tuple[float, float], ...]
"""At least three corners as `(x, y)` fractions of the picture."""


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """What counts as motion. Areas are shares of the picture, `sensitivity` is 0 to 100, higher finds more. An event
    waits so long for what stands still to move on."""

    sensitivity: int = 50
    fps: float = 5.0
    min_area: float = 0.0
    max_area: float = 1.0
    min_duration_seconds: float = 0.0
    off_after_seconds: float = 3.0
    stands_for_seconds: float = 10.0
    cooldown_seconds: float = 0.0
    pre_roll_seconds: float = 5.0
    post_roll_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the picture with a name; None means the camera's own value, or any direction.

    Motion touches it once it moves in that direction, and has been there for so long.
    """

    name: str
    points: Polygon
    sensitivity: int | None = None
    min_area: float | None = None
    max_area: float | None = None
    direction: Literal["left", "right", "up", "down"] | None = None
    loiter_seconds: float = 0.0
    alert: bool = False


MOST_OF_A_VOLUME = 0.97
"""The share of what a volume offers that footage may take, whatever the budget says."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much footage may take of what its volume offers (free space and the footage itself).

    One of three: a share of it, so many bytes, or all but the bytes that are to stay free.
    """

    fraction: float | None = 0.9
    size_bytes: int | None = None
    free_bytes: int | None = None

    def resolve(self, available_bytes: int) -> int:
        """The budget in bytes where `available_bytes` are free or footage already; it never fills the disk."""
        if self.size_bytes is not None:
            return min(self.size_bytes, int(MOST_OF_A_VOLUME * available_bytes))
        if self.free_bytes is not None:
            return min(max(0, available_bytes - self.free_bytes), int(MOST_OF_A_VOLUME * available_bytes))
        assert self.fraction is not None
        return int(min(self.fraction, MOST_OF_A_VOLUME) * available_bytes)


WHOLE = Budget(fraction=1.0)
"""The budget of a camera that has none of its own: the volume's."""


@dataclass(frozen=True, slots=True)
class Ages:
    """An age of footage in seconds for each class of it, infinite where it is never reached."""

    continuous: float
    motion: float
    protected: float = inf


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long footage stays. Clean-up begins at `trigger` and ends at `target`, shares of the budget.

    `keep_at_least` is promised, `delete_after` is the limit. A camera's budget is taken from the volume's.
    """

    budget: Budget = Budget()
    keep_at_least: Ages = Ages(7 * 86400.0, 7 * 86400.0)
    delete_after: Ages = Ages(30 * 86400.0, 30 * 86400.0)
    trigger: float = 0.85
    target: float = 0.75


class RecordingMode(StrEnum):
    """What is kept of what a camera sends: all of it, what is around motion, or nothing."""

    CONTINUOUS = "continuous"
    MOTION = "motion"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class WeeklyRange:
    """A mode for a part of some days, 0 being Monday. `begin` and `end` are seconds since midnight by the clock on the
    wall; where `end` is not the later one the range reaches into the next day."""

    days: frozenset[int]
    begin: int
    end: int
    mode: RecordingMode


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """`mode` is what holds outside the schedule, of which later ranges win where they overlap."""

    mode: RecordingMode = RecordingMode.CONTINUOUS
    schedule: tuple[WeeklyRange, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """`record` and `detect` are URLs or absolute paths and may hold credentials: never log them."""

    name: str
    record: str = field(repr=False)
    detect: str | None = field(default=None, repr=False)
    audio: Literal["auto", "off"] = "auto"
    motion: MotionSettings = MotionSettings()
    zones: tuple[Zone, ...] = ()
    masks: tuple[Polygon, ...] = ()
    retention: RetentionSettings | None = None
    recording: RecordingSettings = RecordingSettings()


@dataclass(frozen=True, slots=True)
class StorageSettings:
    path: Path
    mount: Path | None = None
    segment_seconds: float = 60.0
    retention: RetentionSettings = RetentionSettings()


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """`dsn` is `chdb:///absolute/path` or `http(s)://user:password@host:port/database`; it may hold a password.

    Rows may go when they are `keep_seconds` old; None keeps them for ever.
    """

    dsn: str = field(repr=False)
    spool: Path
    spool_limit_bytes: int = 1 << 30
    keep_seconds: float | None = None

    @property
    def keep_days(self) -> int | None:
        """ClickHouse counts in whole days; a part of one counts as one."""
        return None if self.keep_seconds is None else ceil(self.keep_seconds / 86400)


@dataclass(frozen=True, slots=True)
class WebSettings:
    host: str = "127.0.0.1"
    port: int = 8080
    external_url: str = ""
    grafana_url: str = ""
    docs_url: str = ""
    token: str | None = field(default=None, repr=False)

    @property
    def prefix(self) -> str:
        """The path below which people reach the recorder, such as `/nvr`; empty where it has a host of its own."""
        return urlsplit(self.external_url).path


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` of each day, past midnight where `end` is the earlier one, on the site's clock."""

    start: time
    end: time

    def end_after(self, moment: datetime) -> datetime | None:
        """When they end, where `moment`, which carries the site's time zone, lies in them."""
        clock, today = moment.time(), moment.date()
        if self.start < self.end:
            inside, day = self.start <= clock < self.end, today
        else:
            inside = clock >= self.start or clock < self.end
            day = today + timedelta(days=1) if clock >= self.start else today
        return datetime.combine(day, self.end, moment.tzinfo) if inside else None


Severity = Literal["info", "warning", "critical"]
ChannelKind = Literal["email", "chat", "sms", "webhook"]


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One way to people. `url` is Apprise's, or a webhook's, and a secret as a whole: never log it, nor `token`."""

    name: str
    url: str = field(repr=False)
    kind: ChannelKind
    min_severity: Severity = "info"
    quiet_hours: QuietHours | None = None
    send_resolved: bool = True
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """Who is told of alerts: the channels of each receiver. `builtin` is whether the recorder finds them itself."""

    receivers: Mapping[str, tuple[ChannelSettings, ...]] = field(default_factory=dict)
    builtin: bool = False

    @property
    def channels(self) -> dict[str, ChannelSettings]:
        """All of them, each as `receiver/channel`."""
        return {f"{name}/{each.name}": each for name, channels in self.receivers.items() for each in channels}


LogFormat = Literal["human", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class LogSettings:
    """How the recorder tells what happens, on standard error."""

    format: LogFormat = "human"
    level: LogLevel = "info"


@dataclass(frozen=True, slots=True)
class Settings:
    site: str
    timezone: ZoneInfo
    storage: StorageSettings
    database: DatabaseSettings
    web: WebSettings
    cameras: Mapping[str, CameraSettings]
    notifications: NotificationSettings = field(default_factory=NotificationSettings)
    log: LogSettings = LogSettings()

    @property
    def own_limits(self) -> dict[str, RetentionSettings]:
        """How long the footage stays of those cameras that have limits of their own."""
        return {name: camera.retention for name, camera in self.cameras.items() if camera.retention}

    @property
    def alert_zones(self) -> dict[str, frozenset[str]]:
        """Those of each camera's zones in which motion is to be told of."""
        return {
            name: frozenset(zone.name for zone in camera.zones if zone.alert) for name, camera in self.cameras.items()
        }
