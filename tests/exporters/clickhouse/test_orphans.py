"""Events that a recorder was killed in are closed by the next one, once, from what was seen of them."""

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exporters.clickhouse.client import Database
from exporters.clickhouse.orphans import Orphans, closed, unbroken
from exporters.clickhouse.queries import Queries
from exporters.clickhouse.rows import rows_of
from exporters.clickhouse.writer import Writer
from exporters.spool import Spool
from nvr.model import Fact, MotionEvent
from nvr.settings import MotionSettings
from tests.exporters.clickhouse.engine import count, with_tables
from tests.exporters.clickhouse.killed_in_motion import MOVING_SECONDS
from tests.exporters.facts import HOUR, START, activity, counted_rows, motion_event

SECOND = timedelta(seconds=1)
BEGAN = START + timedelta(hours=1)
MOTION = {"front-door": MotionSettings(off_after_seconds=3, post_roll_seconds=7)}


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool", 1 << 24, counted_rows(), site="home")
    yield spool
    spool.close()


async def insert(database: Database, *facts: Fact) -> None:
    for fact in facts:
        rows = rows_of(fact, "home")
        await database.insert(rows.table, rows.lines, f"{hash(rows.lines)}")


class AskedOrphans(Orphans):
    """Says when it was asked."""

    def __init__(self, database: Database, began: datetime = BEGAN) -> None:
        super().__init__(Queries(database, "home"), began, MOTION)
        self.asked = asyncio.Event()

    async def closed(self) -> list[MotionEvent]:
        try:
            return await super().closed()
        finally:
            self.asked.set()


async def restart(spool: Spool, database: Database) -> None:
    """Run a writer until it has closed what there is to close, and stop it."""
    orphans = AskedOrphans(database)
    writer = Writer(spool, database, counted_rows(), orphans=orphans)
    running = asyncio.create_task(writer.run())
    async with asyncio.timeout(20):
        await orphans.asked.wait()
    running.cancel()
    await asyncio.wait([running])
    assert await writer.drain(20)


async def events(database: Database) -> list[MotionEvent]:
    found = await Queries(database, "home").motion_events(None, START - timedelta(days=9), START + timedelta(days=9))
    return found[::-1]


def test_activity_belongs_to_an_event_up_to_the_first_long_pause() -> None:
    rows = [activity(second) for second in (1, 2, 6, 20, 21)]
    assert unbroken(rows, HOUR, 10 * SECOND) == rows[:3]
    assert unbroken(rows, HOUR, 14 * SECOND) == rows
    assert unbroken(rows, HOUR - timedelta(minutes=1), 10 * SECOND) == []


def test_an_event_ends_in_its_last_second_and_grows_by_what_moved_in_it() -> None:
    event = replace(motion_event(), box=(0.25, 0.25, 0.25, 0.25))
    [row] = [activity(70, cells=(2 * 32 + 4, 9 * 32 + 23))]
    ended = closed(event, [row], 7 * SECOND)
    assert (ended.id, ended.start, ended.zones) == (event.id, event.start, event.zones)
    assert ended.end == HOUR + 70 * SECOND
    assert ended.footage_end == HOUR + 77 * SECOND
    assert ended.peak == 0.5
    assert ended.box == pytest.approx((4 / 32, 2 / 18, 20 / 32, 8 / 18))


def test_an_event_of_which_nothing_more_is_known_ends_where_it_began() -> None:
    event = motion_event()
    for rows in ([], [activity(60, cells=())]):
        ended = closed(event, rows, 5 * SECOND)
        assert (ended.end, ended.footage_end, ended.box) == (event.start, event.start + 5 * SECOND, event.box)


def test_only_open_events_from_before_this_recorder_are_closed(tmp_path: Path) -> None:
    elsewhere, after = motion_event(10, camera="yard"), motion_event(3601)

    async def scenario(database: Database) -> None:
        await insert(database, motion_event(0), motion_event(90), motion_event(90, 5), elsewhere, after)
        await insert(database, *(activity(second) for second in (61, 62, 65, 66, 90, 3700)))
        first, second = await AskedOrphans(database).closed()
        assert (first.id, first.end) == (motion_event(0).id, HOUR + 66 * SECOND)
        assert first.footage_end == HOUR + 73 * SECOND
        assert (second.id, second.end) == (elsewhere.id, elsewhere.start)
        assert second.footage_end == elsewhere.start + 5 * SECOND

    with_tables(tmp_path, scenario)


def test_an_event_of_many_hours_is_followed_to_its_end_and_never_into_this_run(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, motion_event(0))
        await database.command(
            "INSERT INTO activity SELECT 'home', 'front-door', toDateTime('2026-11-22 17:01:00', 'UTC') + number * 5, "
            "0.5, [7] FROM numbers(4000)"
        )
        [event] = await AskedOrphans(database, BEGAN + timedelta(days=1)).closed()
        assert event.end == HOUR + timedelta(seconds=60 + 3999 * 5)
        [event] = await AskedOrphans(database, HOUR + timedelta(seconds=100)).closed()
        assert event.end == HOUR + timedelta(seconds=95)

    with_tables(tmp_path, scenario)


@pytest.mark.parametrize("moment", ["inserted", "spooled"])
def test_after_a_kill_the_next_recorder_closes_the_event_exactly_once(
    moment: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arguments = [moment, str(tmp_path / "spool"), str(tmp_path / "db")]
    command = [sys.executable, "-m", "tests.exporters.clickhouse.killed_in_motion", *arguments]
    died = subprocess.run(command, check=False, timeout=60, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    spool = Spool(tmp_path / "spool", 1 << 24, counted_rows(), site="home")

    async def restarted(database: Database) -> None:
        for _ in range(2):
            await restart(spool, database)
            [event] = await events(database)
            assert (event.id, event.end) == (motion_event(0).id, HOUR + (59 + MOVING_SECONDS) * SECOND)
        assert await count(database, "motion_events") == 1

    try:
        with_tables(tmp_path / "db", restarted)
    finally:
        spool.close()
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "1 motion events that the recorder was killed in were closed"
    ]


def test_an_end_that_waits_in_the_spool_is_the_end(
    tmp_path: Path, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, motion_event(0))
        for second in range(20_000):
            spool.put(activity(5000 + second))
            if second % 5000 == 0:
                assert await asyncio.to_thread(spool.flush)
        spool.put(motion_event(0, 2))
        assert await asyncio.to_thread(spool.flush)
        await restart(spool, database)
        assert await events(database) == [motion_event(0, 2)]

    with_tables(tmp_path / "db", scenario)
    assert "were closed" not in caplog.text


def test_what_cannot_be_asked_does_not_hold_up_the_rows(
    tmp_path: Path, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, motion_event(0))
        await database.command("ALTER TABLE activity DROP COLUMN score")
        spool.put(motion_event(90, 1))
        await restart(spool, database)
        assert await events(database) == [motion_event(0), motion_event(90, 1)]

    with_tables(tmp_path / "db", scenario)
    assert "stay open for now: ClickHouse at chdb://" in caplog.text
