"""docs/reference/tables.md says what the code makes, and its questions are answered."""

import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exporters.clickhouse.client import Database
from exporters.clickhouse.rows import rows_of
from exporters.clickhouse.schema import TIME_COLUMNS
from nvr.clock import utc_now
from nvr.model import Activity, Cause, Fact, Gap, HeatmapCounts, MotionEvent, Segment, Tombstone
from tests.exporters.clickhouse.engine import with_tables

REFERENCE = (Path(__file__).parents[3] / "docs" / "reference" / "tables.md").read_text(encoding="utf-8")
QUESTIONS = dict(re.findall(r"^### (.+)$(?:(?!^#).*\n)*?```sql\n((?:.*\n)*?)```", REFERENCE, re.MULTILINE))

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
YESTERDAY = TODAY - DAY
NOON = YESTERDAY + timedelta(hours=12)


def documented() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Each table's engine line, and its columns with their types."""
    tables = {}
    for name, text in re.findall(r"^## `(\w+)`\n((?:(?!^## ).*\n)*)", REFERENCE, re.MULTILINE):
        [engine] = re.findall(r"^(Engine .*)\.$", text, re.MULTILINE)
        tables[name] = engine, re.findall(r"^\| `(\w+)` \| `(.+?)` \| .+ \|$", text, re.MULTILINE)
    return tables


async def made(database: Database) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    found = await database.query(
        "SELECT name, engine_full, partition_key, sorting_key FROM system.tables WHERE database = 'nvr'"
    )
    columns = await database.query(
        "SELECT table, name, type FROM system.columns WHERE database = 'nvr' ORDER BY table, position"
    )
    return {
        table: (_engine(*row), [(name, kind) for of, name, kind in columns if of == table]) for table, *row in found
    }


def _engine(engine_full: str, partitions: str, order: str) -> str:
    engine = re.split(r" (?:PARTITION|ORDER) BY ", engine_full)[0]
    return f"Engine `{engine}`, " + (f"partitions `{partitions}`, " if partitions else "") + f"order `{order}`"


def test_every_table_and_column_is_documented_as_it_is_and_no_other(tmp_path: Path) -> None:
    assert documented() == with_tables(tmp_path, made)


def test_what_rows_age_by_is_documented() -> None:
    [sentence] = re.findall(r"counted from ((?:.|\n)*?)\.", REFERENCE)
    assert set(re.findall(r"`(\w+)`", sentence)) == set(TIME_COLUMNS.values())


def event(start: datetime, seconds: float | None, box: tuple[float, float, float, float], camera: str) -> MotionEvent:
    end = None if seconds is None else start + timedelta(seconds=seconds)
    identity = MotionEvent.identity(camera, start)
    return MotionEvent(identity, camera, start, end, 0.25, box, ("porch",), start, end)


def segment(start: datetime, camera: str, size_bytes: int, seconds: float = 3600) -> Segment:
    identity = Segment.identity(camera, start)
    return Segment(identity, camera, start, seconds, size_bytes, f"{camera}/a.mp4", "h264", 1920, 1080)


def cell(x: float, y: float, rows: int = 18, columns: int = 32) -> int:
    """The one that holds the point."""
    return int(y * rows) * columns + int(x * columns)


IN_DOORWAY, BESIDE = (0.2, 0.5), (0.3, 0.5)
DOOR_BOX, FAR_BOX = (0.2, 0.4, 0.5, 0.2), (0.3, 0.4, 0.5, 0.2)


