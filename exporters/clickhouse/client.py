"""ClickHouse as the rest uses it: statements, inserts and queries, awaited, over one DSN."""

import asyncio
import contextlib
import fcntl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error

from exporters.clickhouse.dsn import parse
from exporters.clickhouse.session import Session
from nvr.errors import DatabaseError

EMBEDDED_LIMITS: Mapping[str, str] = {
    "max_server_memory_usage": "500000000",
    "background_pool_size": "2",
    "mark_cache_size": "16000000",
    "index_mark_cache_size": "4000000",
    "primary_index_cache_size": "16000000",
    "query_condition_cache_size": "4000000",
    "uncompressed_cache_size": "0",
}
"""The engine's defaults assume that it owns the host: caches of 5 GB each."""

QUERY_SECONDS = 30
CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
CLOSE_SECONDS = 1.0
"""How long closing waits for a server's answer to what was asked of it."""

_INSERT = """INSERT INTO {table} SETTINGS insert_deduplication_token = '{token}',
input_format_skip_unknown_fields = 1, input_format_parallel_parsing = 0, throw_on_max_partitions_per_insert_block = 0
FORMAT JSONEachRow"""


class Database:
    """One database, over a session for writing and one for reading, so that no page waits for an insert."""

    def __init__(self, dsn: str, *, limits: Mapping[str, str] = EMBEDDED_LIMITS) -> None:
        self.dsn = parse(dsn)
        self._limits = dict(limits)
        self._writing = Session(self.dsn, "clickhouse-write", self._connect_writer)
        # The embedded engine begins the next answer with what a query had written when it failed.
        self._reading = Session(self.dsn, "clickhouse-read", self._connect, renewed=self.dsn.embedded)

    async def open(self) -> None:
        """Connect and create the database where it is missing. Harmless when repeated; raises `DatabaseError`."""
        await self.command("SELECT 1")

    async def command(self, statement: str) -> None:
        """Run a statement without a result on the writing session."""
        await self._writing.call(lambda client: client.command(statement))

    async def insert(self, table: str, lines: str, token: str) -> None:
        """Insert JSON lines. Repeated with the same token it changes nothing. Raises `RowsRefused`, `DatabaseError`.

        The rows travel in the statement: the library's own inserts go through temporary files, which a kill leaves.
        """
        statement = _INSERT.format(table=quote_identifier(table), token=token)
        await self._writing.call(lambda client: client.command(statement, data=lines))

    async def query(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """The rows of a query; values go into `{name:Type}` places, never into the text."""
        bound = dict(parameters or {})
        return await self._reading.call(lambda client: client.query(statement, parameters=bound).result_rows)

    async def close(self) -> None:
        """Let go: of a server within `CLOSE_SECONDS`, answered or not; of the embedded engine once it has stopped."""
        if self.dsn.embedded:
            await self._stop_reading()
            await self._reading.close()
            await self._writing.close()
        else:
            await asyncio.gather(self._reading.close(CLOSE_SECONDS), self._writing.close(CLOSE_SECONDS))

    async def _stop_reading(self) -> None:
        """Nobody waits any more for what is being read, and the engine cannot be closed before it ends."""
        if self._reading.is_connected:
            with contextlib.suppress(DatabaseError):
                await self.command("KILL QUERY WHERE query_kind = 'Select' ASYNC")

    def _connect_writer(self) -> Client:
        client = self._bare_client()
        try:
            found = client.query(
                "SELECT count() FROM system.databases WHERE name = {name:String}",
                parameters={"name": self.dsn.database},
            )
            if found.result_rows[0][0] == 0:
                client.command(f"CREATE DATABASE IF NOT EXISTS {quote_identifier(self.dsn.database)}")
        except BaseException:
            client.close()
            raise
        client.database = self.dsn.database
        return client

    def _connect(self) -> Client:
        client = self._bare_client()
        client.database = self.dsn.database
        return client

    def _bare_client(self) -> Client:
        if self.dsn.directory is not None:
            return _embedded(self.dsn.directory, self._limits)
        return clickhouse_connect.get_client(
            dsn=self.dsn.without_database,
            interface=self.dsn.scheme,
            tz_mode="aware",
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=ANSWER_SECONDS,
            autogenerate_session_id=False,
        )


async def connect(dsn: str, *, limits: Mapping[str, str] = EMBEDDED_LIMITS) -> Database:
    """An open `Database`. Raises `DatabaseError`, with nothing left open."""
    database = Database(dsn, limits=limits)
    try:
        await database.open()
    except BaseException:
        await database.close()
        raise
    return database


def _embedded(directory: Path, limits: dict[str, str]) -> Client:
    directory.mkdir(parents=True, exist_ok=True)
    try:
        return clickhouse_connect.get_client(
            interface="chdb",
            path=str(directory),
            chdb_options=limits,
            tz_mode="aware",
            settings={"max_execution_time": QUERY_SECONDS},
        )
    except Error as error:
        if _locked(directory):
            raise DatabaseError(
                f"the database in {directory} is locked by another process",
                hint="a recorder is probably running: ask it over HTTP, or stop it",
            ) from error
        raise


def _locked(directory: Path) -> bool:
    """Whether another process holds the engine's own lock, a `flock` on its status file."""
    try:
        with (directory / "status").open("rb") as status:
            fcntl.flock(status, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
