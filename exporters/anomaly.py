"""How unusual the motion of the last hour is, against the same hour and weekday of earlier weeks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

HOUR, MINUTES = timedelta(hours=1), 60
WEEKS = 8
"""How far back it is compared: further back it was another season."""

LEAST_WEEKS = 3
"""Without so many hours to compare with nothing is said: the median of two is no usual hour."""

LEAST_SEEN = 0.9
"""An hour counts where the camera was seen for this share of it."""

MAD_TO_DEVIATION = 1.4826
"""The standard deviation of normally distributed values whose median absolute deviation is 1."""


@dataclass(frozen=True, slots=True)
class Hour:
    """How many of its `MINUTES` had motion at a camera, and for which share of it the camera was seen."""

    moving_minutes: int
    seen_ratio: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last hour beside the usual one; `score` is 0 where it is as usual, and below 0 where it is quieter."""

    score: float
    moving_ratio: float
    usual_ratio: float


def ends(now: datetime, timezone: ZoneInfo) -> tuple[datetime, ...]:
    """When the hour now ends, and those to compare it with, the latest first: at the same time on the wall's clock."""
    local = now.astimezone(timezone)
    return tuple((local - timedelta(weeks=week)).astimezone(UTC) for week in range(WEEKS + 1))


def compare(last: Hour, earlier: Sequence[Hour]) -> Comparison | None:
    """None where there is not enough to compare.

    Minutes with motion are counts, whose spread grows with their mean: 2 * sqrt(n + 3/8) makes it about 1 whatever the
    mean (Anscombe 1948, "The transformation of Poisson, binomial and negative-binomial data"). The score is how many
    deviations the last hour lies from the median of the earlier ones, the deviation being 1.4826 times their median
    absolute deviation (Iglewicz and Hoaglin 1993, "How to detect and handle outliers", who call 3.5 an outlier), so
    that one odd week spoils nothing; and at least the 1 that chance alone makes, as few weeks may happen to agree.
    """
    known = [hour.moving_minutes for hour in earlier if hour.seen_ratio >= LEAST_SEEN]
    if len(known) < LEAST_WEEKS or last.seen_ratio < LEAST_SEEN:
        return None
    levelled = [_levelled(minutes) for minutes in known]
    usual = median(levelled)
    deviation = MAD_TO_DEVIATION * median(abs(value - usual) for value in levelled)
    return Comparison(
        score=(_levelled(last.moving_minutes) - usual) / max(1.0, deviation),
        moving_ratio=last.moving_minutes / MINUTES,
        usual_ratio=median(known) / MINUTES,
    )


def _levelled(count: int) -> float:
    return 2 * math.sqrt(count + 3 / 8)
