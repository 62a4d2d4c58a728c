"""An alert: what holds since when, whom it was told to, and who has taken it up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

Status = Literal["firing", "resolved"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

RECOVERS = ("CAMERA_OFFLINE", "CAMERA_DEGRADED")
"""Events whose end is a recovery."""


@dataclass(frozen=True, slots=True)
class Told:
    """How telling `channel` of an alert ended: `outcome` is a `DeliveryOutcome`, `error` has no secrets."""

    channel: str
    status: Status
    outcome: str
    time: datetime
    error: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One condition, from `start` to `end`, which is None while it holds. A later `revision` replaces earlier ones."""

    fingerprint: str
    start: datetime
    end: datetime | None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    told: tuple[Told, ...] = ()
    revision: int = 0

    @property
    def id(self) -> str:
        return f"{self.fingerprint}-{(self.start - _EPOCH) // timedelta(milliseconds=1)}"

    @property
    def status(self) -> Status:
        return "firing" if self.end is None else "resolved"

    @property
    def name(self) -> str:
        return self.labels.get("alertname", "")

    @property
    def camera(self) -> str:
        return self.labels.get("camera", "")

    @property
    def severity(self) -> str:
        """One of `exporters.delivery.SEVERITIES`; what is none of them is a warning."""
        found = self.labels.get("severity", "")
        return found if found in ("none", "info", "warning", "critical") else "warning"

    @property
    def event(self) -> str:
        """What people are told: the rule's event, or that it is over."""
        event = self.labels.get("event") or "ALERT"
        return event if self.end is None else "CAMERA_RECOVERED" if event in RECOVERS else f"{event}_RESOLVED"

    @property
    def summary(self) -> str:
        return self.annotations.get("summary") or self.name or "An alert without a name"
