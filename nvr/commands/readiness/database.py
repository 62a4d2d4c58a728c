"""ClickHouse: that the embedded engine loads and its folder is free, or that the server answers."""

import asyncio
import tempfile

from exporters.clickhouse.dsn import parse
from nvr.commands.readiness.disk import folder
from nvr.commands.readiness.finding import Finding
from nvr.errors import DatabaseError

REMEDY = "recording goes on without it; look at database.dsn, its user and password, and whether the server runs"


def database(dsn: str, *, recorder_runs: bool) -> Finding:
    parsed = parse(dsn)
    if parsed.directory is None:
        return _answering(dsn, f"{parsed} answers")
    found = folder("database", parsed.directory)
    if not found.ready:
        return found
    if recorder_runs:
        return Finding("database", True, f"{parsed} is in the running recorder's hands")
    if parsed.directory.exists():
        return _answering(dsn, f"{parsed} opens")
    # The engine is tried elsewhere: a check leaves nothing behind.
    with tempfile.TemporaryDirectory() as elsewhere:
        return _answering(f"chdb://{elsewhere}", f"the engine loads, {parsed.directory} will be made")


def _answering(dsn: str, message: str) -> Finding:
    try:
        asyncio.run(_opened(dsn))
    except DatabaseError as error:
        return Finding("database", False, error.message, error.hint or REMEDY)
    return Finding("database", True, message)


async def _opened(dsn: str) -> None:
    # Late: a mistake in the configuration is told before the engine is loaded, which takes a second.
    from exporters.clickhouse.client import connect  # noqa: PLC0415

    await (await connect(dsn)).close()
