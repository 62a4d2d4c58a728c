"""Row 39: byte ranges as RFC 9110 has them, whatever a client sends, in bounded time and memory."""

import time
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.web.ranges import MOST_RANGES, parse_ranges
from tests.e2e.live import LiveRecorder
from tests.faults.conftest import Measured
from tests.faults.front_doors.conftest import LARGE
from tests.faults.front_doors.raw import ask

MALFORMED = (
    b"bytes",
    b"bytes=",
    b"bytes=-",
    b"bytes=--5",
    b"bytes=5-2",
    b"bytes=a-b",
    b"bytes=0x0-0x9",
    b"bytes=0-9;10-19",
    b"bytes=1.5-2",
    b"bytes=\xd9\xa1-\xd9\xa2",
    b"bytes=+1-2",
    b"bytes 0-9",
    b"lines=0-9",
    b"bytes=0-9,x",
    b"bytes=" + b"9" * 40 + b"-",
)


@pytest.fixture(scope="module")
def whole(recorder: LiveRecorder) -> bytes:
    return recorder.http.get(LARGE).content


@pytest.mark.fault(39)
def test_ranges_are_answered_as_the_standard_says(recorder: LiveRecorder, whole: bytes, measured: Measured) -> None:
    size = len(whole)
    satisfiable = {
        b"0-0": whole[:1],
        b"0-99": whole[:100],
        b"100-": whole[100:],
        b"-50": whole[-50:],
        b"-%d" % (size * 2): whole,
        b"0-%d" % (size * 2): whole,
        b"%d-" % (size - 1): whole[-1:],
        b" 7 - 9": None,
        b"7-9 ": whole[7:10],
        b",,7-9,,": whole[7:10],
        b"0-9,5-19": whole[:20],
        b"99999999999-,3-4": whole[3:5],
    }
    for asked, content in satisfiable.items():
        answer = ask(recorder.port, LARGE.encode(), b"Range: bytes=" + asked)
        assert answer.status == (206 if content is not None else 200), asked
        assert answer.body == (whole if content is None else content), asked
    for asked in (b"%d-" % size, b"-0", b"99999999999-", b"%d-%d" % (size, size + 1), b"-0,99999999999-"):
        answer = ask(recorder.port, LARGE.encode(), b"Range: bytes=" + asked)
        assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{size}"), asked
    for header in MALFORMED:
        answer = ask(recorder.port, LARGE.encode(), b"Range: " + header)
        assert (answer.status, len(answer.body)) == (200, size), header
    measured(f"{len(satisfiable)} satisfiable, 5 past the end, {len(MALFORMED)} malformed: 206, 416, 200")


@pytest.mark.fault(39)
def test_ten_thousand_ranges_cost_nothing(recorder: LiveRecorder, whole: bytes, measured: Measured) -> None:
    many = [b"0-0," * 10_000, b"".join(b"%d-%d," % (n * 2, n * 2) for n in range(10_000)), b"0-," * 10_000, b"-1," * 3]
    began = time.monotonic()
    before = resident_bytes(recorder.pid)
    for ranges in many:
        for cut in (100_000, 15_000, 2_000):
            answer = ask(recorder.port, LARGE.encode(), b"Range: bytes=" + ranges[:cut].rstrip(b",-"))
            assert answer.status in (200, 206, 400)
            assert len(answer.body) <= len(whole) + 200 * MOST_RANGES
    seconds = time.monotonic() - began
    grown = resident_bytes(recorder.pid) - before
    assert seconds < 10
    assert grown < 50_000_000
    measured(f"{3 * len(many)} such requests took {seconds:.1f} s")


@pytest.mark.fault(39)
def test_several_ranges_come_as_parts(recorder: LiveRecorder, whole: bytes, measured: Measured) -> None:
    answer = ask(recorder.port, LARGE.encode(), b"Range: bytes=0-9,100-119,-5")
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + answer.body).get_payload()
    assert isinstance(parts, list)
    found = [part.get_payload(decode=True) for part in parts]  # type: ignore[union-attr]
    assert found == [whole[:10], whole[100:120], whole[-5:]]
    measured("three ranges, three parts")


@pytest.mark.fault(39)
@settings(max_examples=300, deadline=None)
@given(
    size=st.integers(0, 300),
    specs=st.lists(
        st.tuples(st.none() | st.integers(0, 400), st.none() | st.integers(0, 400)).filter(
            lambda spec: spec != (None, None)
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_what_is_sent_is_exactly_what_was_asked_for(size: int, specs: list[tuple[int | None, int | None]]) -> None:
    """Against the standard's own words: every byte that some range names, and none twice."""
    header = ",".join(f"{'' if a is None else a}-{'' if b is None else b}" for a, b in specs)
    found = parse_ranges(f"bytes={header}", size)
    if any(a is not None and b is not None and a > b for a, b in specs):
        assert found is None
        return
    wanted: set[int] = set()
    for first, last in specs:
        if first is None:
            assert last is not None
            wanted |= set(range(max(0, size - last), size))
        else:
            wanted |= set(range(first, min(size, size if last is None else last + 1)))
    assert found is not None
    sent = [byte for byte_range in found for byte in range(byte_range.first, byte_range.last + 1)]
    assert len(sent) == len(set(sent))
    assert set(sent) == wanted


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
