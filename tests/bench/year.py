"""A database of a simulated year, and how long every question takes that pages, endpoints and dashboards ask of it.

    python -m tests.bench.year

Ten million motion events, 16 cameras, 8.4 million segments: in the embedded engine with the recorder's own limits. The
results go to docs/bench/year.md; the exit code is 1 where a question takes longer than it may.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence, Sized
from dataclasses import dataclass
from pathlib import Path

from exporters.clickhouse.client import Database, connect
from exporters.clickhouse.schema import create_schema
from tests.bench.report import FOLDER, Row, Setting, table, write
from tests.bench.year_data import CAMERAS, YEAR, Size, fill
from tests.bench.year_footage import catalogue_of
from tests.bench.year_questions import QUESTIONS, Past, Question

TIMES = 20
MOST_SECONDS, TYPICAL_SECONDS = 0.5, 0.1
"""No question takes longer than the first; those that pages ask take no longer than the second in the median."""

_TABLES = """SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts
WHERE active AND database = {database:String} GROUP BY table ORDER BY table"""


@dataclass(frozen=True, slots=True)
class Answer:
    question: Question
    rows: int
    seconds: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def worst(self) -> float:
        return max(self.seconds)

    @property
    def is_slow(self) -> bool:
        usual = TYPICAL_SECONDS if self.question.typical else MOST_SECONDS
        return self.worst > MOST_SECONDS or self.median > (self.question.median_seconds or usual)


@dataclass(frozen=True, slots=True)
class Year:
    """`tables` are name, rows and bytes."""

    fill_seconds: float
    tables: Sequence[tuple[str, int, int]]
    answers: Sequence[Answer]

    @property
    def slow(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.is_slow]


async def measure(folder: Path, size: Size, times: int = TIMES) -> Year:
    """Make it in `folder`, and ask everything `times` times."""
    database = await connect(f"chdb://{folder / 'clickhouse'}")
    try:
        began = time.monotonic()
        await create_schema(database)
        await fill(database, size)
        catalogue = await asyncio.to_thread(catalogue_of, folder / "catalogue.sqlite", size)
        filled = time.monotonic() - began
        try:
            past = Past.of(size, database, catalogue)
            answers = [await _asked(past, question, times) for question in QUESTIONS]
            return Year(filled, await _tables(database), answers)
        finally:
            catalogue.close()
    finally:
        await database.close()


async def _asked(past: Past, question: Question, times: int) -> Answer:
    seconds, rows = [], 0
    for _ in range(times):
        began = time.perf_counter()
        found = await question.ask(past)
        seconds.append(time.perf_counter() - began)
        rows = len(found) if isinstance(found, Sized) and not isinstance(found, bytes) else 1
    return Answer(question, rows, seconds)


async def _tables(database: Database) -> list[tuple[str, int, int]]:
    found = await database.query(_TABLES, {"database": database.dsn.database})
    return [(str(name), int(rows), int(size)) for name, rows, size in found]


def page(year: Year, load: float) -> list[str]:
    setting = Setting("python -m tests.bench.year", ("chdb-core", "clickhouse-connect"))
    return [
        "# Asking a year",
        "",
        *setting.lines(),
        f"Before it began, the load of the machine was {load:.1f}.",
        "",
        f"The year of {CAMERAS} cameras is simulated: as many events as on a busy street, segments of a minute, three"
        " seconds of activity for each event, and heatmaps in which 300 cells move in each hour. The engine runs in the"
        f" process, with the recorder's own limits of memory. Making it took {year.fill_seconds:.0f} s.",
        "",
        *table(("table", "rows", "MB"), [(name, f"{rows:,}", f"{size / 1e6:.1f}") for name, rows, size in year.tables]),
        "",
        f"Each question was asked {TIMES} times, the first time with cold caches. None may take longer than"
        f" {MOST_SECONDS * 1000:.0f} ms, and half of the times those that every page asks not longer than"
        f" {TYPICAL_SECONDS * 1000:.0f} ms; what does is marked.",
        "",
        *map(_promised, (answer for answer in year.answers if answer.question.median_seconds)),
        *table(("asked by", "question", "rows", "p50 ms", "worst ms"), map(_line, year.answers)),
    ]


def _promised(answer: Answer) -> str:
    kept = "**not kept**" if answer.is_slow else "kept"
    wanted = 1000 * (answer.question.median_seconds or 0.0)
    return (
        f"Promised of {answer.question.asker}, {answer.question.words}, at 640 x 360 with its legend: half of the"
        f" times within {wanted:.0f} ms. It took {1000 * answer.median:.1f} ms: {kept}.\n"
    )


def _line(answer: Answer) -> Row:
    mark = " **slow**" if answer.is_slow else ""
    words = answer.question.words + ("" if answer.question.typical else " (much at once)") + mark
    median, worst = (f"{seconds * 1000:.1f}" for seconds in (answer.median, answer.worst))
    return answer.question.asker, words, f"{answer.rows:,}", median, worst


def main() -> int:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="year-") as folder:
        year = asyncio.run(measure(Path(folder), YEAR))
    lines = page(year, load)
    print("\n".join(lines))
    write(FOLDER / "year.md", lines)
    return 1 if year.slow else 0


if __name__ == "__main__":
    sys.exit(main())
