"""When a volume will be full, and how old its footage gets: from what each camera wrote in each hour of the week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, inf

import numpy as np
import numpy.typing as npt

from nvr.housekeeping import Forecast
from nvr.settings import RetentionSettings

HOURS_OF_WEEK = 168
DAY_SECONDS = 86_400.0

LEAST_HOURS = 2
"""Whole hours below which a camera's hours are not told apart."""

HourBytes = npt.NDArray[np.float64]
"""Bytes written in each hour of a week, from Monday 00:00 UTC on: `(168,)`."""


def mean_week(hours: Mapping[int, int], first_hour: int, last_hour: int) -> HourBytes:
    """The mean of each hour of the week over whole hours since the epoch, `first_hour` to `last_hour` exclusive.

    `hours` has the bytes of those in which anything was written. An hour of the week that was not yet seen counts as
    the mean of all.
    """
    sums, seen = np.zeros(HOURS_OF_WEEK), np.zeros(HOURS_OF_WEEK)
    span = np.arange(first_hour, max(last_hour, first_hour))
    np.add.at(seen, _hour_of_week(span), 1)
    known = {hour: size for hour, size in hours.items() if first_hour <= hour < last_hour}
    if known:
        np.add.at(
            sums, _hour_of_week(np.fromiter(known, dtype=np.int64)), np.fromiter(known.values(), dtype=np.float64)
        )
    mean = sums.sum() / max(1, len(span))
    return np.where(seen > 0, sums / np.maximum(seen, 1), mean)


@dataclass(frozen=True, slots=True)
class Written:
    """What a camera wrote and was not weeded: bytes by hours since the epoch, of footage from `start` to `end`."""

    hours: Mapping[int, int]
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


def mean_weeks(written: Mapping[str, Written], now: datetime) -> dict[str, HourBytes]:
    """The mean week of each camera, from its first whole hour to the last one before now.

    Of a camera that has less than two of them all footage counts, for as long as it lasts.
    """
    return {camera: _week(each, hour_of(now)) for camera, each in written.items()}


def _week(written: Written, last: int) -> HourBytes:
    first = hour_of(written.start) + 1  # it began within the hour before
    if last - first >= LEAST_HOURS:
        return mean_week(written.hours, first, last)
    an_hour = sum(written.hours.values()) / max(written.seconds, 1.0) * 3600
    return np.full(HOURS_OF_WEEK, an_hour)


def forecast(
    written: Mapping[str, HourBytes],
    *,
    used_bytes: int,
    budget_bytes: int,
    limits: RetentionSettings,
    now: datetime,
    seen_seconds: float,
) -> Forecast:
    """What will become of a volume on which `used_bytes` lie, if the cameras go on as they did.

    Every camera is held to the volume's limits, and all footage to those of its class that stays longest.
    """
    week = sum(written.values(), start=np.zeros(HOURS_OF_WEEK))
    a_day = float(week.sum()) / 7
    limit = max(limits.delete_after.continuous, limits.delete_after.motion)
    capacity = limits.trigger * budget_bytes
    lasting = inf if not a_day else capacity / a_day * DAY_SECONDS
    seconds_left = inf if lasting > limit else _seconds_to_write(capacity - used_bytes, week, now)
    reached = min(limit, lasting)
    promise = max(limits.keep_at_least.continuous, limits.keep_at_least.motion)
    return Forecast(
        bytes_a_day=a_day,
        clean_up=None if seconds_left == inf else now + timedelta(seconds=seconds_left),
        days_left=seconds_left / DAY_SECONDS,
        reached_seconds=reached,
        seen_seconds=seen_seconds,
        keeps_promise=reached * limits.target / limits.trigger >= promise,
    )


def _seconds_to_write(size_bytes: float, week: HourBytes, now: datetime) -> float:
    """How long the cameras take to write so much, from `now` on."""
    if size_bytes <= 0:
        return 0.0
    a_week = float(week.sum())
    if not a_week or size_bytes / a_week > 5200:  # a century
        return inf
    seconds = now.timestamp()
    ahead = np.roll(week, -int(_hour_of_week(np.array([int(seconds // 3600)]))[0]))
    begun = seconds % 3600 / 3600
    size_bytes += begun * float(ahead[0])
    weeks = ceil(size_bytes / a_week) - 1  # whole ones before that in which it is done
    left = size_bytes - weeks * a_week
    written = np.cumsum(ahead)
    hour = min(int(np.searchsorted(written, left)), HOURS_OF_WEEK - 1)
    before = float(written[hour - 1]) if hour else 0.0
    part = (left - before) / float(ahead[hour]) if ahead[hour] else 0.0
    return (weeks * HOURS_OF_WEEK + hour + part - begun) * 3600


def _hour_of_week(hours: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Of hours since the epoch, which was a Thursday."""
    return (hours + 3 * 24) % HOURS_OF_WEEK


def hour_of(time: datetime) -> int:
    """Whole hours since the epoch."""
    return int(time.astimezone(UTC).timestamp() // 3600)
