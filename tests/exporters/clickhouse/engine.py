"""A real embedded ClickHouse for one test: chDB opens one directory a process, so each is closed before the next."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from exporters.clickhouse.client import Database, connect
from exporters.clickhouse.schema import create_schema

T = TypeVar("T")


@asynccontextmanager
async def database_in(directory: Path) -> AsyncIterator[Database]:
    database = await connect(f"chdb://{directory}")
    try:
        yield database
    finally:
        await database.close()


def with_tables(directory: Path, scenario: Callable[[Database], Awaitable[T]]) -> T:
    """Run `scenario` on a database in `directory` that has the tables."""

    async def run() -> T:
        async with database_in(directory) as database:
            await create_schema(database)
            return await scenario(database)

    return asyncio.run(run())


async def count(database: Database, table: str) -> int:
    ((rows,),) = await database.query("SELECT count() FROM {table:Identifier} FINAL", {"table": table})
    return int(rows)
