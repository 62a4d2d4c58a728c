"""What pages, endpoints and dashboards ask of the past, one entry each: whoever adds a question adds it here."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from exporters.clickhouse.client import Database
from exporters.clickhouse.queries import Queries
from exporters.web.drawings import Drawing, Drawings
from ingest.catalogue import Catalogue
from tests.bench.year_data import END, SITE, Size

CAMERA = "camera-03"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Past:
    """What is asked."""

    size: Size
    database: Database
    queries: Queries
    catalogue: Catalogue

    @staticmethod
    def of(size: Size, database: Database, catalogue: Catalogue) -> "Past":
        return Past(size, database, Queries(database, SITE), catalogue)


@dataclass(frozen=True, slots=True)
class Question:
    """`ask` returns the rows. `typical` ones are asked by every page; the others look at much at once. `median_seconds`
    is how long it takes in half of the times at most, where that is promised."""

    asker: str
    words: str
    ask: Callable[[Past], Awaitable[Any]]
    typical: bool = True
    median_seconds: float | None = None


def _sql(statement: str, days: float) -> Callable[[Past], Awaitable[Any]]:
    """A dashboard's statement over the last days; `{span}` stands for its condition on time."""

    def ask(past: Past) -> Awaitable[Any]:
        since = END - timedelta(days=min(days, past.size.days))
        span = f"site = '{SITE}' AND start >= '{since:%F %T}' AND start < '{END:%F %T}'"
        return past.database.query(statement.replace("{span}", span))

    return ask


def _middle(past: Past) -> Any:
    return past.size.start + (END - past.size.start) // 2


_EVENTS = (
    Question("/api/events", "first page of a day", lambda p: p.queries.motion_events(None, END - DAY, END, limit=101)),
    Question("/api/events", "first page of the year", lambda p: p.queries.motion_events(None, p.size.start, END)),
    Question(
        "/api/events",
        "first page of the year, one camera",
        lambda p: p.queries.motion_events(CAMERA, p.size.start, END, limit=101),
    ),
    Question(
        "/api/events",
        "a page half a year back",
        lambda p: p.queries.motion_events(None, p.size.start, _middle(p), limit=101),
    ),
    Question(
        "/api/events",
        "a page of 1,000 half a year back, one camera",
        lambda p: p.queries.motion_events(CAMERA, p.size.start, _middle(p), limit=1001),
    ),
    Question(
        "/api/events",
        "a day in which nothing was seen",
        lambda p: p.queries.motion_events(CAMERA, END + DAY, END + 2 * DAY, limit=101),
    ),
    Question(
        "/api/timeline",
        "a day of one camera, its events",
        lambda p: p.queries.motion_events(CAMERA, _middle(p), _middle(p) + DAY, limit=5000),
    ),
    Question("start", "events without an end", lambda p: p.queries.open_motion_events(END), typical=False),
)


async def _drawn(past: Past) -> bytes:
    """The heatmap of the year in the size that pages ask for, by days and the hours at either end; nothing is kept from
    the time before."""
    counts, _ = await past.queries.heatmap(CAMERA, past.size.start + DAY / 2, END - DAY / 12)
    return await Drawings().draw(Drawing(counts))


_HEATMAPS = (
    Question("/heatmap.png", "today", lambda p: p.queries.heatmap(CAMERA, END - DAY, END)),
    Question(
        "/heatmap.png", "a day half a year back", lambda p: p.queries.heatmap(CAMERA, _middle(p), _middle(p) + DAY)
    ),
    Question("/heatmap.png", "the year", lambda p: p.queries.heatmap(CAMERA, p.size.start, END), typical=False),
    Question("/heatmap.png", "the year, read, drawn and written as PNG", _drawn, typical=False, median_seconds=0.05),
)

_OTHERS = (
    Question("queries", "activity of two hours", lambda p: p.queries.activity(CAMERA, END - DAY / 12, END)),
    Question("queries", "activity of a day", lambda p: p.queries.activity(CAMERA, END - DAY, END), typical=False),
    Question("queries", "first page of the year's gaps", lambda p: p.queries.gaps(None, p.size.start, END)),
    Question("queries", "gaps of a day, one camera", lambda p: p.queries.gaps(CAMERA, END - DAY, END)),
)

_DASHBOARDS = (
    Question(
        "dashboard",
        "events of a week by camera and hour",
        _sql(
            "SELECT camera, toStartOfHour(start) AS hour, count() FROM motion_events FINAL WHERE {span}"
            " GROUP BY camera, hour SETTINGS do_not_merge_across_partitions_select_final = 1",
            7,
        ),
    ),
    Question(
        "dashboard",
        "last 100 events of a week in one zone",
        _sql(
            "SELECT id, camera, start FROM motion_events FINAL WHERE {span} AND has(zones, 'porch')"
            " ORDER BY start DESC LIMIT 100 SETTINGS do_not_merge_across_partitions_select_final = 1",
            7,
        ),
    ),
    Question(
        "dashboard",
        "events of the year by day",
        # Without FINAL, which takes seconds for a year: an event has one row with an end, sooner or later.
        _sql("SELECT toDate(start), countIf(`end` IS NOT NULL) FROM motion_events WHERE {span} GROUP BY 1", 366),
        typical=False,
    ),
    Question(
        "dashboard",
        "recorded hours of a month by day",
        _sql(
            "SELECT toDate(start), sum(duration_seconds) / 3600 FROM segments FINAL WHERE {span} GROUP BY 1"
            " SETTINGS do_not_merge_across_partitions_select_final = 1",
            30,
        ),
        typical=False,
    ),
)


def _of_catalogue(words: str, ask: Callable[[Past], Any], *, typical: bool = True) -> Question:
    return Question("catalogue", words, lambda past: asyncio.to_thread(ask, past), typical)


_FOOTAGE = (
    _of_catalogue("segments of a day", lambda p: p.catalogue.segments(CAMERA, _middle(p), _middle(p) + DAY)),
    _of_catalogue(
        "segments of eight days",
        lambda p: p.catalogue.segments(CAMERA, _middle(p), _middle(p) + 8 * DAY),
        typical=False,
    ),
    _of_catalogue("one segment by its id", lambda p: [p.catalogue.segment(f"{CAMERA}-{_milliseconds(p)}")]),
    _of_catalogue("the oldest thousand", lambda p: p.catalogue.oldest(1000)),
    _of_catalogue("bytes and oldest by camera", lambda p: p.catalogue.sizes()),
    _of_catalogue("the end of a camera's footage", lambda p: [p.catalogue.last_end(CAMERA)]),
    _of_catalogue("gaps of a day", lambda p: p.catalogue.gaps.between(CAMERA, _middle(p), _middle(p) + DAY)),
    _of_catalogue("the year's gaps", lambda p: p.catalogue.gaps.between(None, p.size.start, END), typical=False),
)


def _milliseconds(past: Past) -> int:
    return int(_middle(past).timestamp() * 1000)


QUESTIONS = _EVENTS + _HEATMAPS + _OTHERS + _DASHBOARDS + _FOOTAGE
