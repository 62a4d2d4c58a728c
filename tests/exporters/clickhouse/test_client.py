"""The client: tokens, locks, closing and secrets."""

import asyncio
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from exporters.clickhouse.client import Database, connect
from exporters.clickhouse.session import RowsRefused
from nvr.errors import DatabaseError
from tests.exporters.clickhouse.engine import database_in, with_tables
from tests.exporters.clickhouse.fake_server import fake_server

GAP = '{"site":"home","camera":"a","start":"2026-01-0%d 00:00:00.000","end":null,"cause":"eof","version":0}'


def test_an_insert_repeated_with_its_token_changes_nothing(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        for token in ("one", "one", "two", "one"):
            await database.insert("gaps", GAP % 1, token)
        assert await database.query("SELECT count() FROM gaps") == [(2,)]

    with_tables(tmp_path, scenario)


def test_one_insert_may_span_years_of_partitions(tmp_path: Path) -> None:
    lines = [GAP.replace("2026-01-0%d", f"{1990 + number // 12}-{number % 12 + 1:02d}-01") for number in range(150)]

    async def scenario(database: Database) -> None:
        for _ in range(2):
            await database.insert("gaps", "\n".join(lines), "one")
        assert await database.query("SELECT count() FROM gaps") == [(150,)]

    with_tables(tmp_path, scenario)


def test_fields_that_a_table_does_not_know_are_passed_over(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await database.insert("gaps", (GAP % 1).replace('"version":0', '"version":0,"later":{"a":[1]}'), "one")
        assert await database.query("SELECT camera FROM gaps") == [("a",)]

    with_tables(tmp_path, scenario)


def test_inserts_leave_no_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = tmp_path / "tmp"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private / "missing"))

    async def scenario(database: Database) -> None:
        await database.insert("gaps", GAP % 1, "one")
        assert await database.query("SELECT count() FROM gaps") == [(1,)]

    with_tables(private / "db", scenario)


