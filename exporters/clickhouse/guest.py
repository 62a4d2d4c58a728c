"""A door for strangers' questions to the embedded engine: read only, bounded, and apart from the recorder's own."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import chdb

from exporters.clickhouse.client import EMBEDDED_LIMITS
from exporters.clickhouse.gate import NotAllowed, check, statement
from nvr.one_thread import OneThread

ENGINES = 2
"""Questions answered at once: the others wait, so that a dashboard of twenty panels takes no more of the machine."""

MOST_WAITING = 64
LIMITS: Mapping[str, int | str] = {
    "max_execution_time": 6,
    "max_memory_usage": 200_000_000,
    "max_result_rows": 1_000_000,
    "max_result_bytes": 50_000_000,
    "max_rows_to_read": 500_000_000,
    "max_ast_elements": 5_000,
    "max_ast_depth": 200,
    "max_query_size": 65_536,
    "max_threads": 2,
    "max_bytes_before_external_group_by": 0,
    "max_bytes_before_external_sort": 0,
    "result_overflow_mode": "'throw'",
    "timeout_overflow_mode": "'throw'",
    "allow_introspection_functions": 0,
    "allow_ddl": 0,
    "readonly": 1,
}
"""Set once on a connection of its own; the last of them keeps all from being set again."""

_HANDSHAKE = "SELECT displayName(), version(), revision(), timezone()"
_PLAIN_REVISION = "SELECT displayName(), version(), toUInt32(0) AS `revision()`, timezone()"
"""By revision 0 clickhouse-go, and so Grafana, reads plain Native, the form that the embedded engine writes."""

_ERROR = re.compile(r"Code: (\d+)\. DB::Exception: (.*?)(?:\((\w+)\))?\s*$", re.DOTALL)


class GuestError(Exception):
    """An answer that is an error, in ClickHouse's words."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {message.strip()} ({name})")
        self.code, self.name = code, name


@dataclass(frozen=True, slots=True)
class Question:
    """`parameters` fill `{name:Type}` places, written as ClickHouse's HTTP interface has them."""

    text: str
    default_format: str = "TabSeparated"
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    format: str
    read_rows: int
    read_bytes: int
    elapsed_seconds: float


class Guests:
    """Asks the embedded engine in the directory, as it is opened there with these limits. Close it before that."""

    def __init__(self, directory: Path, limits: Mapping[str, str] = EMBEDDED_LIMITS) -> None:
        place = f"{directory}?{'&'.join(f'{name}={value}' for name, value in limits.items())}"
        self._engines: asyncio.Queue[_Engine] = asyncio.Queue()
        self._all = [_Engine(place, number) for number in range(ENGINES)]
        for engine in self._all:
            self._engines.put_nowait(engine)
        self._waiting, self._is_closed = 0, False

    async def ask(self, question: Question) -> Answer:
        """Raises GuestError."""
        if self._waiting >= MOST_WAITING or self._is_closed:
            raise GuestError(202, "TOO_MANY_SIMULTANEOUS_QUERIES", "Too many questions are waiting: ask again later")
        self._waiting += 1
        try:
            engine = await self._engines.get()
        finally:
            self._waiting -= 1
        answering = asyncio.ensure_future(engine.call(partial(_answer, question=question)))
        answering.add_done_callback(lambda _: self._engines.put_nowait(engine))  # also where nobody waits any more
        return await asyncio.shield(answering)

    async def close(self) -> None:
        self._is_closed = True
        await asyncio.gather(*(engine.close() for engine in self._all))


class _Engine:
    """One connection on one thread, made with the first question."""

    def __init__(self, place: str, number: int) -> None:
        self._place, self._thread = place, OneThread(f"clickhouse-guest-{number}")
        self._connection: Any = None

    async def call(self, ask: partial[Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._call, ask)

    def _call(self, ask: partial[Answer]) -> Answer:
        if self._connection is None:
            self._connection = _connect(self._place)
        try:
            return ask(self._connection)
        except BaseException:
            self._disconnect()  # what a query had written when it failed would begin the next one's answer
            raise

    async def close(self) -> None:
        closing = self._thread.submit(self._disconnect)
        self._thread.shutdown(wait=False)
        await asyncio.wrap_future(closing)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connect(place: str) -> Any:
    connection = chdb.connect(place)
    try:
        connection.query("USE nvr", "Null")
        connection.query("SET " + ", ".join(f"{name} = {value}" for name, value in LIMITS.items()), "Null")
    except BaseException:
        connection.close()
        raise
    return connection


def _answer(connection: Any, *, question: Question) -> Answer:
    """Read it, judge it, ask it. Runs on the connection's thread."""
    try:
        plain = _query(connection, "SELECT formatQuerySingleLine({q:String})", "TSVRaw", {"q": _escaped(question.text)})
        asked = statement(plain.bytes().decode(), question.default_format)
        tree = _query(connection, f"EXPLAIN AST {asked.text}", "TSVRaw", question.parameters)
        check(asked.text, tree.bytes().decode())
    except NotAllowed as error:
        raise GuestError(error.code, error.name, str(error)) from None
    except UnicodeDecodeError:
        raise GuestError(62, "SYNTAX_ERROR", "The query is not UTF-8") from None
    text = _PLAIN_REVISION if asked.text == _HANDSHAKE else asked.text
    result = _query(connection, text, asked.format, question.parameters)
    return Answer(result.bytes(), asked.format, result.rows_read(), result.bytes_read(), result.elapsed())


def _query(connection: Any, text: str, output: str, parameters: Mapping[str, str]) -> Any:
    try:
        return connection.query(text, output, params=dict(parameters))
    except RuntimeError as error:
        raise _translated(str(error)) from None


def _escaped(text: str) -> str:
    """As a parameter's value is written."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\0", "\\0")


def _translated(message: str) -> GuestError:
    """The engine's error; what it says of its own reading of the question is left out."""
    found = _ERROR.search(message)
    if found is None:
        return GuestError(1002, "UNKNOWN_EXCEPTION", message[:500])
    what, _, _ = found[2].partition(": In scope SELECT formatQuerySingleLine(")
    return GuestError(int(found[1]), found[3] or "UNKNOWN_EXCEPTION", what[:2000])
