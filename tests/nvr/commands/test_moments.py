"""Points in time as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import typer

from nvr.commands.moments import moment, span

NOW = datetime(2026, 11, 22, 17, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", datetime(2026, 11, 22, 17, 1, tzinfo=UTC)),
        ("2h", datetime(2026, 11, 22, 15, 1, tzinfo=UTC)),
        ("2h ago", datetime(2026, 11, 22, 15, 1, tzinfo=UTC)),
        ("7d", datetime(2026, 11, 15, 17, 1, tzinfo=UTC)),
        ("today", datetime(2026, 11, 21, 23, tzinfo=UTC)),
        ("yesterday", datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 23, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-11-22T12:00", datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ("2026-11-22 12:00:30", datetime(2026, 11, 22, 11, 0, 30, tzinfo=UTC)),
        ("2026-11-22T12:00:00.250Z", datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-11-22T12:00:00+05:30", datetime(2026, 11, 22, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_understood(text: str, meant: datetime) -> None:
    assert moment(text, NOW, BERLIN) == meant


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "20261122", "12:00", "2026-11-22T25:00", "99999999999w", "-2h"]
)
def test_what_is_no_time_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a time: write 2026-11-22T17:00:00Z"):
        moment(text, NOW, BERLIN)


def test_yesterday_begins_at_midnight_also_where_the_clock_was_set() -> None:
    after_the_change = datetime(2026, 10, 26, 12, tzinfo=UTC)
    assert moment("yesterday", after_the_change, BERLIN) == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_a_span_is_the_day_before_its_end_unless_said() -> None:
    assert span(None, "now", NOW, BERLIN) == (datetime(2026, 11, 21, 17, 1, tzinfo=UTC), NOW)
    assert span(None, "today", NOW, BERLIN)[0] == datetime(2026, 11, 20, 23, tzinfo=UTC)


def test_a_span_must_have_a_length() -> None:
    with pytest.raises(typer.BadParameter, match="the end, 2h, is not after the beginning, 1h"):
        span("1h", "2h", NOW, BERLIN)