def test_unreadable_rows_are_refused_and_nothing_of_them_stays(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        with pytest.raises(RowsRefused):
            await database.insert("gaps", (GAP % 1) + '\n{"start":"never"}', "one")
        assert await database.query("SELECT count() FROM gaps") == [(0,)]

    with_tables(tmp_path, scenario)


def test_a_missing_table_is_an_error_that_may_pass(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        with pytest.raises(DatabaseError, match="UNKNOWN_TABLE") as failure:
            await database.insert("nonesuch", GAP % 1, "one")
        assert not isinstance(failure.value, RowsRefused)

    with_tables(tmp_path, scenario)


def test_a_second_opener_is_told_which_path_is_locked(tmp_path: Path) -> None:
    program = f"""
import asyncio
from exporters.clickhouse.client import connect
from nvr.errors import DatabaseError
try:
    asyncio.run(connect("chdb://{tmp_path}"))
except DatabaseError as error:
    print(error)
"""

    async def scenario() -> str:
        async with database_in(tmp_path):
            second = await asyncio.to_thread(
                subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
            )
            return str(second.stdout)

    said = asyncio.run(scenario())
    assert f"the database in {tmp_path} is locked by another process" in said
    assert "a recorder is probably running: ask it over HTTP" in said


def test_a_locked_database_opens_in_the_same_process_once_it_is_free(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from exporters.clickhouse.client import connect
async def hold():
    database = await connect("chdb://{tmp_path}")
    print("held", flush=True)
    sys.stdin.read()
    await database.close()
asyncio.run(hold())
"""
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    async def scenario() -> None:
        database = Database(f"chdb://{tmp_path}")
        for _ in range(3):
            with pytest.raises(DatabaseError, match="locked by another process"):
                await database.open()
        await asyncio.to_thread(holder.communicate)
        await database.open()
        assert await database.query("SELECT 1") == [(1,)]
        await database.close()

    with holder:
        try:
            assert holder.stdout
            assert holder.stdout.readline() == b"held\n"
            asyncio.run(scenario())
        finally:
            holder.kill()


def test_a_directory_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match=f"chdb://{tmp_path}/file/db: .*Not a directory"):
        asyncio.run(connect(f"chdb://{tmp_path}/file/db"))


def test_a_closed_database_says_so_and_closes_again_without_harm(tmp_path: Path) -> None:
    async def scenario() -> None:
        database = await connect(f"chdb://{tmp_path}")
        await database.close()
        await database.close()
        with pytest.raises(DatabaseError, match="was closed"):
            await database.query("SELECT 1")

    asyncio.run(scenario())


def test_queries_and_inserts_run_side_by_side(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        slow = asyncio.create_task(database.query("SELECT sleep(1)"))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(0.8):
            await database.insert("gaps", GAP % 1, "one")
        await slow

    with_tables(tmp_path, scenario)


def test_closing_stops_what_is_still_being_read(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        endless = asyncio.create_task(database.query("SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 7"))
        await asyncio.sleep(0.2)
        started = time.monotonic()
        await database.close()
        assert time.monotonic() - started < 2
        with pytest.raises(DatabaseError, match="QUERY_WAS_CANCELLED"):
            await endless

    with_tables(tmp_path, scenario)


def test_a_server_that_hangs_holds_up_neither_closing_nor_the_end_of_the_process() -> None:
    program = """
import asyncio, sys
from exporters.clickhouse.client import connect
async def main():
    database = await connect(sys.argv[1])
    print("hang", flush=True)
    sys.stdin.readline()
    calls = [asyncio.create_task(database.insert("gaps", "{}", "one")), asyncio.create_task(database.query("SELECT 1"))]
    await asyncio.wait(calls, timeout=0.5)
    for call in calls:
        call.cancel()
    print("close", flush=True)
    await database.close()
asyncio.run(main())
"""
    with fake_server() as seen:
        dsn = f"http://127.0.0.1:{seen.port}/nvr"
        command = [sys.executable, "-c", program, dsn]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdin
            assert process.stdout.readline() == "hang\n"
            seen.hang = threading.Event()
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "close\n"
            closing = time.monotonic()
            assert process.wait(timeout=20) == 0
            assert time.monotonic() - closing < 2
            seen.hang.set()


def test_over_http_the_token_and_the_lines_are_sent_and_the_database_is_created() -> None:
    async def scenario(port: int) -> None:
        database = await connect(f"http://nvr:canary@127.0.0.1:{port}/cameras")
        await database.insert("gaps", GAP % 1, "spool-7")
        await database.close()

    with fake_server() as seen:
        asyncio.run(scenario(seen.port))
    sent = [parameters.get("query", "") + body for parameters, body in seen.requests]
    assert any("CREATE DATABASE IF NOT EXISTS `cameras`" in statement for statement in sent)
    parameters, body = seen.requests[-1]
    assert "insert_deduplication_token = 'spool-7'" in parameters["query"]
    assert (parameters["database"], body) == ("cameras", GAP % 1)


def test_a_server_that_refuses_never_shows_the_password() -> None:
    async def scenario(port: int) -> None:
        await connect(f"http://nvr:canary@127.0.0.1:{port}/nvr")

    with fake_server() as seen:
        seen.refuse_with = "Code: 516. DB::Exception: nvr: Authentication failed: canary. (AUTHENTICATION_FAILED)"
        with pytest.raises(DatabaseError) as failure:
            asyncio.run(scenario(seen.port))
    assert "AUTHENTICATION_FAILED" in str(failure.value)
    assert "canary" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_what_a_failed_query_had_written_is_not_in_the_next_answer(tmp_path: Path) -> None:
    async def ask(database: Database) -> object:
        failing = "SELECT number, throwIf(number = 300000) FROM numbers(400000) SETTINGS max_block_size = 1000"
        for _ in range(3):
            with pytest.raises(DatabaseError):
                await database.query(failing)
            assert list(await database.query("SELECT 1")) == [(1,)]
        return None

    with_tables(tmp_path, ask)
