"""How likely it is that somebody will want a segment: 0 for nobody, 1 for certain. docs/design/retention.md has why.

Of footage that may go, that of the oldest day goes first, and of one day the least important.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from math import sqrt

from nvr.housekeeping import View
from nvr.model import MotionEvent, Segment

ALERT = 0.5
"""Somebody drew that zone to be told of motion in it."""

VIEWS: dict[View, float] = {"footage": 0.4, "picture": 0.05}
"""Who looked once may look again; pictures are also shown by the dozen, unasked for, beside a list of events."""


def of_motion(share: float, peak: float, *, alerts: bool) -> float:
    """Of a segment, a `share` of which is motion with that `peak`; both are from 0 to 1.

    Half of what is possible comes of how much of it moves, half of how large. By their roots: to be told from nothing
    matters more to a short or small motion than what is added matters to a long or large one.
    """
    chance = 0.2 + 0.3 * sqrt(share) + 0.3 * sqrt(peak)
    return combined(chance, ALERT) if alerts else chance


def combined(one: float, other: float) -> float:
    """Of two reasons, either of which would do."""
    return 1.0 - (1.0 - one) * (1.0 - other)


def of_event(event: MotionEvent, segment: Segment, alert_zones: Collection[str]) -> float:
    """What a closed event adds to a segment."""
    assert event.end is not None
    return of_motion(
        _share(segment, event.start, event.end), event.peak, alerts=not set(event.zones).isdisjoint(alert_zones)
    )


def _share(segment: Segment, start: datetime, end: datetime) -> float:
    overlap = min(segment.end, end) - max(segment.start, start)
    lasting = timedelta(seconds=max(segment.duration_seconds, 0.001))
    return min(1.0, max(0.0, overlap / lasting))
