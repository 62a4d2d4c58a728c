"""What is told of a volume's housekeeping: what lies on it, what would go and why, what went, and what is to stay."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

View = Literal["footage", "picture"]
"""How somebody looked at a segment."""


@dataclass(frozen=True, slots=True)
class CleanupStep:
    """Segments that go under one policy. `oldest` is when the first of them begins, `newest` when the last one ends."""

    policy: str
    segments: int
    size_bytes: int
    oldest: datetime
    newest: datetime
    camera_bytes: dict[str, int]


@dataclass(frozen=True, slots=True)
class CleanupRun:
    """A clean-up that was done. `refused` counts the files that could not be deleted, `error` says why."""

    started: datetime
    seconds: float
    steps: tuple[CleanupStep, ...]
    refused: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class AgeBand:
    """The footage that is at least so old."""

    age_seconds: float
    segments: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class CameraHoldings:
    """What lies on the volume of one camera."""

    camera: str
    segments: int
    size_bytes: int
    motion_bytes: int
    protected_bytes: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True, slots=True)
class CleanupPlan:
    """What a clean-up would do now. `freeable_bytes` is what could go without breaking a promise."""

    time: datetime
    steps: tuple[CleanupStep, ...]
    ages: tuple[AgeBand, ...]
    cameras: tuple[CameraHoldings, ...]
    freeable_bytes: int
    trigger_bytes: int
    target_bytes: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to come. Ages are in seconds, infinite where nothing is written.

    `clean_up` is when the trigger is reached, None where it never is: `delete_after` takes as much away as comes.
    `reached_seconds` is the age that footage gets, and `keeps_promise` whether that is what was promised.
    `seen_seconds` is how long the camera with the most footage was seen, from which all of this is concluded.
    """

    bytes_a_day: float
    clean_up: datetime | None
    days_left: float
    reached_seconds: float
    keeps_promise: bool
    seen_seconds: float


@dataclass(frozen=True, slots=True)
class DeletedFootage:
    """Footage of `[start, end)` that is not there any more, and the policy by which it went."""

    start: datetime
    end: datetime
    policy: str


@dataclass(frozen=True, slots=True)
class Protection:
    """The footage of `[start, end)` of a camera is not to go to make room; what is not yet recorded of it neither."""

    id: str
    camera: str
    start: datetime
    end: datetime
    reason: str
    created: datetime

    @classmethod
    def of(cls, camera: str, start: datetime, end: datetime, reason: str, now: datetime) -> "Protection":
        """A new one. Its id is short: people type it to take a protection away."""
        return cls(secrets.token_hex(4), camera, start, end, reason.strip(), now)


LONGEST_REASON = 200


def is_reason(text: str) -> bool:
    """Whether a protection can be told with it: something, in one line."""
    return bool(text.strip()) and len(text) <= LONGEST_REASON and text.isprintable()


@dataclass(frozen=True, slots=True)
class ProtectedFootage:
    """A protection with what is there of its footage."""

    protection: Protection
    segments: int
    size_bytes: int
