"""The questions that pages and the API ask of ClickHouse, answered in the domain's words. All times are aware UTC."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from exporters.clickhouse.client import Database
from exporters.clickhouse.rows import timestamp
from nvr.model import HEATMAP_COLUMNS, HEATMAP_ROWS, Activity, Cause, Gap, MotionEvent

_MOMENT = "DateTime64(3, 'UTC')"
_OVERLAPS = f"""site = {{site:String}} AND ({{camera:String}} = '' OR camera = {{camera:String}})
AND start < {{end:{_MOMENT}}} AND (`end` IS NULL OR `end` >= {{start:{_MOMENT}}})"""

_EVERY_MOTION_EVENT = """SELECT id, camera, start, `end`, peak, box_x, box_y, box_width, box_height, zones,
footage_start, footage_end FROM motion_events FINAL"""

_MOTION_EVENTS = f"""{_EVERY_MOTION_EVENT} WHERE {_OVERLAPS}
ORDER BY start DESC, id LIMIT {{limit:UInt32}} OFFSET {{offset:UInt64}}
SETTINGS do_not_merge_across_partitions_select_final = 1"""

_OPEN_MOTION_EVENTS = f"""{_EVERY_MOTION_EVENT}
WHERE site = {{site:String}} AND start < {{before:{_MOMENT}}} AND `end` IS NULL ORDER BY start, id
SETTINGS do_not_merge_across_partitions_select_final = 1"""

_GAPS = f"""SELECT camera, start, `end`, cause FROM gaps FINAL WHERE {_OVERLAPS}
ORDER BY start DESC, camera LIMIT {{limit:UInt32}} OFFSET {{offset:UInt64}}
SETTINGS do_not_merge_across_partitions_select_final = 1"""

_HEATMAP = f"""SELECT cell, sum(frames) FROM heatmap WHERE site = {{site:String}} AND camera = {{camera:String}}
AND hour >= toStartOfHour({{start:{_MOMENT}}}) AND hour < {{end:{_MOMENT}}} GROUP BY cell"""

_ACTIVITY = f"""SELECT second, max(score), arraySort(groupUniqArrayArray(cells)) FROM activity
WHERE site = {{site:String}} AND camera = {{camera:String}}
AND second >= {{start:{_MOMENT}}} AND second < {{end:{_MOMENT}}}
GROUP BY second ORDER BY second"""


class Queries:
    """One site's past. Every method raises `DatabaseError` while ClickHouse is away."""

    def __init__(self, database: Database, site: str) -> None:
        self._database, self._site = database, site

    async def motion_events(
        self, camera: str | None, start: datetime, end: datetime, *, limit: int = 100, offset: int = 0
    ) -> list[MotionEvent]:
        """Events that overlap `[start, end)`, the open ones too, newest first."""
        rows = await self._ask(_MOTION_EVENTS, camera, start, end, limit=limit, offset=offset)
        return [_motion_event(row) for row in rows]

    async def open_motion_events(self, before: datetime) -> list[MotionEvent]:
        """Events that began before that moment and have no end, oldest first. It looks at all there are."""
        parameters = {"site": self._site, "before": timestamp(before)}
        return [_motion_event(row) for row in await self._database.query(_OPEN_MOTION_EVENTS, parameters)]

    async def gaps(
        self, camera: str | None, start: datetime, end: datetime, *, limit: int = 100, offset: int = 0
    ) -> list[Gap]:
        """Gaps that overlap `[start, end)`, those that last too, newest first."""
        rows = await self._ask(_GAPS, camera, start, end, limit=limit, offset=offset)
        return [Gap(camera, start, end, Cause(cause)) for camera, start, end, cause in rows]

    async def heatmap(self, camera: str, start: datetime, end: datetime) -> tuple[npt.NDArray[np.uint64], bool]:
        """`(45, 80) uint64`, in how many frames each cell moved in the hours that `[start, end)` touches, and whether
        anything was counted there at all."""
        counts = np.zeros(HEATMAP_ROWS * HEATMAP_COLUMNS, np.uint64)
        rows = await self._ask(_HEATMAP, camera, start, end)
        for cell, frames in rows:
            counts[cell] = frames
        return counts.reshape(HEATMAP_ROWS, HEATMAP_COLUMNS), bool(rows)

    async def activity(self, camera: str, start: datetime, end: datetime) -> list[Activity]:
        """The seconds of `[start, end)` in which something moved, oldest first."""
        rows = await self._ask(_ACTIVITY, camera, start, end)
        return [Activity(camera, second, float(score), tuple(cells)) for second, score, cells in rows]

    async def _ask(
        self, statement: str, camera: str | None, start: datetime, end: datetime, **more: int
    ) -> Sequence[Sequence[Any]]:
        span = {"site": self._site, "camera": camera or "", "start": timestamp(start), "end": timestamp(end)}
        return await self._database.query(statement, span | more)


def _motion_event(row: Sequence[Any]) -> MotionEvent:
    identity, camera, start, end, peak, x, y, width, height, zones, footage_start, footage_end = row
    return MotionEvent(
        id=identity,
        camera=camera,
        start=start,
        end=end,
        peak=float(peak),
        box=(float(x), float(y), float(width), float(height)),
        zones=tuple(zones),
        footage_start=footage_start,
        footage_end=footage_end,
    )
