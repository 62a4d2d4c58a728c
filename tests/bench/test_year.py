"""The simulated year in small: everything can be asked, finds what is there, and is quick enough."""

import asyncio
from pathlib import Path

from tests.bench.year import MOST_SECONDS, TIMES, Answer, Year, measure, page
from tests.bench.year_data import SMALL
from tests.bench.year_questions import QUESTIONS

NOTHING_THERE = ("a day in which nothing was seen", "events without an end")


def test_four_days_as_dense_as_the_year_are_answered_at_once(tmp_path: Path) -> None:
    year = asyncio.run(measure(tmp_path, SMALL, times=3))
    rows = {name: count for name, count, _ in year.tables}
    assert rows["motion_events"] == SMALL.events
    assert rows["segments"] == SMALL.days * 1440 * 16
    for answer in year.answers:
        assert bool(answer.rows) != (answer.question.words in NOTHING_THERE), answer.question.words
        assert min(answer.seconds) < MOST_SECONDS, answer.question.words


def test_the_page_marks_what_is_slow() -> None:
    quick, slow = Answer(QUESTIONS[0], 100, [0.01] * TIMES), Answer(QUESTIONS[1], 7, [0.2] * TIMES)
    year = Year(1.0, [("gaps", 12, 1000)], [quick, slow])
    assert year.slow == [slow]
    assert [line for line in page(year, 0.5) if "**slow**" in line] == [
        "| /api/events | first page of the year **slow** | 7 | 200.0 | 200.0 |"
    ]


def test_what_is_promised_more_quickly_is_slow_sooner() -> None:
    promised = next(question for question in QUESTIONS if question.median_seconds)
    assert not Answer(promised, 1, [0.04] * TIMES).is_slow
    slow = Answer(promised, 1, [0.06] * TIMES)
    assert slow.is_slow
    assert "within 50 ms. It took 60.0 ms: **not kept**" in "\n".join(page(Year(1.0, [], [slow]), 0.5))
