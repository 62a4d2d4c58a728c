"""The writer: every row arrives exactly once, whatever dies in between."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exporters.clickhouse.client import Database
from exporters.clickhouse.queries import Queries
from exporters.clickhouse.writer import Writer
from exporters.spool import Spool
from nvr.errors import DatabaseError
from nvr.model import HeatmapCounts
from tests.exporters.clickhouse.dying_recorder import FACTS
from tests.exporters.clickhouse.engine import count, database_in, with_tables
from tests.exporters.facts import (
    HOUR,
    START,
    CountedRows,
    activity,
    counted_rows,
    gap,
    heatmap,
    motion_event,
    segment,
    tombstone,
)


@pytest.fixture
def telemetry() -> CountedRows:
    return counted_rows()


@pytest.fixture
def spool(tmp_path: Path, telemetry: CountedRows) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool", 1 << 24, telemetry, site="home")
    yield spool
    spool.close()


def put_one_of_each(spool: Spool) -> None:
    for fact in (motion_event(0, 1), gap(), segment(), tombstone(), activity(), heatmap(c1=1)):
        spool.put(fact)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_every_kind_of_fact_arrives_and_is_counted(tmp_path: Path, spool: Spool, telemetry: CountedRows) -> None:
    async def scenario(database: Database) -> None:
        writer = Writer(spool, database, telemetry)
        assert not writer.status().up
        put_one_of_each(spool)
        assert await writer.drain(20)
        for table in ("motion_events", "gaps", "segments", "tombstones", "activity", "heatmap"):
            assert (await database.query("SELECT count() FROM {t:Identifier}", {"t": table}))[0][0] == 1
            assert telemetry.inserted[table, "ok"] == 1
        status = writer.status()
        assert (status.up, status.queue_length, status.spool_bytes) == (True, 0, 0)
        assert status.last_success is not None

    with_tables(tmp_path / "db", scenario)


def test_running_creates_the_tables_and_inserts_within_seconds(
    tmp_path: Path, spool: Spool, telemetry: CountedRows
) -> None:
    async def scenario() -> None:
        async with database_in(tmp_path / "db") as database, asyncio.timeout(30):
            running = asyncio.create_task(Writer(spool, database, telemetry).run())
            for second in range(100):
                spool.put(activity(second))
            while telemetry.inserted["activity", "ok"] < 100:  # noqa: ASYNC110  The telemetry counts, it does not wake.
                await asyncio.sleep(0.05)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert await count_of(database, "activity") == 100

    asyncio.run(scenario())


async def count_of(database: Database, table: str) -> int:
    return int((await database.query("SELECT count() FROM {t:Identifier}", {"t": table}))[0][0])


def test_rows_wait_while_clickhouse_is_away_and_arrive_once_when_it_is_back(
    tmp_path: Path, spool: Spool, telemetry: CountedRows
) -> None:
    async def away() -> None:
        database = Database(f"http://nvr:canary@127.0.0.1:{closed_port()}/nvr")
        writer = Writer(spool, database, telemetry)
        put_one_of_each(spool)
        with pytest.raises(DatabaseError) as failure:
            await writer.run()
        assert "canary" not in str(failure.value)
        assert not await writer.drain(5)
        assert not writer.status().up
        assert writer.status().queue_length == 6
        await database.close()

    async def back(database: Database) -> None:
        put_one_of_each(spool)
        assert await Writer(spool, database, telemetry).drain(20)
        for table in ("motion_events", "gaps", "segments", "tombstones", "activity"):
            assert await count_of(database, table) == 1
        counts, _ = await Queries(database, "home").heatmap("front-door", HOUR, HOUR + timedelta(hours=1))
        assert counts.sum() == 2

    asyncio.run(away())
    with_tables(tmp_path / "db", back)
    assert not telemetry.dropped


@pytest.mark.parametrize("table", ["motion_events", "activity", "heatmap"])
@pytest.mark.parametrize("moment", ["after_assign", "after_insert", "after_acknowledge"])
def test_a_kill_at_any_moment_neither_loses_nor_doubles_rows(moment: str, table: str, tmp_path: Path) -> None:
    arguments = [moment, table, str(tmp_path / "spool"), str(tmp_path / "db")]
    command = [sys.executable, "-m", "tests.exporters.clickhouse.dying_recorder", *arguments]
    died = subprocess.run(command, check=False, timeout=60, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    spool = Spool(tmp_path / "spool", 1 << 24, counted_rows(), site="home")

    async def restarted(database: Database) -> None:
        assert await Writer(spool, database, counted_rows()).drain(20)
        assert await count(database, "motion_events") == await count_of(database, "motion_events") == FACTS
        assert await count_of(database, "activity") == FACTS
        counts, _ = await Queries(database, "home").heatmap("front-door", HOUR, HOUR + timedelta(hours=1))
        assert (counts[0, 1], counts[0, 2]) == (FACTS, 2 * FACTS)

    try:
        with_tables(tmp_path / "db", restarted)
    finally:
        spool.close()


class LosingAnswers(Database):
    """A database that stores each insert and loses the first answers to it, as a server behind a bad network does."""

    answers_to_lose = 5

    async def insert(self, table: str, lines: str, token: str) -> None:
        await super().insert(table, lines, token)
        if self.answers_to_lose:
            self.answers_to_lose -= 1
            raise DatabaseError("the answer was lost")


def test_rows_whose_answer_was_lost_are_sent_again_and_not_doubled(
    tmp_path: Path, spool: Spool, telemetry: CountedRows
) -> None:
    async def scenario() -> None:
        database = LosingAnswers(f"chdb://{tmp_path / 'db'}")
        writer = Writer(spool, database, telemetry)
        put_one_of_each(spool)
        assert await asyncio.to_thread(spool.flush)
        try:
            while database.answers_to_lose:
                with pytest.raises(DatabaseError, match="lost"):
                    await writer.run()
                assert not writer.status().up
                spool.put(activity(database.answers_to_lose))
            assert await writer.drain(20)
            assert await count_of(database, "motion_events") == 1
            assert await count_of(database, "activity") == 5  # That of second 0 was put twice.
        finally:
            await database.close()

    asyncio.run(scenario())


def test_an_insert_that_was_cancelled_on_the_way_is_not_doubled(
    tmp_path: Path, spool: Spool, telemetry: CountedRows
) -> None:
    async def scenario(database: Database) -> None:
        for second in range(1000):
            spool.put(activity(second))
        assert await asyncio.to_thread(spool.flush)
        writer = Writer(spool, database, telemetry)
        for delay in (0.0, 0.005, 0.01, 0.02):
            attempt = asyncio.create_task(writer.run_once())
            await asyncio.sleep(delay)
            attempt.cancel()
            await asyncio.wait([attempt])
        assert await writer.drain(20)
        assert await count_of(database, "activity") == 1000

    with_tables(tmp_path / "db", scenario)


def test_rows_that_can_never_be_read_do_not_hold_up_the_others(
    tmp_path: Path, spool: Spool, telemetry: CountedRows, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(database: Database) -> None:
        await database.command("ALTER TABLE motion_events DROP COLUMN footage_start")
        await database.command("ALTER TABLE motion_events ADD COLUMN footage_start IPv4")
        put_one_of_each(spool)
        assert await Writer(spool, database, telemetry).drain(20)
        assert await count_of(database, "gaps") == 1

    with_tables(tmp_path / "db", scenario)
    assert telemetry.dropped == {"motion_events": 1}
    assert telemetry.inserted["motion_events", "failed"] == 1
    assert "refuses 1 of 1 rows of motion_events for good" in caplog.text


class LosingEachFirstAnswer(Database):
    """A database that stores each insert, and loses the answer to it when it comes for the first time."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self.answered: set[str] = set()

    async def insert(self, table: str, lines: str, token: str) -> None:
        await super().insert(table, lines, token)
        if token not in self.answered:
            self.answered.add(token)
            raise DatabaseError("the answer was lost")


