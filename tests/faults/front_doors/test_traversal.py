"""Row 38: no path, however it is written, leads out of what is served."""

from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from nvr.model import Segment, isoformat
from tests.e2e.live import LiveRecorder
from tests.faults.conftest import Measured
from tests.faults.front_doors.conftest import LARGE, OUTSIDE, YESTERDAY
from tests.faults.front_doors.raw import ask

DOORS = (b"/media/segments/%s.mp4", b"/media/segments/%s", b"/api/cameras/%s", b"/static/%s", b"/%s")
UP = (
    b"../",
    b"..%2f",
    b"%2e%2e/",
    b"%2e%2e%2f",
    b"%252e%252e%252f",
    b"..%5c",
    b"..\\",
    b"....//",
    b"..;/",
    b".%00./",
    b"%c0%ae%c0%ae%c0%af",
    b"%uff0e%uff0e/",
    b"door/../../",
    b"./.././../",
)
PLACES = (b"outside.txt", b"etc/passwd", b"nvr.yaml", b"recordings/catalogue.sqlite", b"copy")
WHOLE = (
    b"/etc/passwd",
    b"//etc/passwd",
    b"%2fetc%2fpasswd",
    b"file:///etc/passwd",
    b"http:%2f%2f127.0.0.1:1%2f",
    b"root/etc/passwd",
    b"catalogue.sqlite",
    b".lock",
    b"door%00",
    b"%00",
    b"\x00",
    b"door\x00.mp4",
    b"~root",
    b"CON",
    b"-rf",
    b"%ff%fe",
    b"\xff\xfe",
    b"%E2%80%AE",
    b"a" * 300,
    b"../" * 2000,
    b"%2e%2e%2f" * 1500,
    b"a" * 20_000,
)
DEPTHS = (1, 3, 8)


def tails() -> list[bytes]:
    climbing = [up * depth + place for up, depth, place in product(UP, DEPTHS, PLACES)]
    return [*climbing, *WHOLE]


@pytest.mark.fault(38)
def test_no_path_leads_out_however_it_is_written(recorder: LiveRecorder, measured: Measured) -> None:
    tried = 0
    secrets = (OUTSIDE, b"root:x:0", b"SQLite format", b"timezone: Europe")
    for door, tail in product(DOORS, tails()):
        answer = ask(recorder.port, door % tail)
        tried += 1
        assert answer.status in (400, 404), (door % tail, answer)
        assert not any(secret in answer.body for secret in secrets), door % tail
    assert recorder.metric("nvr_errors_total") == 0
    measured(f"{tried} paths, each 400 or 404")


@pytest.mark.fault(38)
@pytest.mark.parametrize(("name", "away"), [("segment", timedelta(minutes=1)), ("day", timedelta(days=-1))], ids=str)
def test_a_link_in_the_storage_folder_that_leads_out_is_not_followed(
    recorder: LiveRecorder, name: str, away: timedelta, measured: Measured
) -> None:
    moment = YESTERDAY + away
    asked = {"from": isoformat(moment), "to": isoformat(moment + timedelta(seconds=1))}
    assert recorder.get("/api/timeline", camera="door", **asked)["segments"], "it was not even adopted"
    identity = Segment.identity("door", moment)
    assert ask(recorder.port, f"/media/segments/{identity}.mp4".encode()).status == 404
    answer = recorder.http.get(
        "/snapshot.jpg", params={"camera": "door", "t": isoformat(moment + timedelta(seconds=1))}
    )
    assert answer.status_code == 404
    measured(f"a linked {name}: 404")


@pytest.mark.fault(38)
def test_what_lies_inside_is_served(recorder: LiveRecorder, measured: Measured) -> None:
    assert len(recorder.http.get(LARGE).content) > 2_000_000
    assert recorder.http.get("/static/play.js").status_code == 200
    assert Path(recorder.recordings / "root").is_symlink()
    measured("footage and pages inside: 200")
