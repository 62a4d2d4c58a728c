"""What of a camera is to be recorded at which moment: a week of ranges by the wall clock of one time zone.

A range is meant as the clock on the wall shows it. When summer time begins, what lies in the hour that does not exist
does not happen; when it ends, what lies in the hour that comes twice happens twice.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nvr.settings import RecordingMode, RecordingSettings, WeeklyRange

HORIZON_DAYS = 15
"""A weekly range comes back within a week, or in two where summer time skips it once."""

_DAY_SECONDS = 86_400
_SECOND = timedelta(seconds=1)

Stretch = tuple[datetime, datetime]
"""From one moment to, but without, another."""


class Schedule:
    """Pure: a moment in, a mode out. Modes change on whole seconds only."""

    def __init__(self, settings: RecordingSettings, timezone: ZoneInfo) -> None:
        self._settings, self._timezone = settings, timezone
        self._turns = sorted({turn for each in settings.schedule for turn in (0, each.begin, each.end % _DAY_SECONDS)})

    def mode_at(self, moment: datetime) -> RecordingMode:
        """The last range that holds it decides."""
        local = moment.astimezone(self._timezone)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        for each in reversed(self._settings.schedule):
            if holds(each, local.weekday(), seconds):
                return each.mode
        return self._settings.mode

    def is_wanted(self, moment: datetime) -> bool:
        return self.mode_at(moment) is not RecordingMode.OFF

    def next_change(self, moment: datetime) -> datetime | None:
        """When the mode is next another one; None where it stays as it is."""
        mode = self.mode_at(moment)
        return next((turn for turn in self._turns_after(moment) if self.mode_at(turn) is not mode), None)

    def is_throughout(self, mode: RecordingMode, start: datetime, end: datetime) -> bool:
        """Whether one mode holds from `start` to `end`."""
        if self.mode_at(start) is not mode:
            return False
        change = self.next_change(start)
        return change is None or change >= end

    def wanted(self, start: datetime, end: datetime) -> list[Stretch]:
        """The stretches between `start` and `end` in which recording is wanted, oldest first."""
        found, at = list[Stretch](), start
        while at < end:
            change = min(self.next_change(at) or end, end)
            if self.is_wanted(at):
                since = found.pop()[0] if found and found[-1][1] == at else at
                found.append((since, change))
            at = change
        return found

    def _turns_after(self, moment: datetime) -> Iterator[datetime]:
        """Every moment, in order, at which the mode may be another one than just before."""
        if not self._turns:
            return
        today = moment.astimezone(self._timezone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(HORIZON_DAYS)):
            yield from (turn for turn in self._turns_of(day) if turn > moment)

    def _turns_of(self, day: date) -> list[datetime]:
        found = {turn for seconds in self._turns for turn in self._moments(day, seconds)}
        begin, end = (self._moment(each, 0) for each in (day, day + timedelta(days=1)))
        if self._offset(begin) != self._offset(end):
            found.add(self._transition(begin, end))
        return sorted(found)

    def _moments(self, day: date, seconds: int) -> list[datetime]:
        """When the clock on the wall shows it: once, twice, or never."""
        return [self._moment(day, seconds, fold) for fold in (0, 1)]

    def _moment(self, day: date, seconds: int, fold: int = 0) -> datetime:
        local = datetime.combine(day, time(), self._timezone) + seconds * _SECOND
        return local.replace(fold=fold).astimezone(UTC)

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self._timezone).utcoffset()

    def _transition(self, before: datetime, after: datetime) -> datetime:
        """The first second by the other offset."""
        offset = self._offset(before)
        while after - before > _SECOND:
            middle = before + (after - before) // (2 * _SECOND) * _SECOND
            before, after = (middle, after) if self._offset(middle) == offset else (before, middle)
        return after


def holds(weekly: WeeklyRange, weekday: int, seconds: int) -> bool:
    """Whether a range holds a second of a day, 0 being Monday; overnight it reaches into the next day."""
    if weekly.begin < weekly.end:
        return weekday in weekly.days and weekly.begin <= seconds < weekly.end
    began_yesterday = (weekday - 1) % 7 in weekly.days and seconds < weekly.end
    return began_yesterday or (weekday in weekly.days and seconds >= weekly.begin)
