"""One client of ClickHouse on one thread, its failures told as ours.

The embedded engine wants one client a thread, blocks SIGPIPE in the thread that connects, and crashes the process when
a client is open at exit: so a session has a worker thread, and must be closed before the process ends.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import wait
from typing import TypeVar

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, Error

from exporters.clickhouse.dsn import Dsn
from nvr.errors import DatabaseError
from nvr.one_thread import OneThread

T = TypeVar("T")

_ROWS_REFUSED = ("CANNOT_PARSE", "CANNOT_READ", "INCORRECT_DATA", "TYPE_MISMATCH", "ARGUMENT_OUT_OF_BOUND")
"""How the names of ClickHouse's errors begin for rows that can never be read, however often they are sent."""


class RowsRefused(DatabaseError):
    """The rows of one insert can never be stored: trying again is of no use."""


class Session:
    """One client on one thread, connected at the first call; with `renewed`, anew after each call that failed."""

    def __init__(self, dsn: Dsn, name: str, connect: Callable[[], Client], *, renewed: bool = False) -> None:
        self._dsn, self._connect, self._renewed = dsn, connect, renewed
        self._client: Client | None = None
        self._closed = False
        self._thread = OneThread(name)

    @property
    def is_connected(self) -> bool:
        return self._client is not None

    async def call(self, function: Callable[[Client], T]) -> T:
        if self._closed:
            raise DatabaseError(f"the connection to {self._dsn} was closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._call, function)

    async def close(self, timeout_seconds: float | None = None) -> None:
        """Wait for the call that runs, then close the client on its own thread.

        Where that takes longer than the timeout, the thread is left to it, and ends with the process at the latest.
        """
        if self._closed:
            return
        self._closed = True
        closing = self._thread.submit(self._close)
        self._thread.shutdown(wait=False)
        await asyncio.to_thread(wait, [closing], timeout_seconds)

    def _call(self, function: Callable[[Client], T]) -> T:
        try:
            if self._client is None:
                self._client = self._connect()
            return self._run(function, self._client)
        except (ClickHouseError, OSError, ImportError) as error:
            raise _translate(error, self._dsn) from None

    def _run(self, function: Callable[[Client], T], client: Client) -> T:
        try:
            return function(client)
        except BaseException:
            if self._renewed:
                self._close()
            raise

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _translate(error: Exception, dsn: Dsn) -> DatabaseError:
    message = f"ClickHouse at {dsn}: {dsn.mask(_first_line(error))}"
    if isinstance(error, ImportError):
        return DatabaseError(message, hint="install chdb-core, or use a server: database: {dsn: http://...}")
    if isinstance(error, Error) and (error.name or "").startswith(_ROWS_REFUSED):
        return RowsRefused(message)
    return DatabaseError(message)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:500]
