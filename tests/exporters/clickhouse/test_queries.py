"""The questions, asked of a real engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest

from exporters.clickhouse import schema
from exporters.clickhouse.client import Database
from exporters.clickhouse.queries import Queries, heatmap_question, windows
from exporters.clickhouse.rows import rows_of
from nvr.alert import Told
from nvr.model import Fact, MotionEvent
from tests.exporters.clickhouse.engine import with_tables
from tests.exporters.facts import HOUR, START, activity, gap, heatmap, motion_event
from tests.exporters.notify.alerts import NOON, alert

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MIDNIGHT = HOUR.replace(hour=0)


async def insert(database: Database, *facts: Fact, site: str = "home") -> None:
    for number, fact in enumerate(facts):
        rows = rows_of(fact, site)
        await database.insert(rows.table, rows.lines, f"{site}-{number}-{hash(rows.lines)}")


def test_an_event_comes_back_as_it_was_put(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        event = motion_event(length=2.5)
        await insert(database, event)
        assert await Queries(database, "home").motion_events("front-door", START - DAY, START + DAY) == [event]

    with_tables(tmp_path, scenario)


def test_a_closed_event_replaces_its_open_form_in_either_order(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        first, second = motion_event(0, 3), motion_event(60, 4)
        await insert(database, motion_event(0), first, second, motion_event(60))
        events = await Queries(database, "home").motion_events(None, START - DAY, START + DAY)
        assert events == [second, first]

    with_tables(tmp_path, scenario)


def test_events_that_overlap_are_found_and_open_ones_too(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        long, still_open, before, after = (
            motion_event(0, 60),
            motion_event(5),
            motion_event(-60, 10),
            motion_event(99, 1),
        )
        await insert(database, long, still_open, before, after)
        events = await Queries(database, "home").motion_events("front-door", START + 30 * SECOND, START + 40 * SECOND)
        assert events == [still_open, long]

    with_tables(tmp_path, scenario)


def test_events_are_paged_newest_first_by_camera_and_site(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        events = [motion_event(number, 0.5) for number in range(5)]
        await insert(database, *events, motion_event(2, 1, camera="yard"))
        await insert(database, motion_event(3, 1), site="elsewhere")
        queries = Queries(database, "home")
        span = (START - DAY, START + DAY)
        assert await queries.motion_events("front-door", *span, limit=2) == [events[4], events[3]]
        assert await queries.motion_events("front-door", *span, limit=2, offset=4) == [events[0]]
        assert len(await queries.motion_events(None, *span)) == 6
        assert [event.camera for event in await queries.motion_events("yard", *span)] == ["yard"]

    with_tables(tmp_path, scenario)


def test_pages_of_a_long_stretch_leave_out_and_repeat_nothing(tmp_path: Path) -> None:
    events = [motion_event(-hours * 3600, length) for hours in (0, 1, 5, 7, 40, 900, 5000) for length in (1, 9e7)]
    events = [replace(event, id=uuid4()) for event in events]

    async def scenario(database: Database) -> None:
        await insert(database, *events)
        queries, span = Queries(database, "home"), (START - 60 * DAY, START + DAY)
        everything = await queries.motion_events(None, *span, limit=100)
        # All but the two that began earlier, of which one reaches in.
        assert sorted(everything, key=lambda event: event.id) == sorted(
            (event for event in events if event.end and event.end >= span[0]), key=lambda event: event.id
        )
        assert everything == sorted(everything, key=lambda event: event.start, reverse=True)
        for limit in (1, 3, 12):
            paged: list[MotionEvent] = []
            while page := await queries.motion_events(None, *span, limit=limit, offset=len(paged)):
                paged += page
            assert paged == everything

    with_tables(tmp_path, scenario)


def test_the_windows_make_up_the_stretch_the_newest_first() -> None:
    made = list(windows(START - 100 * DAY, START))
    assert made[0] == (START - timedelta(hours=6), START)
    assert made[-1][0] == START - 100 * DAY
    assert all(later[0] == earlier[1] for later, earlier in pairwise(made))
    assert len(made) < 6
    assert list(windows(START, START)) == []


def test_events_that_began_long_before_are_found_without_reading_all(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, motion_event(-3600), motion_event(-3600, 10))
        await database.command(
            "INSERT INTO motion_events (site, camera, id, start, `end`) SELECT 'home', 'front-door', generateUUIDv4(),"
            " toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(number * 60) AS began,"
            " began + toIntervalSecond(5) FROM numbers(100000)"
        )
        long = motion_event(-30 * 24 * 3600, 1e7)
        await insert(database, long)
        assert await Queries(database, "home").motion_events(None, START, START + DAY) == [long]
        plan = await database.query(
            "EXPLAIN indexes = 1 SELECT id FROM motion_events WHERE site = 'home' AND start < '2026-03-01 00:00:00'"
            " AND (`end` IS NULL OR `end` >= '2026-03-01 00:00:00')"
        )
        assert any("Name: ends" in line for (line,) in plan), plan

    with_tables(tmp_path, scenario)


def test_a_hostile_camera_name_is_only_a_name(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, motion_event(0, 1))
        for name in ("' OR 1=1 --", "front-door' --", "{site:String}", "%s", "\\", "front-door\x00"):
            assert await Queries(database, "home").motion_events(name, START - DAY, START + DAY) == []

    with_tables(tmp_path, scenario)


def test_gaps_come_back_with_their_causes_and_the_lasting_one(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        closed, lasting = gap(0, 10), gap(100)
        await insert(database, gap(0), closed, lasting)
        assert await Queries(database, "home").gaps("front-door", START - DAY, START + DAY) == [lasting, closed]
        assert await Queries(database, "home").gaps(None, START + 20 * SECOND, START + 30 * SECOND) == []

    with_tables(tmp_path, scenario)


def test_a_heatmap_adds_up_the_hours_that_the_range_touches(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, heatmap(0, c0=2, c81=7), heatmap(0, c0=3), heatmap(1, c3599=1), heatmap(2, c5=9))
        queries = Queries(database, "home")
        counts, any_data = await queries.heatmap("front-door", HOUR + 1800 * SECOND, HOUR + 7200 * SECOND)
        assert any_data
        assert (counts.shape, counts.dtype.name) == ((45, 80), "uint64")
        assert (counts[0, 0], counts[1, 1], counts[44, 79], counts.sum()) == (5, 7, 1, 13)
        counts, any_data = await queries.heatmap("yard", HOUR, HOUR + DAY)
        assert not any_data
        assert not counts.any()

    with_tables(tmp_path, scenario)


def test_a_heatmap_of_many_days_is_the_sum_of_its_hours(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        hours = [heatmap(hour, "front-door", **{f"c{hour % 7}": 100 + hour, "c9": 1}) for hour in range(-70, 71, 5)]
        await insert(database, *hours, heatmap(30, c3599=4), heatmap(30, c3599=5))
        queries = Queries(database, "home")
        for since, until in ((-71, 71), (-20, 45), (-40, 7), (0, 24), (5, 8), (3, 200)):
            counts, _ = await queries.heatmap("front-door", HOUR + since * 3600 * SECOND, HOUR + until * 3600 * SECOND)
            inside = [fact for fact in hours if since * 3600 * SECOND <= fact.hour - HOUR < until * 3600 * SECOND]
            assert counts.sum() == sum(sum(fact.counts.values()) for fact in inside) + 9 * (since <= 30 < until)
            assert counts[0, 9] == len(inside)

    with_tables(tmp_path, scenario)


def test_days_of_a_heatmap_are_read_from_their_sums_also_of_an_older_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after merging, and where one insert came twice."""
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:5])

    async def scenario(database: Database) -> None:
        await insert(database, heatmap(0, c4=2))
        monkeypatch.undo()
        await schema.create_schema(database)
        await insert(database, heatmap(1, c4=3), heatmap(2, c4=7))
        await insert(database, heatmap(1, c4=3))
        await database.command("OPTIMIZE TABLE heatmap FINAL")
        statement, first, last = heatmap_question(MIDNIGHT, MIDNIGHT + DAY)
        asked = {"site": "home", "camera": "front-door", "first": f"{first:%F %T}", "last": f"{last:%F %T}"}
        assert await database.query(f"{statement}, force_optimize_projection = 1", asked) == [(4, 12)]
        with_hours, first, last = heatmap_question(HOUR - DAY, HOUR + 2 * DAY)
        asked |= {"start": f"{HOUR - DAY:%F %T}", "end": f"{HOUR + 2 * DAY:%F %T}"}
        asked |= {"first": f"{first:%F %T}", "last": f"{last:%F %T}"}
        plan = await database.query(f"EXPLAIN {with_hours}", asked)
        assert any("days" in step for (step,) in plan)
        counts, _ = await Queries(database, "home").heatmap("front-door", HOUR - DAY, HOUR + 2 * DAY)
        assert counts[0, 4] == 12

    with_tables(tmp_path, scenario)


