"""Whether the database holds exactly what the load's log says: nothing missing, nothing double, nothing invented."""

from dataclasses import dataclass
from pathlib import Path

from exporters.clickhouse.client import Database
from tests.exporters.clickhouse.load import CELLS, Log

# Each as the number of the fact, and how often it is there.
_EVENTS = """SELECT toInt64(round(toFloat64(start - toDateTime64('2026-11-22 17:01:00.123', 3, 'UTC')))), count()
FROM motion_events WHERE site = 'home' GROUP BY 1"""
_ACTIVITY = """SELECT toInt64(second - toDateTime('2026-11-22 17:00:00', 'UTC')), count()
FROM activity WHERE site = 'home' GROUP BY 1"""
_HEATMAP = f"""SELECT toInt64((hour - toDateTime('2026-11-22 17:00:00', 'UTC')) / 3600) * {CELLS} + cell, sum(frames)
FROM heatmap WHERE site = 'home' GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Truth:
    """`durable` facts of three rows each; `missing` and `double` name table and fact."""

    offered: int
    durable: int
    missing: list[tuple[str, int]]
    double: list[tuple[str, int]]
    invented: list[tuple[str, int]]


async def compare(database: Database, path: Path) -> Truth:
    log = Log.read(path)
    must = set(range(log.offered)) - log.lost_at_most
    missing, double, invented = [], [], []
    for table, question in {"motion_events": _EVENTS, "activity": _ACTIVITY, "heatmap": _HEATMAP}.items():
        found = {int(number): int(times) for number, times in await database.query(question)}
        missing += [(table, number) for number in sorted(must - found.keys())]
        double += [(table, number) for number, times in sorted(found.items()) if times != 1]
        invented += [(table, number) for number in sorted(found.keys() - set(range(log.offered)))]
    return Truth(log.offered, len(must), missing, double, invented)
