"""Row 40: sixty clients that never finish asking or never take their answer, all at once."""

import contextlib
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from nvr.clock import utc_now
from tests.e2e.live import LiveRecorder
from tests.faults.conftest import Measured
from tests.faults.front_doors.conftest import LARGE

HALF_SENT = (
    b"",
    b"GET / HT",
    b"GET /api/cameras HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf",
)
UNREAD = f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
CLOSED_SECONDS = 10.0
CROWDED_SECONDS = 5.0
"""What a busy machine may add."""


def slow_client(port: int, request: bytes) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(request)
    return connection


def is_dropped(connection: socket.socket) -> bool:
    """Without reading, which would be a sign of life: the kernel has been told that the other side is gone."""
    state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return bool(state != 1)  # TCP_ESTABLISHED


def connections_of(pid: int) -> int:
    found = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found


@pytest.fixture
def sixty(recorder: LiveRecorder) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as opened:
        requests = [HALF_SENT[number % 4] if number % 2 else UNREAD for number in range(60)]
        yield [opened.enter_context(slow_client(recorder.port, request)) for request in requests]


@pytest.mark.fault(40)
def test_sixty_slow_clients_are_dropped_others_served_and_nothing_is_lost(
    recorder: LiveRecorder, sixty: list[socket.socket], measured: Measured
) -> None:
    began, began_at = time.monotonic(), utc_now()
    slowest = 0.0
    dripping = [client for number, client in enumerate(sixty) if number % 4 == 3]
    while not all(is_dropped(client) for client in sixty):
        assert time.monotonic() - began < CLOSED_SECONDS + CROWDED_SECONDS, [is_dropped(client) for client in sixty]
        for client in dripping:
            with contextlib.suppress(OSError):
                client.send(b"x")
        for path in ("/healthz", "/metrics", "/api/cameras"):
            asked = time.monotonic()
            assert recorder.http.get(path).status_code == 200
            slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.1)
    seconds = time.monotonic() - began
    assert slowest < 3
    assert connections_of(recorder.pid) < 30
    lost = seconds_lost(recorder, began_at - timedelta(seconds=1))
    assert lost < 0.5
    measured(f"closed within {seconds:.1f} s, others answered within {slowest:.2f} s, {lost:.1f} s lost")


def seconds_lost(recorder: LiveRecorder, since: datetime) -> float:
    """Between the segments that reach beyond `since`, by the recorder's own account."""
    spans = [
        (datetime.fromisoformat(segment["start"]), datetime.fromisoformat(segment["end"]))
        for segment in recorder.timeline("door")["segments"]
    ]
    recent = [span for span in spans if span[1] > since]
    assert recent
    gaps = [gap["end"] for gap in recorder.timeline("door")["gaps"]]
    assert not [end for end in gaps if end is None or datetime.fromisoformat(end) > since]
    return sum(max(0.0, (after[0] - before[1]).total_seconds()) for before, after in pairwise(recent))
