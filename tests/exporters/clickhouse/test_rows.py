"""Facts as rows."""

import json

import numpy as np
import pytest

from exporters.clickhouse.rows import TABLES, rows_of, table_of
from nvr.model import Activity, Fact
from tests.exporters.facts import HOUR, activity, gap, heatmap, motion_event, segment, tombstone
from tests.exporters.notify.alerts import alert

EVERY_FACT: list[Fact] = [motion_event(), gap(), segment(), tombstone(), activity(), heatmap(c7=1), alert()]


@pytest.mark.parametrize("fact", EVERY_FACT, ids=table_of)
def test_every_fact_is_one_json_line_that_begins_with_the_site(fact: Fact) -> None:
    rows = rows_of(fact, "home")
    assert rows.table == table_of(fact)
    assert rows.count == 1
    assert next(iter(json.loads(rows.lines).items())) == ("site", "home")


def test_facts_cover_every_table() -> None:
    assert {table_of(fact) for fact in EVERY_FACT} == set(TABLES)


def test_times_are_utc_to_the_millisecond() -> None:
    row = json.loads(rows_of(motion_event(length=2.5), "home").lines)
    assert (row["start"], row["end"]) == ("2026-11-22 17:01:00.123", "2026-11-22 17:01:02.623")


def test_an_open_event_has_no_end_and_a_lower_version_than_the_closed_one() -> None:
    still_open = json.loads(rows_of(motion_event(), "home").lines)
    closed = json.loads(rows_of(motion_event(length=1), "home").lines)
    assert (still_open["end"], still_open["footage_end"]) == (None, None)
    assert still_open["version"] < closed["version"]


def test_a_finished_segment_has_a_higher_version_than_the_growing_one() -> None:
    growing, finished = (json.loads(rows_of(segment(complete=done), "home").lines) for done in (False, True))
    assert growing["version"] < finished["version"]


def test_a_heatmap_is_one_row_a_cell_and_has_no_key() -> None:
    rows = rows_of(heatmap(c1=2, c3599=4), "home")
    assert rows.key is None
    assert [json.loads(line)["cell"] for line in rows.lines.splitlines()] == [1, 3599]
    assert rows.count == 2


def test_numpy_numbers_become_plain_ones() -> None:
    cells = tuple(np.array([3, 4], np.uint16))
    row = json.loads(rows_of(Activity("front-door", HOUR, float(np.float32(0.5)), cells), "home").lines)
    assert row["cells"] == [3, 4]
    assert row["second"] == "2026-11-22 17:00:00"
