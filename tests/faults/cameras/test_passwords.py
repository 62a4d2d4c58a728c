"""Cameras that want another password than the one they are given."""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.e2e.live import LiveRecorder
from tests.faults.cameras.watched import Watched
from tests.faults.conftest import Measured

pytestmark = pytest.mark.timeout(240)

LEAST_WAIT_SECONDS = 30.0


@pytest.mark.fault(5)
@pytest.mark.parametrize("name", ["locked", "barred"])
def test_a_wrong_password_is_tried_seldom(watched: dict[str, Watched], name: str, measured: Measured) -> None:
    camera = watched[name]
    camera.wait_for(lambda: "auth" in camera.causes())
    camera.wait_for(lambda: camera.gap_seconds("auth") > 0)
    [gap] = camera.gaps()
    assert gap["end"] is None
    assert camera.restarts("auth") >= 1
    assert camera.says(r"recording ended \(auth\), connecting again in")
    denied = camera.camera.times("denied")
    assert len(denied) == pytest.approx(camera.restarts("auth"), abs=1)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(denied)]
    assert all(wait >= LEAST_WAIT_SECONDS for wait in waits), waits
    measured(f"tried {len(denied)} times in {gap['duration_seconds']:.0f} s")


@pytest.mark.fault(5)
def test_the_password_is_to_be_seen_nowhere(recorder: LiveRecorder, watched: dict[str, Watched]) -> None:
    watched["locked"].wait_for(lambda: watched["locked"].restarts("auth") > 0)
    paths = ("/metrics", "/", "/api/cameras", "/api/cameras/locked", "/api/gaps", "/play?camera=locked")
    told = [recorder.log.read_text(), *(recorder.http.get(path).text for path in paths)]
    told += [unquote(_command_line(pid)) for pid in (recorder.pid, *recorder.children())]
    assert not any(re.search("canary", text) for text in told)
    kept = [file for folder in ("data", "recordings") for file in (recorder.folder / folder).rglob("*")]
    assert not any(b"canary" in _content(file) for file in kept)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):  # ended since
        return ""


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.is_file() else b""
    except FileNotFoundError:  # merged or named since
        return b""
