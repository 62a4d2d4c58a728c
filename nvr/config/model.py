"""The configuration file's shape: its keys, their defaults and how each is read. Everything is checked here."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from nvr.config import addresses, notifications, schedules, values
from nvr.config.polygons import polygon
from nvr.config.retention import DeletedAges, KeptAges, Threshold, promised
from nvr.config.values import Unusable, duration_between, number_between
from nvr.settings import (
    WHOLE,
    Budget,
    ChannelKind,
    ChannelSettings,
    LogFormat,
    LogLevel,
    NotificationSettings,
    Polygon,
    QuietHours,
    RecordingMode,
    RetentionSettings,
    Severity,
    WeeklyRange,
)


class Section(BaseModel):
    """A mapping of the file. Values never appear in an error's text."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unusable("is not text", 'put it in quotes: "..."')
    if not value.strip() or not value.isprintable():
        raise Unusable("is empty or holds control characters", "write some text, or leave the key out")
    return value


def _beside(read: Callable[[str, Path], Any]) -> Callable[[str, ValidationInfo], Any]:
    """A reader that needs the configuration file's directory."""

    def located(value: str, info: ValidationInfo) -> Any:
        assert info.context is not None
        return read(value, info.context["directory"])

    return located


def _path(value: str, directory: Path) -> Path:
    if value.startswith("~"):
        raise Unusable("begins with ~, which is not expanded", "write the path in full: /home/me/recordings")
    return (directory / value).absolute()


def _one_of(*words: str) -> Callable[[object], object]:
    def known(value: object) -> object:
        if value not in words:
            raise Unusable("is not one of its words", f"write {' or '.join(words)}")
        return value

    return known


def _switch(value: object) -> bool:
    if value in (True, False, "true", "false"):
        return value in (True, "true")
    raise Unusable("is neither true nor false", "write true or false")


def _token(value: str) -> str:
    if not value.isascii() or " " in value:
        raise Unusable("is no usable token", "use ASCII letters, digits and signs without spaces")
    return value


def _polygons(value: object) -> object:
    if not isinstance(value, list):
        raise Unusable("is not a list of polygons", "write [[[0, 0], [1, 0], [1, 0.1], [0, 0.1]]]")
    return value


Text = Annotated[str, BeforeValidator(_text)]
Switch = Annotated[bool, BeforeValidator(_switch)]
Shape = Annotated[Polygon, BeforeValidator(polygon)]
Source = Annotated[Text, AfterValidator(_beside(addresses.source))]
Page = Annotated[Text, AfterValidator(addresses.page)]
Directory = Annotated[Path, BeforeValidator(_beside(lambda value, directory: _path(_text(value), directory)))]
Name = Annotated[str, AfterValidator(values.name)]
Sensitivity = Annotated[int, BeforeValidator(number_between(0, 100, whole=True))]
Share = Annotated[float, BeforeValidator(number_between(0, 1))]
ShortTime = Annotated[float, BeforeValidator(duration_between("0s", "1h"))]
_DIRECTIONS = ("left", "right", "up", "down")
Direction = Annotated[Literal["left", "right", "up", "down"], BeforeValidator(_one_of(*_DIRECTIONS))]
Audio = Annotated[Literal["auto", "off"], BeforeValidator(_one_of("auto", "off"))]
AlertFinder = Annotated[Literal["prometheus", "builtin"], BeforeValidator(_one_of("prometheus", "builtin"))]


class MotionSection(Section):
    """Only what is set here or in `defaults` replaces the recorder's own values."""

    sensitivity: Sensitivity = 50
    fps: Annotated[float, BeforeValidator(number_between(0.5, 30))] = 5.0
    min_area: Share = 0.0
    max_area: Share = 1.0
    min_duration: ShortTime = 0.0
    off_after: ShortTime = 3.0
    stands_for: ShortTime = 10.0
    cooldown: ShortTime = 0.0
    pre_roll: ShortTime = 5.0
    post_roll: ShortTime = 5.0


class RecordingSection(Section):
    """Only what is set here or in `defaults` replaces the recorder's own values."""

    mode: Annotated[RecordingMode, BeforeValidator(schedules.mode)] = RecordingMode.CONTINUOUS
    schedule: Annotated[tuple[WeeklyRange, ...], BeforeValidator(schedules.schedule)] = ()


class ZoneSection(Section):
    points: Shape = Field(examples=["[[0.1, 0.5], [0.6, 0.5], [0.6, 1]]"])
    sensitivity: Sensitivity | None = None
    min_area: Share | None = None
    max_area: Share | None = None
    direction: Direction | None = None
    loiter: ShortTime = 0.0
    alert: Switch = False


class CameraStorageSection(Section):
    """Only what is set here replaces what holds for the volume. A share is one of the volume's budget."""

    budget: Annotated[Budget, BeforeValidator(values.budget)] = WHOLE
    keep_at_least: KeptAges = {}
    delete_after: DeletedAges = {}

    def over(self, general: RetentionSettings) -> RetentionSettings:
        """What holds for this camera."""
        return promised(general, self.budget, self.keep_at_least, self.delete_after)


class CameraSection(Section):
    record: Source = Field(examples=["rtsp://user:${PASSWORD}@camera.example/stream"], repr=False)
    detect: Source | None = Field(default=None, repr=False)
    audio: Audio = "auto"
    recording: RecordingSection = RecordingSection()
    motion: MotionSection = MotionSection()
    zones: dict[Name, ZoneSection] = {}
    masks: Annotated[tuple[Shape, ...], BeforeValidator(lambda value: tuple(_polygons(value)))] = ()
    storage: CameraStorageSection = CameraStorageSection()

    @model_validator(mode="after")
    def _streams_differ(self) -> "CameraSection":
        if self.detect == self.record:
            raise Unusable(
                "is the same stream as record", "leave it out: the recorded stream is analysed then", "detect"
            )
        return self


