"""Row 41: what is asked for is data, never a statement, an address or a name to believe in."""

import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote, quote_from_bytes

import pytest

from tests.e2e.live import LiveRecorder
from tests.exporters.notify.alerts import alert, sent
from tests.faults.conftest import Measured
from tests.faults.front_doors.raw import ask

PARAMETERS = {
    "/api/events": ("camera", "from", "to", "limit", "next"),
    "/api/gaps": ("camera", "from", "to", "limit", "next"),
    "/api/timeline": ("camera", "from", "to"),
    "/snapshot.jpg": ("camera", "t", "width", "placeholder"),
    "/heatmap.png": ("camera", "date", "from", "to", "size", "overlay", "map", "scale", "placeholder"),
}
NEEDS_CAMERA = {"/api/timeline", "/snapshot.jpg", "/heatmap.png"}
STATEMENTS = (
    "' OR '1'='1",
    "door'; DROP TABLE motion_events; --",
    "door' UNION ALL SELECT * FROM system.tables --",
    "door\\' OR 1=1 --",
    "door'/**/OR/**/1=1#",
    "1; SELECT sleep(3)",
    "1 OR sleepEachRow(3)",
    "{camera:String}",
    "%(camera)s",
    "{0.__class__}",
    "${jndi:ldap://127.0.0.1/x}",
    "$(sleep 3)",
    "`sleep 3`",
    "| sleep 3",
    "file('/etc/passwd')",
    "url('http://127.0.0.1:1/')",
    "<script>alert(1)</script>",
    "door\r\nX-Injected: yes",
    "door\x00",
    "\ud7ff\u202e",
    "NaN",
    "Infinity",
    "-1",
    "1e400",
    "0x10",
    "99999999999999999999999999",
    "1970-01-01T00:00:00+99:99",
    "9999-12-31T23:59:59-23:59",
    "0000-00-00",
    "2026-02-30",
    "١٢٣",
    "true",
    "[]",
    "a" * 5000,
)
HUGE = (
    "size=3841x2160",
    "size=3840x2161",
    "size=99999x99999",
    "size=1000000000x1",
    "size=0x0",
    "size=-640x-360",
    "size=640x360x2",
    "size=640",
    "from=1970-01-01&to=2199-01-01",
    "from=2026-01-01&to=2027-06-01",
    "date=2026-11-22&from=2026-11-22",
    "date=2026-11-22&date=2026-11-23",
    "date=1969-12-31",
    "overlay=2",
    "map=../../etc/passwd",
    "scale=eval",
)


@pytest.mark.fault(41)
def test_every_parameter_of_every_route_takes_only_what_it_is_for(recorder: LiveRecorder, measured: Measured) -> None:
    events = len(recorder.get("/api/events")["events"])
    assert events
    began, tried = time.monotonic(), 0
    for route, parameters in PARAMETERS.items():
        for parameter in parameters:
            for statement in STATEMENTS:
                known = "camera=door&" if route in NEEDS_CAMERA and parameter != "camera" else ""
                target = f"{route}?{known}{parameter}={quote(statement, safe='', errors='surrogatepass')}"
                answer = ask(recorder.port, target.encode())
                assert 400 <= answer.status < 500, (target, answer)
                assert b"Exception" not in answer.body
                assert "x-injected" not in answer.headers
                tried += 1
    assert time.monotonic() - began < 60
    assert len(recorder.get("/api/events")["events"]) >= events
    assert recorder.metric("nvr_errors_total") == 0
    measured(f"{tried} requests, each 4xx")