def facts() -> Sequence[Fact]:
    lost = segment(YESTERDAY - 3 * DAY, "front-door", 5_000_000)
    noon_cells = {cell(*IN_DOORWAY, 45, 80): 40, cell(*BESIDE, 45, 80): 7}
    return (
        *(Activity("front-door", NOON + timedelta(seconds=n), n / 128, (cell(*IN_DOORWAY),)) for n in (16, 32, 64)),
        Activity("front-door", NOON + timedelta(seconds=3), 0.9, (cell(*BESIDE), cell(0.2, 0.25))),
        Activity("yard", NOON, 0.9, (cell(*IN_DOORWAY),)),
        Activity("front-door", NOON - 8 * DAY, 0.9, (cell(*IN_DOORWAY),)),
        event(NOON, None, DOOR_BOX, "front-door"),
        event(NOON, 10, DOOR_BOX, "front-door"),
        event(NOON + timedelta(minutes=1), 5, FAR_BOX, "front-door"),
        event(NOON + timedelta(hours=1), 60, DOOR_BOX, "yard"),
        *(segment(YESTERDAY + timedelta(hours=hour), "front-door", 1_000_000) for hour in range(18)),
        segment(YESTERDAY, "yard", 30_000_000, 86400),
        lost,
        Tombstone(lost, NOON, "budget"),
        Gap("front-door", YESTERDAY + timedelta(hours=18), None, Cause.TIMEOUT),
        Gap("front-door", YESTERDAY + timedelta(hours=18), TODAY, Cause.TIMEOUT),
        Gap("yard", YESTERDAY - timedelta(hours=30), YESTERDAY - timedelta(hours=6), Cause.RECORDER_DOWN),
        HeatmapCounts("front-door", NOON, noon_cells),
        HeatmapCounts("front-door", NOON, {cell(*IN_DOORWAY, 45, 80): 2}),
        HeatmapCounts("front-door", NOON - DAY - timedelta(hours=3), noon_cells),
    )


ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "What moved in this doorway last week?": [(NOON, 2, 0.25), (NOON + timedelta(minutes=1), 1, 0.5)],
    "Which events may have touched it?": [(NOON, NOON + timedelta(seconds=10), 0.25, ["porch"])],
    "How much of each day was covered?": [
        ((YESTERDAY - 3 * DAY).date(), "front-door", 1.0, 0.0),
        ((YESTERDAY - 2 * DAY).date(), "yard", 0.0, 6 * 3600.0),
        ((YESTERDAY - DAY).date(), "yard", 0.0, 18 * 3600.0),
        (YESTERDAY.date(), "front-door", 0.75, 6 * 3600.0),
        (YESTERDAY.date(), "yard", 1.0, 0.0),
    ],
    "Why was footage missing?": [
        ("yard", "recorder_down", 1, 86400.0, 86400.0),
        ("front-door", "timeout", 1, 21600.0, 21600.0),
    ],
    "At what hours of the day is the doorway used?": sorted(
        [(NOON.astimezone(BERLIN).hour, 42), ((NOON - DAY - timedelta(hours=3)).astimezone(BERLIN).hour, 40)]
    ),
    "Which were the busiest hours?": [
        (NOON, "front-door", 2, 15.0),
        (NOON + timedelta(hours=1), "yard", 1, 60.0),
    ],
    "What does each camera take?": [
        ("yard", 1, 30_000_000, "28.61 MiB", YESTERDAY),
        ("front-door", 18, 18_000_000, "17.17 MiB", YESTERDAY),
    ],
}


def test_every_question_is_answered(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        for number, fact in enumerate(facts()):
            for site in ("home", "elsewhere"):
                rows = rows_of(fact, site)
                await database.insert(rows.table, rows.lines, f"{site}-{number}")
        for question, answer in ANSWERS.items():
            assert [tuple(row) for row in await database.query(QUESTIONS[question])] == answer, question

    assert QUESTIONS.keys() == ANSWERS.keys()
    with_tables(tmp_path, scenario)


def test_the_embedded_database_is_read_as_the_reference_says(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        rows = rows_of(event(NOON, 1, DOOR_BOX, "yard"), "home")
        await database.insert(rows.table, rows.lines, "one")

    with_tables(tmp_path / "data" / "clickhouse", scenario)
    [program] = re.findall(r"```python\n(.*?)```", REFERENCE, re.DOTALL)
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True).stdout
    assert said == "[('yard', 1)]\n"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)]+)\)", REFERENCE))))
def test_links_lead_somewhere(link: str) -> None:
    file, _, heading = link.partition("#")
    path = Path(__file__).parents[3] / "docs" / "reference" / (file or "tables.md")
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert not heading or heading in [re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings]
