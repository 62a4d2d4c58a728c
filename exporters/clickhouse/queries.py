"""The questions that pages and the API ask of ClickHouse, answered in the domain's words. All times are aware UTC."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from exporters.clickhouse.client import Database
from exporters.clickhouse.rows import timestamp
from nvr.alert import Alert, Status, Told
from nvr.model import HEATMAP_COLUMNS, HEATMAP_ROWS, Activity, Cause, Gap, MotionEvent

FIRST_WINDOW, WINDOW_GROWTH = timedelta(hours=6), 8
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)

_MOMENT = "DateTime64(3, 'UTC')"
_OVERLAPS = f"""site = {{site:String}} AND ({{camera:String}} = '' OR camera = {{camera:String}})
AND start < {{end:{_MOMENT}}} AND (`end` IS NULL OR `end` >= {{start:{_MOMENT}}})"""

_HERE = "site = {site:String} AND ({camera:String} = '' OR camera = {camera:String})"
_OF_CAMERA = "site = {site:String} AND camera = {camera:String}"
_MOTION_EVENT = """SELECT id, camera, start, `end`, peak, box_x, box_y, box_width, box_height, zones,
footage_start, footage_end FROM motion_events FINAL"""

_MOTION_EVENTS = f"""{_MOTION_EVENT} WHERE {_HERE} AND start >= {{start:{_MOMENT}}} AND start < {{end:{_MOMENT}}}
ORDER BY start DESC, id LIMIT {{limit:UInt32}}
SETTINGS do_not_merge_across_partitions_select_final = 1"""

# With FINAL the index of ends would spare little: so without it the candidates are found, among them events that were
# still open when their part was written, and only these are read as they are now.
_CANDIDATES = f"SELECT camera, start, id FROM motion_events WHERE {_HERE} AND start < {{start:{_MOMENT}}}"
_REACHES_IN = f"(`end` IS NULL OR `end` >= {{start:{_MOMENT}}})"

_EARLIER_MOTION_EVENTS = f"""{_MOTION_EVENT} WHERE site = {{site:String}}
AND (camera, start, id) IN ({_CANDIDATES} AND {_REACHES_IN}) AND {_REACHES_IN}
ORDER BY start DESC, id LIMIT {{limit:UInt32}}
SETTINGS do_not_merge_across_partitions_select_final = 1"""

_OPEN_MOTION_EVENTS = f"""{_MOTION_EVENT} WHERE site = {{site:String}}
AND (camera, start, id) IN ({_CANDIDATES} AND `end` IS NULL) AND `end` IS NULL ORDER BY start, id
SETTINGS do_not_merge_across_partitions_select_final = 1"""

_GAPS = f"""SELECT camera, start, `end`, cause FROM gaps FINAL WHERE {_OVERLAPS}
ORDER BY start DESC, camera LIMIT {{limit:UInt32}} OFFSET {{offset:UInt64}}
SETTINGS do_not_merge_across_partitions_select_final = 1"""

_COUNTED = f"SELECT cell, sum(frames) AS counted FROM heatmap WHERE {_OF_CAMERA}"

_HEATMAP_HOURS = f"""{_COUNTED} AND (hour >= toStartOfHour({{start:{_MOMENT}}}) AND hour < {{first:{_MOMENT}}}
OR hour >= {{last:{_MOMENT}}} AND hour < {{end:{_MOMENT}}}) GROUP BY cell"""

# Written as the projection `days` has it, and left so, or it would not be taken.
_HEATMAP_DAYS = f"""{_COUNTED} AND toDate(hour) >= toDate({{first:{_MOMENT}}})
AND toDate(hour) < toDate({{last:{_MOMENT}}}) GROUP BY cell"""
_AS_WRITTEN = "SETTINGS optimize_time_filter_with_preimage = 0"

# One question, since each has its price, whatever it reads.
_HEATMAP = f"""SELECT cell, sum(counted) FROM ({_HEATMAP_HOURS} UNION ALL {_HEATMAP_DAYS}) GROUP BY cell
{_AS_WRITTEN}"""

_ACTIVITY = f"""SELECT second, max(score), arraySort(groupUniqArrayArray(cells)) FROM activity
WHERE {_OF_CAMERA}
AND second >= {{start:{_MOMENT}}} AND second < {{end:{_MOMENT}}}
GROUP BY second ORDER BY second"""


_ALERTS = f"""SELECT fingerprint, start, `end`, labels, annotations, acknowledged, acknowledged_by,
deliveries.channel, deliveries.status, deliveries.outcome, deliveries.time, deliveries.error, version
FROM alerts FINAL WHERE {_HERE} AND start < {{end:{_MOMENT}}}
AND ({{status:String}} = '' OR {{status:String}} = if(`end` IS NULL, 'firing', 'resolved'))
ORDER BY start DESC, fingerprint LIMIT {{limit:UInt32}} OFFSET {{offset:UInt64}}
SETTINGS do_not_merge_across_partitions_select_final = 1"""


class Queries:
    """One site's past. Every method raises `DatabaseError` while ClickHouse is away."""

    def __init__(self, database: Database, site: str) -> None:
        self._database, self._site = database, site

    async def motion_events(
        self, camera: str | None, start: datetime, end: datetime, *, limit: int = 100, offset: int = 0
    ) -> list[MotionEvent]:
        """Events that overlap `[start, end)`, the open ones too, newest first."""
        rows: list[Sequence[Any]] = []
        for since, until in windows(start, end):
            rows += await self._ask(_MOTION_EVENTS, camera, since, until, limit=offset + limit - len(rows))
            if len(rows) == offset + limit:
                break
        else:
            rows += await self._ask(_EARLIER_MOTION_EVENTS, camera, start, end, limit=offset + limit - len(rows))
        return [_motion_event(row) for row in rows[offset:]]

    async def open_motion_events(self, before: datetime) -> list[MotionEvent]:
        """Events that began before that moment and have no end, oldest first."""
        return [_motion_event(row) for row in await self._ask(_OPEN_MOTION_EVENTS, None, before, before)]

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
        statement, first, last = heatmap_question(start, end)
        rows = await self._ask(statement, camera, start, end, first=timestamp(first), last=timestamp(last))
        counts[[cell for cell, _ in rows]] = [frames for _, frames in rows]
        return counts.reshape(HEATMAP_ROWS, HEATMAP_COLUMNS), bool(rows)

    async def activity(self, camera: str, start: datetime, end: datetime) -> list[Activity]:
        """The seconds of `[start, end)` in which something moved, oldest first."""
        rows = await self._ask(_ACTIVITY, camera, start, end)
        return [Activity(camera, second, float(score), tuple(cells)) for second, score, cells in rows]

    async def alerts(
        self, camera: str | None, status: Status | None, before: datetime, *, limit: int = 100, offset: int = 0
    ) -> list[Alert]:
        """Alerts that began before then, newest first; of any status where none is named."""
        of = {"site": self._site, "camera": camera or "", "status": status or "", "end": timestamp(before)}
        return [_alert(row) for row in await self._database.query(_ALERTS, of | {"limit": limit, "offset": offset})]

    async def _ask(
        self, statement: str, camera: str | None, start: datetime, end: datetime, **more: int | str
    ) -> Sequence[Sequence[Any]]:
        span = {"site": self._site, "camera": camera or "", "start": timestamp(start), "end": timestamp(end)}
        return await self._database.query(statement, span | more)


def windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Stretches that make up `[start, end)`, the last first, each longer than the one after it.

    Whoever wants the newest of many rows finds them in the first, and the others are never read.
    """
    length = FIRST_WINDOW
    while start < end:
        since = end - length if end - start > length else start
        yield since, end
        end, length = since, length * WINDOW_GROWTH


def heatmap_question(start: datetime, end: datetime) -> tuple[str, datetime, datetime]:
    """What to ask for the hours of `[start, end)`, and from when to when these are whole days in UTC: their sums are
    kept. Where there are none, both are the end."""
    first, last = _midnight(start + DAY - MICROSECOND), _midnight(end)
    if first >= last:
        return _HEATMAP_HOURS, end, end
    if (start, end) == (first, last):
        return f"{_HEATMAP_DAYS} {_AS_WRITTEN}", first, last
    return _HEATMAP, first, last


def _midnight(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _alert(row: Sequence[Any]) -> Alert:
    fingerprint, start, end, labels, annotations, acknowledged, by, *told, version = row
    return Alert(
        fingerprint=fingerprint,
        start=start,
        end=end,
        labels=labels,
        annotations=annotations,
        acknowledged=acknowledged,
        acknowledged_by=by,
        told=tuple(Told(*each) for each in zip(*told, strict=True)),
        revision=int(version),
    )


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
