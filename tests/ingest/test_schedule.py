"""Which mode holds when: against a table of every minute, and through the hours that summer time takes and gives."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ingest.schedule import Schedule
from nvr.settings import RecordingMode, RecordingSettings, WeeklyRange

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LORD_HOWE, BEIRUT, KOLKATA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Beirut"), ZoneInfo("Asia/Kolkata")
CONTINUOUS, MOTION, OFF = RecordingMode
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset((5, 6))
MINUTE, HOUR, DAY = 60, 3600, 86_400
EVERY_DAY = WORKDAYS | WEEKEND

NIGHTS = RecordingSettings(
    CONTINUOUS, (WeeklyRange(WORKDAYS, 18 * HOUR, 7 * HOUR, MOTION), WeeklyRange(WEEKEND, 0, DAY, CONTINUOUS))
)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def between(begin: int, end: int, mode: RecordingMode = CONTINUOUS, otherwise: RecordingMode = OFF) -> Schedule:
    """One range every day in Berlin."""
    return Schedule(RecordingSettings(otherwise, (WeeklyRange(EVERY_DAY, begin, end, mode),)), BERLIN)


@pytest.mark.parametrize(
    ("moment", "mode"),
    [
        ("2026-11-23T17:59:59", CONTINUOUS),  # a Monday
        ("2026-11-23T18:00", MOTION),
        ("2026-11-24T06:59:59", MOTION),
        ("2026-11-24T07:00", CONTINUOUS),
        ("2026-11-27T23:00", MOTION),
        ("2026-11-28T01:00", CONTINUOUS),  # Friday's night, but the later range has the Saturday
        ("2026-11-30T01:00", CONTINUOUS),  # no night began on Sunday
    ],
)
def test_an_overnight_range_reaches_into_the_next_day_and_a_later_range_wins(moment: str, mode: RecordingMode) -> None:
    assert Schedule(NIGHTS, BERLIN).mode_at(berlin(moment)) is mode


def test_without_a_schedule_one_mode_holds_for_ever() -> None:
    schedule = Schedule(RecordingSettings(MOTION), BERLIN)
    now = berlin("2026-11-23T12:00")
    assert schedule.mode_at(now) is MOTION
    assert schedule.next_change(now) is None
    assert schedule.wanted(now, now + timedelta(days=400)) == [(now, now + timedelta(days=400))]


def test_the_next_change_may_be_days_away() -> None:
    friday = berlin("2026-11-28T02:00")
    assert Schedule(NIGHTS, BERLIN).next_change(friday) == berlin("2026-11-30T18:00")


def test_a_range_in_the_hour_that_does_not_exist_does_not_happen() -> None:
    schedule = between(2 * HOUR + 15 * MINUTE, 2 * HOUR + 45 * MINUTE)
    before = berlin("2026-03-28T12:00")  # summer time begins on the 29th at 02:00
    assert schedule.next_change(before) == berlin("2026-03-30T02:15")


def test_a_range_that_begins_in_that_hour_begins_when_it_is_left_out() -> None:
    schedule = between(2 * HOUR + 30 * MINUTE, 4 * HOUR)
    begin = schedule.next_change(berlin("2026-03-29T00:00"))
    assert begin == datetime(2026, 3, 29, 1, tzinfo=UTC)  # the clock on the wall goes from 02:00 to 03:00
    assert schedule.next_change(begin) == berlin("2026-03-29T04:00")


def test_a_range_in_the_hour_that_comes_twice_happens_twice() -> None:
    schedule = between(2 * HOUR + 15 * MINUTE, 2 * HOUR + 45 * MINUTE)
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    half = timedelta(minutes=30)
    first, second = (datetime(2026, 10, 25, hour, 15, tzinfo=UTC) for hour in (0, 1))
    assert schedule.wanted(midnight, midnight + timedelta(hours=6)) == [(first, first + half), (second, second + half)]


def test_a_range_over_the_end_of_summer_time_is_an_hour_longer() -> None:
    [(begin, end)] = between(HOUR, 4 * HOUR).wanted(berlin("2026-10-25T00:00"), berlin("2026-10-25T12:00"))
    assert end - begin == timedelta(hours=4)


def test_stretches_that_touch_are_one_and_what_is_off_is_none() -> None:
    settings = RecordingSettings(
        OFF,
        (WeeklyRange(EVERY_DAY, 8 * HOUR, 12 * HOUR, MOTION), WeeklyRange(EVERY_DAY, 12 * HOUR, 14 * HOUR, CONTINUOUS)),
    )
    schedule = Schedule(settings, BERLIN)
    start, end = berlin("2026-11-22T13:00"), berlin("2026-11-23T20:00")
    assert schedule.wanted(start, end) == [
        (start, berlin("2026-11-22T14:00")),
        (berlin("2026-11-23T08:00"), berlin("2026-11-23T14:00")),
    ]
    assert schedule.wanted(end, end) == []


def test_a_mode_holds_throughout_only_where_it_does_not_change() -> None:
    schedule = Schedule(NIGHTS, BERLIN)
    begin, end = berlin("2026-11-23T18:00"), berlin("2026-11-24T07:00")
    assert schedule.is_throughout(MOTION, begin, end)
    assert not schedule.is_throughout(MOTION, begin - timedelta(seconds=1), end)
    assert not schedule.is_throughout(MOTION, begin, end + timedelta(seconds=1))


RANGES = some.builds(
    WeeklyRange,
    days=some.frozensets(some.integers(0, 6), min_size=1),
    begin=some.integers(0, 1439).map(lambda minute: minute * MINUTE),
    end=some.integers(0, 1440).map(lambda minute: minute * MINUTE),
    mode=some.sampled_from(RecordingMode),
).filter(lambda each: each.begin != each.end)
WEEKS = some.builds(
    RecordingSettings, mode=some.sampled_from(RecordingMode), schedule=some.lists(RANGES, max_size=4).map(tuple)
)
STARTS = some.sampled_from(
    [
        (BERLIN, datetime(2026, 11, 22, 11, 7, tzinfo=UTC)),
        (BERLIN, datetime(2026, 3, 28, 9, tzinfo=UTC)),
        (BERLIN, datetime(2026, 10, 24, 9, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 10, 31, 23, tzinfo=UTC)),
        (LORD_HOWE, datetime(2026, 10, 3, 2, tzinfo=UTC)),  # summer time is half an hour there
        (BEIRUT, datetime(2026, 3, 28, 5, tzinfo=UTC)),  # and begins at midnight there
        (KOLKATA, datetime(2026, 6, 1, 12, tzinfo=UTC)),
    ]
)


@settings(max_examples=25, deadline=None)
@given(WEEKS, STARTS)
def test_modes_and_changes_are_those_of_a_table_of_all_minutes(
    week: RecordingSettings, place: tuple[ZoneInfo, datetime]
) -> None:
    timezone, start = place
    schedule = Schedule(week, timezone)
    table = [_by_hand(week, start + timedelta(minutes=minute), timezone) for minute in range(2 * 1440)]
    assert [schedule.mode_at(start + timedelta(minutes=minute)) for minute in range(2 * 1440)] == table
    changes = [minute for minute in range(1, len(table)) if table[minute] is not table[minute - 1]]
    found, at = [], start
    while (change := schedule.next_change(at)) and change < start + timedelta(days=2):
        found.append((change - start) // timedelta(minutes=1))
        at = change
    assert found == changes


def _by_hand(week: RecordingSettings, moment: datetime, timezone: ZoneInfo) -> RecordingMode:
    """The mode by the minutes of a week that each range covers."""
    local = moment.astimezone(timezone)
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute
    mode = week.mode
    for each in week.schedule:
        length = (each.end - each.begin) // MINUTE % 1440 or 1440
        begins = [day * 1440 + each.begin // MINUTE for day in each.days]
        if any((minute - begin) % (7 * 1440) < length for begin in begins):
            mode = each.mode
    return mode
