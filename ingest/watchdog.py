"""When a recording is to be ended although its process still runs: no socket timeout sees a drip, or muted video."""

from dataclasses import dataclass

from nvr.model import Cause

GRACE_SECONDS = 15.0
"""How long a camera may take from the connection attempt to its first picture."""

GROWTH_SECONDS = 5.0
"""How long a recording may stand still before it has stalled."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """A run as it is now. Seconds of the monotonic clock; None where it did not happen, or does not go on."""

    now: float
    started: float
    first_frame: float | None
    last_growth: float
    waits_for_disk: bool
    has_drifted: bool


def verdict(vitals: Vitals, said: Cause | None) -> Cause | None:
    """Why the run must end, or None. `said` is what the process itself complains of while no picture comes.

    A disk that is slow to sync is no reason while the file grows: whoever is begun anew finds the same disk.
    """
    if vitals.first_frame is None:
        if vitals.now - vitals.started <= GRACE_SECONDS:
            return None
        return said or (Cause.STUCK_IO if vitals.waits_for_disk else Cause.TIMEOUT)
    if vitals.now - vitals.last_growth > GROWTH_SECONDS:
        return Cause.STUCK_IO if vitals.waits_for_disk else Cause.STALLED
    return Cause.TIMESTAMP_JUMP if vitals.has_drifted else None