def test_of_a_batch_with_unreadable_rows_the_others_are_stored_exactly_once(
    tmp_path: Path, spool: Spool, telemetry: CountedRows, caplog: pytest.LogCaptureFixture
) -> None:
    good = {cell: 1 + cell % 7 for cell in range(500)}
    bad = dict.fromkeys((501, 502, 1000), -1)

    async def scenario() -> None:
        database = LosingEachFirstAnswer(f"chdb://{tmp_path / 'db'}")
        spool.put(HeatmapCounts("front-door", HOUR, dict(sorted((good | bad | {900: 3}).items()))))
        assert await asyncio.to_thread(spool.flush)
        try:
            while not await Writer(spool, database, telemetry).drain(20):
                assert len(database.answered) < 50
            counts, _ = await Queries(database, "home").heatmap("front-door", HOUR, HOUR + timedelta(hours=1))
            assert counts.sum() == sum(good.values()) + 3
        finally:
            await database.close()

    asyncio.run(scenario())
    assert telemetry.dropped == {"heatmap": 3}
    assert "refuses 3 of 504 rows of heatmap for good" in caplog.text
    assert '"cell":501,"frames":-1}' in caplog.text


def test_events_are_found_as_soon_as_they_are_drained(tmp_path: Path, spool: Spool, telemetry: CountedRows) -> None:
    async def scenario(database: Database) -> None:
        writer = Writer(spool, database, telemetry)
        queries = Queries(database, "home")
        span = (START - timedelta(hours=1), START + timedelta(hours=1))
        for event in (motion_event(), motion_event(length=2)):
            spool.put(event)
            assert await writer.drain(20)
            assert await queries.motion_events("front-door", *span) == [event]

    with_tables(tmp_path / "db", scenario)