class DefaultsSection(Section):
    audio: Audio = "auto"
    recording: RecordingSection = RecordingSection()
    motion: MotionSection = MotionSection()


class StorageSection(Section):
    path: Directory = Field(default="./recordings", validate_default=True)
    mount: Directory | None = None
    segment: Annotated[float, BeforeValidator(duration_between("1s", "1h"))] = 60.0
    budget: Annotated[Budget, BeforeValidator(values.budget)] = Budget()
    trigger: Threshold = 0.85
    target: Threshold = 0.75
    keep_at_least: KeptAges = Field(default="7d", validate_default=True)
    delete_after: DeletedAges = Field(default="30d", validate_default=True)

    @model_validator(mode="after")
    def _agree(self) -> "StorageSection":
        if self.target > self.trigger:
            where = "target" if "target" in self.model_fields_set else "trigger"
            raise Unusable("makes clean-up end before it begins", "write a target below the trigger: 75%", where)
        self.retention  # noqa: B018  raises what is wrong with it
        return self

    @property
    def retention(self) -> RetentionSettings:
        """What holds for the volume."""
        general = RetentionSettings(trigger=self.trigger, target=self.target)
        return promised(general, self.budget, self.keep_at_least, self.delete_after)


class DatabaseSection(Section):
    dsn: Annotated[Text, AfterValidator(_beside(addresses.dsn))] = Field(
        default="chdb:///./data/clickhouse", validate_default=True, repr=False
    )
    spool: Directory = Field(default="./data/spool", validate_default=True)
    spool_limit: Annotated[int, BeforeValidator(values.size)] = 1 << 30
    keep: Annotated[float | None, BeforeValidator(values.keep)] = None


class WebSection(Section):
    listen: Annotated[tuple[str, int], BeforeValidator(lambda value: addresses.listen(str(value)))] = (
        "127.0.0.1",
        8080,
    )
    external_url: Page = ""
    grafana_url: Page = ""
    docs_url: Page = ""
    token: Annotated[Text, AfterValidator(_token)] | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _guarded(self) -> "WebSection":
        if self.token is None and not addresses.is_loopback(self.listen[0]):
            hint = "add token_file, the path of a file that holds a secret, or listen on 127.0.0.1"
            raise Unusable("is open to others without a token", hint, "listen")
        return self


class ChannelSection(Section):
    url: Annotated[Text, AfterValidator(notifications.channel_url)] = Field(
        examples=["mailto://user:${MAIL_PASSWORD}@example.com?to=me@example.com"], repr=False
    )
    kind: Annotated[ChannelKind, BeforeValidator(_one_of("email", "chat", "sms", "webhook"))] = Field(
        examples=["email"]
    )
    min_severity: Annotated[Severity, BeforeValidator(_one_of("info", "warning", "critical"))] = "info"
    quiet_hours: Annotated[QuietHours, BeforeValidator(notifications.quiet_hours)] | None = None
    send_resolved: Switch = True
    token: Annotated[Text, AfterValidator(_token)] | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "ChannelSection":
        if self.kind == "webhook":
            notifications.webhook_url(self.url)
            if self.token is not None and "@" in urlsplit(self.url).netloc:
                raise Unusable("stands beside a user name in the url, which would be sent instead", "keep one", "token")
        elif self.token is not None:
            raise Unusable("is for a webhook only", "put it into the url, as the service's page says", "token")
        return self


class ReceiverSection(Section):
    channels: dict[Name, ChannelSection] = Field(examples=["{mail: {url_file: /etc/nvr/mail, kind: email}}"])

    @model_validator(mode="after")
    def _reaches_someone(self) -> "ReceiverSection":
        if not self.channels:
            raise Unusable("names no channel", "add one: mail: {url_file: /etc/nvr/mail, kind: email}", "channels")
        return self


class NotificationsSection(Section):
    receivers: dict[Name, ReceiverSection] = {}


class LogSection(Section):
    format: Annotated[LogFormat, BeforeValidator(_one_of("human", "json"))] = "human"
    level: Annotated[LogLevel, BeforeValidator(_one_of("debug", "info", "warning", "error"))] = "info"


class ConfigSection(Section):
    site: Text = "home"
    timezone: Annotated[ZoneInfo | None, BeforeValidator(values.timezone)] = None
    storage: StorageSection = Field(default_factory=dict, validate_default=True)
    database: DatabaseSection = Field(default_factory=dict, validate_default=True)
    web: WebSection = WebSection()
    defaults: DefaultsSection = DefaultsSection()
    alerts: AlertFinder = "prometheus"
    notifications: NotificationsSection = NotificationsSection()
    log: LogSection = LogSection()
    cameras: dict[Name, CameraSection] = Field(examples=["{front-door: {record: rtsp://camera.example/stream}}"])

    @property
    def told(self) -> NotificationSettings:
        """Who is told of alerts."""
        receivers = {
            name: tuple(ChannelSettings(name=each, **dict(channel)) for each, channel in receiver.channels.items())
            for name, receiver in self.notifications.receivers.items()
        }
        return NotificationSettings(receivers, builtin=self.alerts == "builtin")

    @model_validator(mode="after")
    def _cameras_agree(self) -> "ConfigSection":
        for name, camera in self.cameras.items():
            try:
                camera.storage.over(self.storage.retention)
            except Unusable as error:
                raise Unusable(error.message, error.hint, "cameras", name, "storage", *error.below) from None
        return self