@pytest.mark.fault(41)
def test_random_bytes_are_never_a_mistake_of_ours(recorder: LiveRecorder, measured: Measured) -> None:
    draw = random.Random(41)
    for _ in range(300):
        route, parameters = draw.choice(list(PARAMETERS.items()))
        value = quote_from_bytes(draw.randbytes(draw.randrange(1, 40)))
        answer = ask(recorder.port, f"{route}?camera=door&{draw.choice(parameters)}={value}".encode())
        assert 400 <= answer.status < 500, (route, value, answer)
    for _ in range(100):
        line = draw.randbytes(draw.randrange(1, 60)).replace(b"\n", b" ").replace(b"\r", b" ")
        assert ask(recorder.port, b"/api/events", b"X-" + line).status in (200, 400)
        assert ask(recorder.port, b"/" + line).status in (400, 404)
    measured("500 random requests, none 5xx")


@pytest.mark.fault(41)
def test_a_heatmap_has_bounds(recorder: LiveRecorder, measured: Measured) -> None:
    for query in HUGE:
        answer = ask(recorder.port, f"/heatmap.png?camera=door&{query}".encode())
        assert answer.status == 400, query
    largest = {"camera": "door", "size": "3840x2160", "overlay": "1"}
    recorder.wait_for(lambda: recorder.http.get("/heatmap.png", params=largest).status_code == 200, 20)
    slowest = 0.0
    with ThreadPoolExecutor(2) as many:
        drawn = [many.submit(recorder.http.get, "/heatmap.png", params=largest, timeout=60) for _ in range(2)]
        while not all(each.done() for each in drawn):
            began = time.monotonic()
            assert recorder.http.get("/healthz").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.05)
    assert all(each.result().status_code == 200 for each in drawn)
    assert slowest < 5
    measured(f"{len(HUGE)} too large: 400; two of the largest at once, /healthz within {slowest:.2f} s")


@pytest.mark.fault(41)
def test_nobody_is_believed_who_says_to_be_somebody_else(recorder: LiveRecorder, measured: Measured) -> None:
    for host in (
        b"evil.example",
        b"localhost.evil.example",
        b"localhost@evil.example",
        b"",
        b"[::1",
        b"a" * 300,
        b"\xff",
    ):
        assert ask(recorder.port, b"/api/cameras", host=host).status in (400, 403), host
    forged = (b"X-Forwarded-Host: localhost", b"Forwarded: host=localhost;for=127.0.0.1", b"X-Forwarded-For: 127.0.0.1")
    assert ask(recorder.port, b"/api/cameras", *forged, host=b"evil.example").status == 403
    for header in (b"X-Forwarded-For: ::::", b"X-Forwarded-Proto: gopher", b"X-Forwarded-For: " + b"1," * 5000):
        assert ask(recorder.port, b"/api/cameras", header).status == 200, header
    absolute = ask(recorder.port, b"http://evil.example/api/cameras")
    assert absolute.status in (400, 404)
    for method in (b"POST", b"PUT", b"DELETE", b"TRACE", b"CONNECT", b"OPTIONS", b"X" * 100):
        assert 400 <= ask(recorder.port, b"/api/cameras", b"Content-Length: 0", method=method).status < 500, method
    measured("forged hosts 403, forged proxies not believed, other methods 4xx")


@pytest.mark.fault(41)
def test_no_request_makes_the_recorder_call_anybody(recorder: LiveRecorder, measured: Measured) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        somebody.settimeout(0.5)
        address = f"http://127.0.0.1:{somebody.getsockname()[1]}/x.mp4"
        for target in (
            f"/snapshot.jpg?camera={quote(address, safe='')}",
            f"/media/segments/{quote(address, safe='')}",
            f"/heatmap.png?camera=door&overlay={quote(address, safe='')}",
            f"/login?next={quote(address, safe='')}",
            f"/{address}",
        ):
            answer = ask(recorder.port, target.encode())
            assert 400 <= answer.status < 500, target
        pointing = {"snapshot_url": address, "playback_url": address}
        group = {**sent(replace(alert(), annotations=pointing)), "externalURL": address}
        assert recorder.http.post("/alerts/page-only", json=group).status_code == 200
        assert recorder.http.post("/api/events", json=group).status_code == 405
        with pytest.raises(TimeoutError):
            somebody.accept()
    measured("no connection was made")
