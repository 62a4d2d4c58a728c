"""A camera's weekly schedule as it is written: `{days: mon-fri, from: "18:00", to: "07:00", mode: motion}`."""

import re
from collections.abc import Callable
from typing import TypeVar

from nvr.config.values import Unusable
from nvr.settings import RecordingMode, WeeklyRange

T = TypeVar("T")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = ("days", "from", "to", "mode")
DAY_SECONDS = 86_400

DAY_FORMS = "write mon, tue, wed, thu, fri, sat or sun, days from one to another as mon-fri, or a list of these"
TIME_FORMS = 'write hours and minutes in quotes: "07:30", or "24:00" for the end of the day'

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?|24:00(?::00)?", re.ASCII)


def schedule(value: object) -> tuple[WeeklyRange, ...]:
    """Raises Unusable, which names the range and key."""
    if not isinstance(value, list | tuple):
        raise Unusable("is not a list of ranges", 'write [{days: mon-fri, from: "18:00", to: "07:00", mode: motion}]')
    found = []
    for index, each in enumerate(value):
        try:
            found.append(each if isinstance(each, WeeklyRange) else weekly_range(each))
        except Unusable as error:
            raise Unusable(error.message, error.hint, index, *error.below) from error
    return tuple(found)


def weekly_range(value: object) -> WeeklyRange:
    if not isinstance(value, dict):
        raise Unusable("is no range", 'write {days: mon-fri, from: "18:00", to: "07:00", mode: motion}')
    for key in value:
        if key not in KEYS:
            raise Unusable("is an unknown key", f"known here: {', '.join(KEYS)}", key)
    if "mode" not in value:
        raise Unusable("names no mode", "add mode: motion, continuous or off")
    begin, end = _times(value)
    return WeeklyRange(
        _below("days", days, value.get("days", "mon-sun")), begin, end, _below("mode", mode, value["mode"])
    )


def mode(value: object) -> RecordingMode:
    try:
        return RecordingMode(str(value))
    except ValueError:
        raise Unusable("is no recording mode", "write continuous, motion or off") from None


def days(value: object) -> frozenset[int]:
    """0 is Monday. `sat-mon` reaches over the week's end."""
    if not isinstance(value, list):
        return _some_days(value)
    if not value:
        raise Unusable("names no day", DAY_FORMS)
    return frozenset(day for each in value for day in _some_days(each))


def _some_days(value: object) -> frozenset[int]:
    first, dash, last = str(value).lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise Unusable("is no day of the week", DAY_FORMS)
    begin = DAYS.index(first)
    count = (DAYS.index(last) - begin) % 7 if dash else 0
    return frozenset((begin + ahead) % 7 for ahead in range(count + 1))


def _times(value: dict[str, object]) -> tuple[int, int]:
    """Seconds since midnight; the whole day where neither is given."""
    if ("from" in value) != ("to" in value):
        there = "from" if "from" in value else "to"
        raise Unusable("stands alone", "write both from and to, or neither for the whole day", there)
    if "from" not in value:
        return 0, DAY_SECONDS
    begin, end = (_below(key, time_of_day, value[key]) for key in ("from", "to"))
    if begin == DAY_SECONDS:
        raise Unusable("is the end of the day", 'write "00:00" and the next day', "from")
    if begin == end:
        raise Unusable("is when it begins", "write another time, or leave both out for the whole day", "to")
    return begin, end


def time_of_day(value: object) -> int:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Unusable("is no time of day", TIME_FORMS)
    if found[1] is None:
        return DAY_SECONDS
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)


def time_text(seconds: int) -> str:
    """As `time_of_day` reads it."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours:02d}:{minutes:02d}" + (f":{rest:02d}" if rest else "")


def _below(key: str, read: Callable[[object], T], value: object) -> T:
    try:
        return read(value)
    except Unusable as error:
        raise Unusable(error.message, error.hint, key) from error
