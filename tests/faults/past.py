"""What a live recorder noted, beside what the database was given: the disk is the truth and the database must agree."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from exporters.clickhouse.client import Database


@dataclass(frozen=True, slots=True)
class Past:
    """Ids, each as often as it is there. Only what is finished counts: complete segments, closed gaps and events."""

    segments: Counter[str]
    gaps: Counter[str]
    events: Counter[str]
    seconds: Counter[str]


def noted(recordings: Path) -> tuple[set[str], set[str]]:
    """The ids of segments and closed gaps that the catalogue has."""
    with closing(sqlite3.connect(recordings / "catalogue.sqlite")) as database:
        segments = {str(one) for (one,) in database.execute("SELECT id FROM segments")}
        gaps = {f"{camera} {start}" for camera, start in database.execute(_GAPS)}
    return segments, gaps


_GAPS = 'SELECT camera, start FROM gaps WHERE "end" IS NOT NULL'


async def kept(database: Database, site: str = "test") -> Past:
    """What the database has. Not FINAL: a row that came twice shall be seen twice."""

    async def ids(question: str) -> Counter[str]:
        rows = await database.query(f"{question} GROUP BY 1", {"site": site})
        return Counter({str(one): int(times) for one, times in rows})

    here = "WHERE site = {site:String}"
    return Past(
        await ids(f"SELECT id, count() FROM segments {here} AND complete"),
        await ids(
            f"SELECT concat(camera, ' ', toString(toUnixTimestamp64Milli(start))), count() FROM gaps {here}"
            " AND `end` IS NOT NULL"
        ),
        await ids(f"SELECT id, count() FROM motion_events {here} AND `end` IS NOT NULL"),
        await ids(f"SELECT concat(camera, ' ', toString(second)), count() FROM activity {here}"),
    )


def doubles(past: Past) -> list[str]:
    return [one for kind in (past.segments, past.gaps, past.events, past.seconds) for one in kind if kind[one] > 1]
