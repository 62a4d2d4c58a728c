"""Motion compared with earlier weeks, by a real engine."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exporters.anomaly import WEEKS, Comparison
from exporters.clickhouse.anomalies import Anomalies
from exporters.clickhouse.client import Database
from exporters.clickhouse.hours import Hours
from exporters.clickhouse.rows import rows_of
from nvr.model import Activity, Cause, Fact, Gap, Segment
from tests.exporters.clickhouse.engine import with_tables

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)


class Heard:
    """What telemetry was told."""

    def __init__(self) -> None:
        self.times: list[Mapping[str, Comparison]] = []
        self.once = asyncio.Event()

    def motion_compared(self, comparisons: Mapping[str, Comparison]) -> None:
        self.times.append(comparisons)
        self.once.set()


async def insert(database: Database, facts: list[Fact]) -> None:
    for number, fact in enumerate(facts):
        rows = rows_of(fact, "home")
        await database.insert(rows.table, rows.lines, f"{number}-{hash(rows.lines)}")


def first_footage(camera: str, weeks: int) -> Segment:
    start = NOON - weeks * WEEK - 90 * MINUTE
    return Segment(Segment.identity(camera, start), camera, start, 60.0, 1000, "x.mp4", "h264", 1920, 1080)


def motion(camera: str, weeks: int, minutes: int) -> list[Fact]:
    """In so many of the minutes before noon, two seconds of each."""
    begin = NOON - weeks * WEEK
    moments = [begin - (minute + 1) * MINUTE + timedelta(seconds=s) for minute in range(minutes) for s in (5, 40)]
    return [Activity(camera, moment, 0.1, (7,)) for moment in moments]


def anomalies(database: Database, heard: Heard | None = None) -> Anomalies:
    hours = Hours(database, "home")
    return Anomalies(hours, ZoneInfo("UTC"), heard or Heard(), is_current=lambda: True, now=lambda: NOON)


def test_each_camera_is_compared_with_its_own_past(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, [first_footage("yard", 8), first_footage("door", 8)])
        for week in range(1, WEEKS + 1):
            await insert(database, motion("door", week, 10))
        await insert(database, motion("yard", 0, 12) + motion("door", 0, 10))
        found = await anomalies(database).comparisons()
        assert found["yard"].score > 3.5
        assert (found["yard"].moving_ratio, found["yard"].usual_ratio) == (0.2, 0.0)
        assert found["door"].score == 0

    with_tables(tmp_path, scenario)


def test_weeks_before_a_camera_was_there_and_hours_it_was_away_are_no_quiet_ones(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, [first_footage("new", 2), first_footage("away", 4), first_footage("lost", 8)])
        for week in (1, 2):
            outage = Gap("away", NOON - week * WEEK - 50 * MINUTE, NOON - week * WEEK, Cause.EOF)
            await insert(database, [outage, *motion("away", week + 2, 10)])
        await insert(database, [Gap("lost", NOON - 20 * MINUTE, None, Cause.TIMEOUT)])
        assert await anomalies(database).comparisons() == {}

    with_tables(tmp_path, scenario)


def test_while_the_database_is_away_nothing_is_said(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        heard = Heard()
        await database.command("DROP TABLE activity")
        running = asyncio.create_task(anomalies(database, heard).run())
        async with asyncio.timeout(30):
            await heard.once.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert heard.times == [{}]

    with_tables(tmp_path, scenario)
