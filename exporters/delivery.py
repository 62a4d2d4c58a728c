"""One notification on its way to one channel, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nvr.errors import NvrError

SEVERITIES = ("none", "info", "warning", "critical")
"""In the order of their weight."""


class DeliveryOutcome(StrEnum):
    """How a delivery ended. None of these is tried again."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The channel will never take it, however often it is sent."""
    EXPIRED = "expired"
    """It was tried until nobody wants to hear it any more."""
    DROPPED = "dropped"
    """The outbox was full of weightier ones."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`key` names the notification: put twice for a channel, it is delivered once.

    Deliveries of one `subject` (an alert that fires and is resolved) reach a channel in the order in which they were
    put. `payload` is for whoever sends it. Before `due` it is not sent: for quiet hours.
    """

    key: str
    channel: str
    subject: str
    severity: str
    resolved: bool
    payload: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is being sent now, for the `attempt`th time."""

    id: int
    attempt: int
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a delivery, for history. `error` is the last one, without secrets, and may be empty."""

    id: int
    key: str
    channel: str
    subject: str
    outcome: DeliveryOutcome
    attempts: int
    error: str
    created: datetime
    settled: datetime


class NotDelivered(NvrError):
    """A channel did not take a delivery; `for_good` says that it never will."""

    def __init__(self, message: str, *, for_good: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.for_good = for_good
