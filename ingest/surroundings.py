"""What all cameras of a process share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.store import Store
from nvr.clock import UtcClock
from nvr.ports import FactSink, Telemetry
from nvr.supervise import Turnstile

STARTS_A_SECOND = 10.0
"""How many recorders may be started in a second: cameras that failed together come back one after another."""


def _nobody_asks() -> None:
    """Nobody makes room on a full disk."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`program` is the ffmpeg to run; `disk_is_full` is called where the disk has refused for want of room."""

    program: str
    store: Store
    segment_seconds: float
    facts: FactSink
    telemetry: Telemetry
    clock: UtcClock
    disk_is_full: Callable[[], None] = _nobody_asks
    starts: Turnstile = field(default_factory=lambda: Turnstile(STARTS_A_SECOND))