def test_whole_days_of_a_heatmap_stand_between_hours() -> None:
    def asked(start: datetime, end: datetime) -> tuple[bool, bool, datetime, datetime]:
        statement, first, last = heatmap_question(start, end)
        return "toStartOfHour" in statement, "toDate(" in statement, first, last

    midnight = datetime(2026, 11, 1, tzinfo=UTC)
    evening = midnight - 3600 * SECOND
    assert asked(midnight, midnight + 3 * DAY) == (False, True, midnight, midnight + 3 * DAY)
    assert asked(evening, evening + DAY) == (True, False, evening + DAY, evening + DAY)
    assert asked(evening, evening + 2 * DAY) == (True, True, midnight, midnight + DAY)
    assert asked(midnight, midnight + DAY + SECOND) == (True, True, midnight, midnight + DAY)


def test_activity_is_one_row_a_second_oldest_first(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await insert(database, activity(1, (4, 9)), activity(0), activity(1, (2, 4)), activity(60))
        rows = await Queries(database, "home").activity("front-door", HOUR, HOUR + 60 * SECOND)
        assert rows == [activity(0), activity(1, (2, 4, 9))]
        assert rows[0].second.tzinfo is not None

    with_tables(tmp_path, scenario)


def test_other_time_zones_mean_the_same_instant(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        local = datetime.fromisoformat("2026-11-22T18:01:00.123+01:00")
        assert local == START
        await insert(database, motion_event(0, 1))
        (event,) = await Queries(database, "home").motion_events("front-door", local, local + SECOND)
        assert event.start.utcoffset() == timedelta(0)
        assert event.start == local.astimezone(UTC)

    with_tables(tmp_path, scenario)


def test_an_alert_comes_back_with_its_life_and_its_latest_revision_holds(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        told = (
            Told("people/mail", "firing", "delivered", NOON, ""),
            Told("people/text", "firing", "refused", NOON, "x"),
        )
        known = replace(alert(), revision=3, told=told, acknowledged=NOON + SECOND, acknowledged_by="it's ann")
        over, other = replace(known, revision=4, end=NOON + SECOND), alert(2, NOON - SECOND, camera="yard")
        await insert(database, over, known, other, alert())
        await insert(database, alert(3), site="elsewhere")
        queries = Queries(database, "home")
        assert await queries.alerts(None, None, NOON + DAY) == [over, other]
        assert await queries.alerts(None, None, NOON + DAY, limit=1, offset=1) == [other]
        assert await queries.alerts("yard", "firing", NOON + DAY) == [other]
        assert await queries.alerts(None, "resolved", NOON + DAY) == [over]
        assert await queries.alerts(None, None, NOON) == [other]

    with_tables(tmp_path, scenario)
