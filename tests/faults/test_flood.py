"""An ffmpeg that floods its standard error: it is read on and on, little of it is kept, and recording does not mind."""

import os
import re
from pathlib import Path

import pytest

from ingest.child import LOG_LINES_A_MINUTE
from ingest.demo.camera import DemoCamera
from ingest.ffmpeg import executable
from ingest.usage import usage_of
from tests.clips import make_clip
from tests.e2e.live import LiveRecorder
from tests.faults.children import finished, lost_pictures
from tests.faults.conftest import Measured

FPS = 25
WRAPPER = """#!/bin/bash
case "$*" in *segment_list*)
  setpriv --pdeathsig KILL -- bash -c 'while sleep 0.1; do cat {noise}; wc -c <{noise} >>{amount}; done >&2' &
esac
exec {ffmpeg} "$@"
"""
MOST_ADDED_BYTES = 30e6


def _noise(path: Path) -> Path:
    """Half a megabyte: messages, control characters, bytes that are no text, and 200 kB without an end of line."""
    messages = b"".join(b"[debug] message %d of many\n[error] Invalid data found: %d\n" % (n, n) for n in range(2000))
    garbage = bytes(range(256)) * 400
    path.write_bytes(garbage[:2000] + messages + garbage + b"\x1b[31m" + garbage.replace(b"\n", b" ") * 2 + b"\n")
    return path


@pytest.mark.fault(21)
@pytest.mark.timeout(150)
def test_a_flood_on_standard_error_is_bounded_and_costs_no_footage(tmp_path: Path, measured: Measured) -> None:
    wrapper, amount = tmp_path / "ffmpeg", tmp_path / "amount"
    noise = _noise(tmp_path / "noise")
    wrapper.write_text(WRAPPER.format(noise=noise, amount=amount, ffmpeg=executable()))
    wrapper.chmod(0o755)
    clip = make_clip(tmp_path / "clip.mp4", 10, fps=FPS)
    with DemoCamera("yard") as camera:
        camera.start(clip)
        cameras = {"yard": {"record": camera.url}}
        with LiveRecorder(tmp_path, cameras, segment="2s", environment={"NVR_FFMPEG": str(wrapper)}) as recorder:
            recorder.wait_for(lambda: len(finished(recorder, "yard")) > 1, 30)
            before = usage_of(recorder.pid).resident_bytes
            recorder.wait_for(lambda: len(finished(recorder, "yard")) > 6, 60)
            added = usage_of(recorder.pid).resident_bytes - before
            assert lost_pictures(recorder, finished(recorder, "yard")[1:], FPS) == 0
            assert recorder.get("/api/cameras/yard")["total_reconnects"] == 0
    flood = amount.read_text().count("\n") * os.path.getsize(noise) / 1e6  # noqa: PTH202  a number
    log = recorder.log.read_text(errors="replace")
    assert len(re.findall(r"yard recorder: ", log)) <= 2 * LOG_LINES_A_MINUTE
    assert len(log) < 100_000
    assert all(line.isprintable() for line in log.splitlines())
    assert flood > 5
    assert added < MOST_ADDED_BYTES
    measured(f"{flood:.0f} MB: {added / 1e6:+.1f} MB of memory, {log.count(chr(10))} lines of log, lost 0 pictures")
