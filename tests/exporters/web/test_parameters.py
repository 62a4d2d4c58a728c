"""Times, dates, numbers and sizes: each has one meaning, or a refusal that says what to write."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from exporters.web.errors import RequestError, shown
from exporters.web.parameters import only, parse_date, parse_number, parse_size, parse_time

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T17:01:00Z", datetime(2026, 11, 22, 17, 1, tzinfo=UTC)),
        ("2026-11-22t17:01:00z", datetime(2026, 11, 22, 17, 1, tzinfo=UTC)),
        ("2026-11-22T17:01:00.250Z", datetime(2026, 11, 22, 17, 1, 0, 250_000, tzinfo=UTC)),
        ("2026-11-22T17:01:00+01:00", datetime(2026, 11, 22, 16, 1, tzinfo=UTC)),
        ("2026-11-22T17:01:00 01:00", datetime(2026, 11, 22, 16, 1, tzinfo=UTC)),
        ("2026-11-22T17:01:00-05:30", datetime(2026, 11, 22, 22, 31, tzinfo=UTC)),
        ("2026-11-22 17:01", datetime(2026, 11, 22, 16, 1, tzinfo=UTC)),
        ("2026-07-22T17:01:00", datetime(2026, 7, 22, 15, 1, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 23, 0, tzinfo=UTC)),
        ("1795366860", datetime(2026, 11, 22, 17, 1, tzinfo=UTC)),
        ("1795366860.5", datetime(2026, 11, 22, 17, 1, 0, 500_000, tzinfo=UTC)),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    assert parse_time("t", text, BERLIN) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "yesterday",
        "-1",
        "1e9",
        "nan",
        "inf",
        "99999999999",
        "999999999999999999999",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22T17:01:60Z",
        "2026-11-22T17:01:00+25:00",
        "2026-11-22T17:01:00ZZ",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59Z",
        "20261122T170100Z",
        "2026-W47-7",
        "٢٠٢٦-11-22T17:01:00Z",
        "2026-11-22T17:01:00Z' OR 1=1 --",
        "2026-11-22T17:01:00Z\x00",
        "2026-11-22T17:01:00Z\n",
    ],
)
def test_what_is_no_time_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(RequestError) as refusal:
        parse_time("from", text, BERLIN)
    assert refusal.value.status == 400
    assert refusal.value.message.startswith("from is not a time")
    assert "RFC 3339" in refusal.value.hint


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(RequestError):
        assert parse_time("t", text, BERLIN).tzinfo is UTC


@pytest.mark.parametrize(("day", "hours"), [("2026-11-22", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_is_as_long_as_its_timezone_makes_it(day: str, hours: int) -> None:
    span = parse_date(day, BERLIN)
    assert span.end - span.start == timedelta(hours=hours)
    assert span.start.astimezone(BERLIN).isoformat().startswith(f"{day}T00:00:00")


@pytest.mark.parametrize("text", ["", "2026-2-3", "2026-02-30", "22.11.2026", "20261122", "0000-01-01", "9999-12-31"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="date is not a date"):
        parse_date(text, BERLIN)


@pytest.mark.parametrize("text", ["0", "1001", "-1", "1.0", "ten", "", "1e2", "٣", "99999999999999999999"])
def test_numbers_outside_their_bounds_are_refused(text: str) -> None:
    with pytest.raises(RequestError, match="from 1 to 1000"):
        parse_number(QueryParams({"limit": text}), "limit", 100, 1, 1000)


@pytest.mark.parametrize(
    "text", ["", "640", "640x", "x", "0x0", "15x15", "3841x100", "100x2161", "-5x5", "99999x99999"]
)
def test_sizes_outside_their_bounds_are_refused(text: str) -> None:
    with pytest.raises(RequestError, match="16x16 to 3840x2160"):
        parse_size(text, least=16, widest=3840, highest=2160)


def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(RequestError, match=r"no parameter form .it takes camera, from."):
        only(QueryParams("form=1"), "camera", "from")


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(RequestError, match="more than once"):
        only(QueryParams("camera=a&camera=b"), "camera")


def test_what_an_answer_repeats_is_short_and_printable() -> None:
    assert shown("a\x1b[31m\n" + "b" * 500) == "a\ufffd[31m\ufffd" + "b" * 73 + "…"
