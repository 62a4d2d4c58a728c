"""The tables: created once, migrated, never used by an older program."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from exporters.clickhouse.client import Database
from exporters.clickhouse.rows import rows_of
from exporters.clickhouse.schema import MIGRATIONS, TIME_COLUMNS, create_schema, version
from nvr.clock import utc_now
from nvr.errors import DatabaseError
from nvr.model import Cause, Gap
from tests.exporters.clickhouse.engine import database_in, with_tables


def test_creating_the_tables_again_changes_nothing(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        before = await database.query("SELECT name, create_table_query FROM system.tables WHERE database = 'nvr'")
        await create_schema(database)
        after = await database.query("SELECT name, create_table_query FROM system.tables WHERE database = 'nvr'")
        assert sorted(before, key=str) == sorted(after, key=str)
        assert {name for name, _ in before} == {*TIME_COLUMNS, "schema_version"}
        steps = await database.query("SELECT version FROM schema_version ORDER BY version")
        assert steps == [(number,) for number in range(1, len(MIGRATIONS) + 1)]

    with_tables(tmp_path, scenario)


def test_every_table_begins_with_the_site_and_is_durable_and_deduplicated(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        for table in TIME_COLUMNS:
            ((key, engine, first),) = await database.query(
                "SELECT t.sorting_key, t.engine_full, c.name FROM system.tables t JOIN system.columns c "
                "ON c.database = t.database AND c.table = t.name "
                "WHERE t.database = 'nvr' AND t.name = {table:String} AND c.position = 1",
                {"table": table},
            )
            assert key.startswith("site,")
            assert first == "site"
            for setting in ("fsync_after_insert = 1", "fsync_part_directory = 1", "deduplication_window = 1000"):
                assert setting in engine

    with_tables(tmp_path, scenario)


def test_a_newer_schema_is_refused_with_what_to_do(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await database.command("INSERT INTO schema_version (version) VALUES (99)")
        with pytest.raises(DatabaseError, match=r"has schema 99, this program knows \d+ \(install the newer nvr"):
            await create_schema(database)

    with_tables(tmp_path, scenario)


def test_an_older_schema_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from exporters.clickhouse import schema  # noqa: PLC0415  The module itself is what is patched.

    later = (*MIGRATIONS, ("ALTER TABLE gaps ADD COLUMN IF NOT EXISTS note String",))

    async def scenario(database: Database) -> None:
        monkeypatch.setattr(schema, "MIGRATIONS", later)
        await create_schema(database)
        assert await version(database) == len(later)
        assert await database.query("SELECT count(note) FROM gaps") == [(0,)]

    with_tables(tmp_path, scenario)


def test_segments_of_the_first_schema_have_no_clock_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from exporters.clickhouse import schema  # noqa: PLC0415  The module itself is what is patched.

    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS[:1])

    async def scenario(database: Database) -> None:
        await database.command("INSERT INTO segments (site, camera, id, start) VALUES ('home', 'yard', 'a', now())")
        monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS)
        await create_schema(database)
        await create_schema(database)
        assert await version(database) == len(MIGRATIONS)
        found = await database.query("SELECT id, clock_step_seconds, clock_offset_seconds FROM segments")
        assert found == [("a", 0.0, 0.0)]

    with_tables(tmp_path, scenario)


def test_a_table_that_was_dropped_is_named_and_its_remedy_works(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await database.command("DROP TABLE gaps")
        with pytest.raises(DatabaseError, match=r"the table gaps is missing .*drop the table schema_version too"):
            await create_schema(database)
        await database.command("DROP TABLE schema_version")
        await create_schema(database)
        assert await database.query("SELECT count() FROM gaps") == [(0,)]

    with_tables(tmp_path, scenario)


def test_rows_live_as_long_as_the_setting_says(tmp_path: Path) -> None:
    async def expiring(database: Database) -> list[str]:
        rows = await database.query(
            "SELECT name FROM system.tables WHERE database = 'nvr' AND engine_full LIKE '%toIntervalDay(%'"
        )
        return [name for (name,) in rows]

    async def scenario(database: Database) -> None:
        assert await expiring(database) == []
        for days in (30, 60, 60):
            await create_schema(database, keep_days=days)
            assert len(await expiring(database)) == len(TIME_COLUMNS)
        await create_schema(database, keep_days=None)
        assert await expiring(database) == []

    with_tables(tmp_path, scenario)


def test_rows_that_are_too_old_go_whenever_they_came(tmp_path: Path) -> None:
    now = utc_now()
    recent, old, older = (Gap("yard", now - timedelta(days=age), now, Cause.EOF) for age in (1, 800, 900))

    async def starts(database: Database) -> list[str]:
        return [start for (start,) in await database.query("SELECT start FROM gaps ORDER BY start")]

    async def only_the_recent_one_is_left(database: Database) -> None:
        async with asyncio.timeout(30):
            while len(await starts(database)) > 1:  # noqa: ASYNC110  The engine drops them when it likes.
                await asyncio.sleep(0.1)

    async def scenario(database: Database) -> None:
        await database.insert("gaps", "\n".join(rows_of(gap, "home").lines for gap in (recent, older)), "before")
        await create_schema(database, keep_days=400)
        await only_the_recent_one_is_left(database)
        await database.insert("gaps", rows_of(old, "home").lines, "after")
        await only_the_recent_one_is_left(database)
        assert await database.query("SELECT start > now() - INTERVAL 2 DAY FROM gaps") == [(True,)]

    with_tables(tmp_path, scenario)


def test_tables_are_there_after_closing_and_opening(tmp_path: Path) -> None:
    async def created(database: Database) -> None:
        assert await version(database) == len(MIGRATIONS)

    async def reopened() -> None:
        async with database_in(tmp_path) as database:
            assert await version(database) == len(MIGRATIONS)

    with_tables(tmp_path, created)
    asyncio.run(reopened())
