from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.forecast import HOURS_OF_WEEK, HourBytes, Written, forecast, hour_of, mean_week, mean_weeks
from nvr.settings import Ages, RetentionSettings

DAY = 86_400.0
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
GB = 10**9
FOREVER = RetentionSettings(delete_after=Ages(inf, inf), trigger=0.9, target=0.8)


def steady(bytes_an_hour: float) -> HourBytes:
    return np.full(HOURS_OF_WEEK, bytes_an_hour)


def test_a_steady_camera_fills_the_disk_when_it_must() -> None:
    found = forecast(
        {"yard": steady(GB)}, used_bytes=420 * GB, budget_bytes=1000 * GB, limits=FOREVER, now=MONDAY, seen_seconds=DAY
    )
    assert found.bytes_a_day == 24 * GB
    assert found.clean_up == MONDAY + timedelta(hours=480)
    assert found.days_left == pytest.approx(20)
    assert found.reached_seconds == pytest.approx(900 / 24 * DAY)
    assert found.keeps_promise


def test_hours_of_the_week_count() -> None:
    weekdays = steady(0)
    weekdays[9:10] = 5 * GB  # Mondays from nine to ten
    now = MONDAY + timedelta(days=1)
    found = forecast(
        {"yard": weekdays}, used_bytes=890 * GB, budget_bytes=1000 * GB, limits=FOREVER, now=now, seen_seconds=DAY
    )
    assert found.clean_up == MONDAY + timedelta(days=14, hours=10)


def test_nothing_is_written_nothing_fills() -> None:
    found = forecast({}, used_bytes=5, budget_bytes=1000, limits=FOREVER, now=MONDAY, seen_seconds=DAY)
    assert (found.clean_up, found.days_left, found.reached_seconds, found.keeps_promise) == (None, inf, inf, True)


def test_a_volume_past_its_trigger_is_full_now() -> None:
    found = forecast(
        {"yard": steady(GB)}, used_bytes=950, budget_bytes=1000, limits=FOREVER, now=MONDAY, seen_seconds=DAY
    )
    assert found.clean_up == MONDAY


def test_the_limit_may_keep_the_disk_from_ever_filling() -> None:
    limits = replace(FOREVER, delete_after=Ages(10 * DAY, 30 * DAY))
    found = forecast(
        {"yard": steady(GB)}, used_bytes=0, budget_bytes=1000 * GB, limits=limits, now=MONDAY, seen_seconds=DAY
    )
    assert (found.clean_up, found.reached_seconds) == (None, 30 * DAY)


def test_a_promise_that_does_not_fit_is_said_before_it_is_broken() -> None:
    limits = replace(FOREVER, keep_at_least=Ages(7 * DAY, 35 * DAY))
    found = forecast(
        {"yard": steady(GB)}, used_bytes=0, budget_bytes=1000 * GB, limits=limits, now=MONDAY, seen_seconds=DAY
    )
    assert not found.keeps_promise


def test_the_mean_week_is_that_of_the_hours_seen() -> None:
    first = hour_of(MONDAY)
    week = mean_week({first: 10, first + 168: 30, first + 1: 8}, first, first + 2 * 168)
    assert week[:3].tolist() == [20, 4, 0]
    assert week.sum() == 24


def test_an_hour_of_the_week_not_yet_seen_is_as_the_others() -> None:
    first = hour_of(MONDAY + timedelta(hours=5))
    week = mean_week({first: 10, first + 1: 20}, first, first + 2)
    assert (week[5], week[6], week[7], week[4]) == (10, 20, 15, 15)
    assert mean_week({}, first, first).sum() == 0


@pytest.mark.parametrize(("begins", "minutes"), [(0, 1), (10, 40), (50, 20), (59, 90), (5, 119)])
def test_a_part_of_an_hour_is_no_whole_one(begins: int, minutes: int) -> None:
    """A camera that writes a megabyte a minute is forecast at that, however early."""
    start = MONDAY + timedelta(minutes=begins)
    hours: dict[int, int] = {}
    for minute in range(minutes):
        hour = hour_of(start + timedelta(minutes=minute))
        hours[hour] = hours.get(hour, 0) + 10**6
    end = start + timedelta(minutes=minutes)
    week = mean_weeks({"yard": Written(hours, start, end)}, end + timedelta(seconds=30))["yard"]
    assert week.sum() == pytest.approx(168 * 60 * 10**6, rel=0.01)


@settings(max_examples=200, deadline=None)
@given(
    rates=st.lists(st.floats(0, 1e6), min_size=HOURS_OF_WEEK, max_size=HOURS_OF_WEEK),
    room=st.floats(1, 1e9),
    later=st.floats(0, 7 * DAY),
)
def test_what_is_written_until_then_is_what_fits(rates: list[float], room: float, later: float) -> None:
    now, week = MONDAY + timedelta(seconds=later), np.array(rates)
    found = forecast(
        {"yard": week}, used_bytes=0, budget_bytes=int(room / 0.9) + 1, limits=FOREVER, now=now, seen_seconds=DAY
    )
    if found.clean_up is None:
        return
    written, at = 0.0, now
    while at < found.clean_up and written < 3 * room:
        hour_end = (at + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        end = min(hour_end, found.clean_up)
        written += rates[at.weekday() * 24 + at.hour] * (end - at).total_seconds() / 3600
        at = end
    if written < 3 * room and found.days_left < 7000:
        assert written == pytest.approx(0.9 * (int(room / 0.9) + 1), rel=1e-3, abs=2e3)
