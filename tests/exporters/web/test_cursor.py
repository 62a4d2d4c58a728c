"""Paging by the opaque cursor: complete, without repeats, and strict about what it takes back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.web.cursor import Cursor
from exporters.web.errors import RequestError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_cursor_comes_back_as_it_went() -> None:
    cursor = Cursor(NOON + timedelta(milliseconds=250), 3)
    assert Cursor.decode(cursor.encode()) == cursor


@pytest.mark.parametrize(
    "text", ["", "x", "====", "MTIz", "LTEuMQ", "OTk5OTk5OTk5OTk5OTkuMA", "é", "../..", "MS4x\n", "A" * 5000]
)
def test_what_we_never_made_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="next is not one of ours"):
        Cursor.decode(text)


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(1, 5))
def test_pages_hold_everything_once(offsets: list[int], limit: int) -> None:
    starts = sorted((NOON + timedelta(milliseconds=offset) for offset in offsets), reverse=True)
    cursor, seen = Cursor(NOON + timedelta(seconds=1)), list[datetime]()
    while page := [start for start in starts if start < cursor.end][cursor.skip : cursor.skip + limit]:
        seen += page
        cursor = Cursor.decode(cursor.after(page).encode())
    assert seen == starts
