"""What moved in an hour at each camera, and how much of that hour the camera was seen, asked of ClickHouse."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exporters.anomaly import HOUR, MINUTES, Hour
from exporters.clickhouse.client import Database
from exporters.clickhouse.rows import timestamp

_MOMENT = "DateTime64(3, 'UTC')"

_MOVING = f"""SELECT camera, uniqExact(intDiv(toUnixTimestamp(second), 60)) FROM activity
WHERE site = {{site:String}} AND second >= {{start:{_MOMENT}}} AND second < {{end:{_MOMENT}}} GROUP BY camera"""

# Footage as such tells nothing: in mode `motion` there is little of it, and no gap.
_MISSING = f"""SELECT camera, sum(dateDiff('millisecond', greatest(start, {{start:{_MOMENT}}}),
least(coalesce(`end`, {{end:{_MOMENT}}}), {{end:{_MOMENT}}}))) / 1000
FROM gaps FINAL WHERE site = {{site:String}} AND start < {{end:{_MOMENT}}}
AND (`end` IS NULL OR `end` > {{start:{_MOMENT}}}) GROUP BY camera
SETTINGS do_not_merge_across_partitions_select_final = 1"""

_KNOWN_SINCE = f"""SELECT camera, min(start) FROM segments
WHERE site = {{site:String}} AND start >= {{start:{_MOMENT}}} GROUP BY camera"""


class Hours:
    """One site's. Every method raises `DatabaseError` while ClickHouse is away."""

    def __init__(self, database: Database, site: str) -> None:
        self._database, self._site = database, site

    async def known_since(self, earliest: datetime) -> dict[str, datetime]:
        """When each camera's first footage begins, as far as it lies after the earliest."""
        return dict(await self._ask(_KNOWN_SINCE, earliest, earliest))

    async def hour(self, end: datetime, known_since: Mapping[str, datetime]) -> dict[str, Hour]:
        """The hour before `end` at those cameras that were known by its beginning."""
        start = end - HOUR
        moving = defaultdict[str, int](int, await self._ask(_MOVING, start, end))
        missing = defaultdict[str, float](float, await self._ask(_MISSING, start, end))
        return {
            camera: Hour(min(MINUTES, moving[camera]), 1 - missing[camera] / HOUR.total_seconds())
            for camera, since in known_since.items()
            if since <= start
        }

    async def _ask(self, statement: str, start: datetime, end: datetime) -> list[tuple[str, Any]]:
        span = {"site": self._site, "start": timestamp(start), "end": timestamp(end)}
        return [(camera, value) for camera, value in await self._database.query(statement, span)]
