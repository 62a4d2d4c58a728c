"""Every SQL, its macros expanded, is answered by a real engine with rows of the expected types."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exporters.clickhouse.client import Database
from exporters.clickhouse.rows import rows_of
from nvr.clock import utc_now
from nvr.model import Activity, Cause, Fact, Gap, HeatmapCounts, MotionEvent
from tests.exporters.clickhouse.engine import with_tables
from tests.grafana.dashboards import expanded, sql

NOW = utc_now().replace(microsecond=0)
EARLIER = NOW - timedelta(minutes=10)
HOUR = NOW.replace(minute=0, second=0)
CHOSEN = {"site:sqlstring": "'home'", "camera:sqlstring": "'front-door','yard'"}
KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("time",), (datetime,)),
    **dict.fromkeys(("picture", "zones", "camera", "cause", "state", "moment", "seen"), (str,)),
    **dict.fromkeys(("seconds", "peak", "gaps", "missing", "longest", "cells"), (int, float)),
    **dict.fromkeys((f"{hour:02}:00" for hour in range(24)), (int,)),
}


async def asked(database: Database) -> dict[str, list[dict[str, Any]]]:
    """The rows of every question, after something happened at the front door."""
    identity = MotionEvent.identity("front-door", EARLIER)
    facts: tuple[Fact, ...] = (
        MotionEvent(identity, "front-door", EARLIER, NOW, 0.2, (0.1, 0.1, 0.2, 0.2), ("porch",), EARLIER, NOW),
        Gap("front-door", EARLIER, NOW, Cause.EOF),
        Activity("front-door", EARLIER, 0.2, (3, 4)),
        HeatmapCounts("front-door", HOUR, {1234: 7}),
    )
    for number, fact in enumerate(facts):
        rows = rows_of(fact, "home")
        await database.insert(rows.table, rows.lines, str(number))
    answers = {}
    for name, text in sql().items():
        question = expanded(text, EARLIER - timedelta(hours=2), NOW + timedelta(minutes=1), CHOSEN)
        [described] = [[row[0] for row in await database.query(f"DESCRIBE TABLE ({question})")]]
        answers[name] = [dict(zip(described, row, strict=True)) for row in await database.query(question)]
    return answers


def test_every_question_is_answered_with_rows_of_the_expected_types(tmp_path: Path) -> None:
    answers = with_tables(tmp_path, asked)
    assert answers
    for name, rows in answers.items():
        assert rows, name
        for column, value in rows[0].items():
            assert isinstance(value, KINDS[column]), (name, column, value)


def test_an_event_leads_to_its_picture_and_its_moment(tmp_path: Path) -> None:
    answers = with_tables(tmp_path, asked)
    [(row,)] = [rows for name, rows in answers.items() if name.startswith("camera") and "Motion events" in name]
    assert row["moment"] == EARLIER.strftime("%Y-%m-%dT%H:%M:%SZ")
    seen = (EARLIER + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert row["picture"] == f"/nvr/snapshot.jpg?camera=front-door&t={seen}&width=160&placeholder=1"
