"""What all cameras of a process share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ingest.beat import Beat
from ingest.store import Store
from ingest.weeding import LetGo
from nvr.clock import UtcClock
from nvr.model import Segment
from nvr.ports import FactSink, Telemetry
from nvr.supervise import Turnstile

STARTS_A_SECOND = 10.0
"""How many recorders may be started in a second: cameras that failed together come back one after another."""


def _nobody_asks() -> None:
    """Nobody makes room on a full disk."""


async def _nobody_deletes(segments: Sequence[Segment]) -> None:
    """All footage stays."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`program` is the ffmpeg to run; `disk_is_full` is called where the disk has refused for want of room.

    Schedules are meant in `timezone`; footage in which nothing moved is handed to `let_go`.
    """

    program: str
    store: Store
    segment_seconds: float
    facts: FactSink
    telemetry: Telemetry
    clock: UtcClock
    disk_is_full: Callable[[], None] = _nobody_asks
    let_go: LetGo = _nobody_deletes
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    starts: Turnstile = field(default_factory=lambda: Turnstile(STARTS_A_SECOND))
    beat: Beat = field(default_factory=Beat)
