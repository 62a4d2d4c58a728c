"""The door for strangers' questions: what is answered, what is refused, and that nothing of ours is touched."""

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporters.clickhouse.client import Database, connect
from exporters.clickhouse.guest import GuestError, Guests, Question
from exporters.clickhouse.schema import create_schema
from tests.exporters.clickhouse.abuse import ABUSE

FINE = (
    "SELECT displayName(), version(), revision(), timezone()",
    "SELECT 1 -- with a remark;",
    "SELECT ';', 'FORMAT JSON', 'file(x)', $$drop table$$",
    "SELECT toStartOfInterval(start, INTERVAL 1 HOUR) AS time, count() FROM motion_events GROUP BY 1 ORDER BY 1",
    "SELECT countIf(peak > 1), quantiles(0.5, 0.9)(peak), argMaxIf(camera, start, 1), uniqExactOrNull(zones) "
    "FROM motion_events",
    "WITH latest AS (SELECT * FROM nvr.motion_events FINAL) "
    "SELECT e.camera, g.cause FROM latest AS e ANY LEFT JOIN gaps AS g USING camera",
    "SELECT sum(frames) OVER (PARTITION BY camera ORDER BY hour ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM heatmap",
    "SELECT * EXCEPT (version) FROM gaps WHERE cause IN ('eof', {cause:String}) AND camera IN (SELECT 'door')",
    "SELECT CASE WHEN 1 BETWEEN 0 AND 2 THEN [1, 2][1] ELSE (1, 'a').1 END AS x, x::String",
    "SELECT name, type FROM system.columns WHERE database = 'nvr'",
    "SELECT name, engine FROM system.tables",
    "SELECT number FROM numbers(10)",
    "SHOW TABLES",
    "SHOW TABLES FROM nvr LIKE '%ga%'",
    "SHOW DATABASES",
    "DESCRIBE TABLE gaps",
    "SELECT arrayJoin(deliveries).outcome, labels['camera'], mapKeys(labels) FROM alerts FINAL",
)


class Door:
    """The guests of one engine with tables, asked from outside of its loop."""

    def __init__(self, directory: Path) -> None:
        self._runner = asyncio.Runner()
        self.database: Database = self._runner.run(connect(f"chdb://{directory}"))
        self._runner.run(create_schema(self.database))
        self._guests = self._runner.run(self._open(directory))

    @staticmethod
    async def _open(directory: Path) -> Guests:
        return Guests(directory)

    def ask(self, text: str, output: str = "JSONCompact", **parameters: str) -> list[list[object]]:
        answer = self._runner.run(self._guests.ask(Question(text, output, parameters)))
        return list(json.loads(answer.body)["data"])

    def refusal(self, text: str, **parameters: str) -> GuestError:
        with pytest.raises(GuestError) as refused:
            self._runner.run(self._guests.ask(Question(text, "JSONCompact", parameters)))
        return refused.value

    def many(self, count: int, text: str) -> list[object]:
        async def all_at_once() -> list[object]:
            return list(
                await asyncio.gather(*(self._guests.ask(Question(text)) for _ in range(count)), return_exceptions=True)
            )

        return self._runner.run(all_at_once())

    def own(self, statement: str) -> None:
        self._runner.run(self.database.command(statement))

    def close(self) -> None:
        self._runner.run(self._guests.close())
        self._runner.run(self.database.close())
        self._runner.close()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    opened = Door(tmp_path_factory.mktemp("clickhouse"))
    yield opened
    opened.close()


@pytest.mark.parametrize("text", ABUSE)
def test_what_is_not_a_question_about_footage_is_refused(door: Door, text: str) -> None:
    error = door.refusal(text, t="system.users", d="system", u="users")
    assert error.code in (497, 62, 73, 60, 46, 164), error
    assert "root:" not in str(error)
    assert not Path("/tmp/stolen").exists()
    assert door.ask("SELECT count() >= 0 FROM motion_events") == [[1]]


@pytest.mark.parametrize("text", FINE)
def test_questions_are_answered(door: Door, text: str) -> None:
    assert isinstance(door.ask(text, cause="dns"), list)


def test_parameters_are_values_and_never_text(door: Door) -> None:
    hostile = "x', file('/etc/passwd'), '"
    assert door.ask("SELECT {a:String}", a=hostile.replace("'", "\\'")) == [[hostile]]
    assert door.ask("SELECT {a:Array(String)}", a="['b','c']") == [[["b", "c"]]]
    assert door.refusal("SELECT {a:UInt8}", a="file('/etc/passwd')").code in (457, 6, 27, 72)
    assert door.refusal("SELECT {missing:UInt8}").name == "UNKNOWN_QUERY_PARAMETER"


def test_limits_hold_and_the_recorder_is_not_held_to_them(door: Door) -> None:
    assert door.refusal("SELECT number FROM numbers(2000000)").name == "TOO_MANY_ROWS_OR_BYTES"
    assert door.refusal("SELECT count() FROM numbers(100000000000)").code in (158, 159, 307)
    assert door.refusal("SELECT length(groupArray(number)) FROM numbers(400000000)").code in (241, 159)
    door.own("INSERT INTO gaps (site, camera, start, cause, version) VALUES ('s', 'door', now(), 'eof', 1)")
    assert door.ask("SELECT camera FROM gaps") == [["door"]]


def test_more_questions_than_may_wait_are_refused_and_the_others_answered(door: Door) -> None:
    answers = door.many(200, "SELECT count() FROM numbers(1000)")
    refused = [answer for answer in answers if isinstance(answer, GuestError)]
    assert 0 < len(refused) < 200
    assert {error.name for error in refused} == {"TOO_MANY_SIMULTANEOUS_QUERIES"}


def test_pieces_of_questions_at_random_change_nothing_and_read_nothing(door: Door) -> None:
    draw = random.Random(7)
    pieces = [piece for text in (*ABUSE, *FINE) for piece in text.split(" ") if piece]
    for _ in range(300):
        text = " ".join(draw.choices(pieces, k=draw.randrange(1, 12)))
        try:
            answer = door.ask(text, t="system.users", d="system", u="users", cause="x")
        except (GuestError, json.JSONDecodeError, KeyError):
            continue
        assert "root:" not in json.dumps(answer), text
    assert door.ask("SELECT count() > 0 FROM gaps") == [[1]]


def test_random_bytes_are_an_error_in_clickhouses_words(door: Door) -> None:
    draw = random.Random(8)
    for _ in range(100):
        text = draw.randbytes(draw.randrange(1, 60)).decode("latin-1")
        assert str(door.refusal(text)).startswith("Code: ")


def test_clickhouse_go_is_told_revision_0(door: Door) -> None:
    """Otherwise it looks for what only the native protocol puts before each block, and Grafana reads nothing."""
    ((_, _, revision, _),) = door.ask("SELECT displayName(), version(), revision(), timezone()")
    assert revision == 0
