"""What the web endpoint needs of the others, as small Protocols, and the bundle that its routes share."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from prometheus_client import CollectorRegistry

from exporters.clickhouse.guest import Answer, Question
from exporters.notify.links import Links
from exporters.notify.webhook import Group
from exporters.tracing.span import Span
from nvr.alert import Alert, Status
from nvr.clock import utc_now
from nvr.housekeeping import CleanupPlan, CleanupRun, DeletedFootage, Forecast, ProtectedFootage, Protection, View
from nvr.model import Gap, MotionEvent, Segment
from nvr.ports import StatusSource
from nvr.settings import RetentionSettings, WebSettings


class ProtectionBook(Protocol):
    """`ingest.protections.Protections`."""

    def add(self, protection: Protection) -> ProtectedFootage: ...
    def remove(self, protection_id: str) -> ProtectedFootage | None: ...
    def all(self) -> list[ProtectedFootage]: ...


class Footage(Protocol):
    """`ingest.store.Store`. It touches the disk: call it in a thread."""

    def segments(self, camera: str, start: datetime, end: datetime) -> list[Segment]: ...
    def segment(self, segment_id: str) -> Segment | None: ...
    def gaps(self, camera: str | None, start: datetime, end: datetime) -> list[Gap]: ...
    def file(self, segment: Segment) -> Path: ...


class ProtectableFootage(Footage, Protocol):
    """With what is to stay of it, and what did not."""

    @property
    def protections(self) -> ProtectionBook: ...
    def deleted(self, camera: str, start: datetime, end: datetime) -> list[DeletedFootage]: ...


class Past(Protocol):
    """`exporters.clickhouse.queries.Queries`. Raises DatabaseError while ClickHouse is away."""

    async def motion_events(
        self, camera: str | None, start: datetime, end: datetime, *, limit: int = ..., offset: int = ...
    ) -> list[MotionEvent]: ...

    async def heatmap(self, camera: str, start: datetime, end: datetime) -> tuple[npt.NDArray[np.uint64], bool]: ...


class Housekeeping(Protocol):
    """`ingest.retention.Retention`. All but `clean_up` touch the disk: call them in a thread."""

    @property
    def limits(self) -> RetentionSettings: ...
    @property
    def last_run(self) -> CleanupRun | None: ...
    def preview(self, camera: str | None = ...) -> CleanupPlan: ...
    def forecast_with(self, limits: RetentionSettings) -> Forecast: ...
    def weeks(self) -> dict[str, npt.NDArray[np.float64]]: ...
    async def clean_up(self) -> CleanupRun: ...


class MotionSwitch(Protocol):
    """`nvr.motion_switch.FileMotionSwitch`."""

    def motion(self, camera: str) -> Mapping[str, float | str]:
        """Each key of the camera's motion settings with its value, as it is written in the configuration."""

    async def change_motion(self, camera: str, given: Mapping[str, object]) -> None:
        """Raises InvalidConfig for values that cannot be used, Unchangeable where they cannot be kept."""


class AlertDesk(Protocol):
    """`exporters.notify.notifier.Notifier`. Raises StorageError where the disk fails."""

    @property
    def receivers(self) -> Collection[str]: ...
    async def receive(self, receiver: str, group: Group) -> int: ...
    async def acknowledge(self, alert_id: str, by: str) -> Alert | None: ...
    async def history(
        self, camera: str | None, status: Status | None, before: datetime, *, limit: int, offset: int = ...
    ) -> tuple[list[Alert], str]: ...


class QuestionDesk(Protocol):
    """`exporters.clickhouse.guest.Guests`. Raises GuestError."""

    async def ask(self, question: Question) -> Answer: ...


LimitsReader = Callable[[RetentionSettings, Mapping[str, str]], RetentionSettings]
"""Limits with some replaced by values as they are written in the configuration. Raises ConfigError."""


def as_they_are(limits: RetentionSettings, _: Mapping[str, str]) -> RetentionSettings:
    return limits


def unnoticed(segment: Segment, view: View) -> None:
    """For whoever does not care what is looked at."""


class RequestTelemetry(Protocol):
    """`exporters.metrics.Metrics`, as far as requests go."""

    def request_served(self, route: str, method: str, seconds: float) -> None: ...
    def failed(self, component: str) -> None: ...
    def webhook_answered(self, code: int) -> None: ...


class Uncounted:
    """Telemetry for whoever wants none."""

    def request_served(self, route: str, method: str, seconds: float) -> None:
        pass

    def failed(self, component: str) -> None:
        pass

    def webhook_answered(self, code: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the recorder does its work, and what keeps it from it."""

    ready: bool
    reasons: tuple[str, ...] = ()


async def always_ready() -> Readiness:
    return Readiness(True)


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that the routes read. `cameras` may be a live view: it is asked at each request.

    `record` takes the spans of requests, where tracing is on.
    """

    store: ProtectableFootage
    past: Past
    status: StatusSource
    registry: CollectorRegistry
    cameras: Collection[str]
    site: str
    timezone: ZoneInfo
    web: WebSettings = field(default_factory=WebSettings)
    readiness: Callable[[], Awaitable[Readiness]] = always_ready
    telemetry: RequestTelemetry = field(default_factory=Uncounted)
    now: Callable[[], datetime] = utc_now
    housekeeping: Housekeeping | None = None
    changed_limits: LimitsReader = as_they_are
    motion: MotionSwitch | None = None
    alerts: AlertDesk | None = None
    links: Links | None = None
    guests: QuestionDesk | None = None
    viewed: Callable[[Segment, View], None] = unnoticed
    record: Callable[[Span], None] | None = None


def sources_of(request: Any) -> Sources:
    """The bundle that `create_app` put into the application's state."""
    found = request.app.state.sources
    assert isinstance(found, Sources)
    return found
