"""Motion events that a recorder was killed in: their rows have no end, and nobody else will ever write one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from exporters.clickhouse.queries import Queries
from nvr.model import GRID_COLUMNS, GRID_ROWS, Activity, Box, MotionEvent
from nvr.settings import MotionSettings

PAUSE = timedelta(seconds=10)
"""How much longer than `off_after` and `stands_for` the rows of one event may be apart: they are whole seconds, and the
event's start lies some frames before the first of them."""

PAGE = timedelta(hours=2)
"""How much activity is read at once, more than any pause within an event."""


class Orphans:
    """The open events from before `began`, the start of this recorder."""

    def __init__(self, past: Queries, began: datetime, motion: Mapping[str, MotionSettings]) -> None:
        self._past, self._began, self._motion = past, began, motion

    async def closed(self) -> list[MotionEvent]:
        """Each as it was last seen, under its own id. What the spool holds of them must be in ClickHouse before.

        Raises `DatabaseError`.
        """
        return [await self._closed(event) for event in await self._past.open_motion_events(self._began)]

    async def _closed(self, event: MotionEvent) -> MotionEvent:
        settings = self._motion.get(event.camera, MotionSettings())
        pause = timedelta(seconds=settings.off_after_seconds + settings.stands_for_seconds) + PAUSE
        return closed(event, await self._activity(event, pause), timedelta(seconds=settings.post_roll_seconds))

    async def _activity(self, event: MotionEvent, pause: timedelta) -> list[Activity]:
        """The seconds of the event, up to the first long pause."""
        found: list[Activity] = []
        last = event.start.replace(microsecond=0)
        start = last
        while page := await self._past.activity(event.camera, start, min(start + PAGE, self._began)):
            rows = unbroken(page, last, pause)
            found += rows
            if len(rows) < len(page):
                break
            last = rows[-1].second
            start = last + timedelta(seconds=1)
        return found


def unbroken(activity: Sequence[Activity], last: datetime, pause: timedelta) -> list[Activity]:
    """The rows before the first pause that is longer, counted from `last`."""
    found = []
    for row in activity:
        if row.second - last > pause:
            break
        found.append(row)
        last = row.second
    return found


def closed(event: MotionEvent, activity: Sequence[Activity], post_roll: timedelta) -> MotionEvent:
    """The event, ended in the last second in which it was seen to move, at its start where that was none.

    Its zones are those it had when it opened: what it touched later is known by its cells only.
    """
    end = max([event.start, *(row.second for row in activity)])
    return replace(
        event,
        end=end,
        peak=max([event.peak, *(row.score for row in activity)]),
        box=_box(event.box, {cell for row in activity for cell in row.cells}),
        footage_end=end + post_roll,
    )


def _box(box: Box, cells: set[int]) -> Box:
    """The smallest box around the box and all of the cells."""
    left, top, width, height = box
    rows, columns = {cell // GRID_COLUMNS for cell in cells}, {cell % GRID_COLUMNS for cell in cells}
    right = max([left + width, *((column + 1) / GRID_COLUMNS for column in columns)])
    bottom = max([top + height, *((row + 1) / GRID_ROWS for row in rows)])
    left = min([left, *(column / GRID_COLUMNS for column in columns)])
    top = min([top, *(row / GRID_ROWS for row in rows)])
    return left, top, right - left, bottom - top
