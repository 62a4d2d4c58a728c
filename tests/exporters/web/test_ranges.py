"""Byte ranges as RFC 9110 has them, and as whoever wants to hurt us sends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.web.ranges import MOST_RANGES, ByteRange, parse_ranges


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-499", [(0, 499)]),
        ("bytes=500-", [(500, 999)]),
        ("bytes=-500", [(500, 999)]),
        ("bytes=-5000", [(0, 999)]),
        ("bytes=999-", [(999, 999)]),
        ("bytes=0-99999999999", [(0, 999)]),
        ("BYTES=0-0", [(0, 0)]),
        ("bytes=0-0, -1", [(0, 0), (999, 999)]),
        ("bytes= 0-0 ,, 5-6 ", [(0, 0), (5, 6)]),
        ("bytes=500-600,0-10", [(500, 600), (0, 10)]),
        ("bytes=0-10,5-20", [(0, 20)]),
        ("bytes=0-10,11-20", [(0, 20)]),
        ("bytes=0-10,2000-", [(0, 10)]),
    ],
)
def test_satisfiable_ranges(header: str, expected: list[tuple[int, int]]) -> None:
    assert parse_ranges(header, 1000) == [ByteRange(first, last) for first, last in expected]


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=1000-,2000-3000"])
def test_ranges_past_the_end_cannot_be_satisfied(header: str) -> None:
    assert parse_ranges(header, 1000) == []


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=,",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=0-5;1",
        "bytes=0x0-5",
        "bytes=--5",
        "bytes=+0-5",
        "bytes=1.5-2",
        "bytes=\u0660-\u0665",
        "items=0-5",
        "bytes 0-5",
        "bytes=0-5,x",
        "bytes=" + "9" * 40 + "-",
        "bytes=" + ",".join("0-0" for _ in range(10_000)),
        "bytes=" + ",".join(f"{i * 20}-{i * 20}" for i in range(MOST_RANGES + 1)),
    ],
)
def test_what_is_no_range_or_too_many_is_ignored(header: str) -> None:
    assert parse_ranges(header, 1000) is None


def test_nothing_of_an_empty_file_can_be_satisfied() -> None:
    assert parse_ranges("bytes=0-", 0) == []
    assert parse_ranges("bytes=-1", 0) == []


@given(st.text(max_size=60), st.integers(0, 2000))
def test_whatever_is_sent_the_ranges_lie_within_the_file(text: str, size: int) -> None:
    for header in (text, f"bytes={text}"):
        for byte_range in parse_ranges(header, size) or []:
            assert 0 <= byte_range.first <= byte_range.last < size


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=12))
def test_no_byte_is_sent_twice_and_none_is_missing(pairs: list[tuple[int, int]]) -> None:
    ordered = [(min(pair), max(pair)) for pair in pairs]
    found = parse_ranges("bytes=" + ",".join(f"{first}-{last}" for first, last in ordered), 200)
    assert found is not None
    sent = [byte for byte_range in found for byte in range(byte_range.first, byte_range.last + 1)]
    wanted = {byte for first, last in ordered for byte in range(first, last + 1) if byte < 200}
    assert len(sent) == len(set(sent))
    assert set(sent) == wanted
