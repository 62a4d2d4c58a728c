"""What the recorder loses, and what it says of it, when it or a camera comes to harm."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.demo.camera import DemoCamera
from nvr.clock import utc_now
from tests.clips import count_pictures
from tests.e2e.live import LiveRecorder, alive


@pytest.fixture
def camera(clips: dict[str, Path]) -> Iterator[DemoCamera]:
    with DemoCamera("door") as door:
        door.start(clips["door"])
        yield door


@pytest.fixture
def recorder(tmp_path: Path, camera: DemoCamera) -> Iterator[LiveRecorder]:
    with LiveRecorder(tmp_path, {"door": {"record": camera.url}}) as running:
        running.wait_for(lambda: running.metric("nvr_camera_frames_processed_total", camera="door") > 0, 20)
        yield running


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _gaps(recorder: LiveRecorder, cause: str) -> list[dict[str, Any]]:
    return [gap for gap in recorder.get("/api/gaps", camera="door")["gaps"] if gap["cause"] == cause]


def _closed_gap(recorder: LiveRecorder, cause: str, seconds: float) -> dict[str, Any]:
    recorder.wait_for(lambda: any(gap["end"] for gap in _gaps(recorder, cause)), seconds)
    [gap] = _gaps(recorder, cause)
    return gap


def test_a_stop_finishes_the_open_segment_within_five_seconds(recorder: LiveRecorder) -> None:
    time.sleep(3.0)
    children = recorder.children()
    stopped = utc_now()
    assert recorder.stop() < 5
    assert not any(alive(pid) for pid in children)
    assert list(recorder.recordings.rglob(".open/*")) == []
    last = max(recorder.recordings.rglob("*Z.mp4"), key=lambda file: file.stat().st_mtime)
    start = datetime.strptime(f"{last.parent.name} {last.name}Z", "%Y-%m-%d %H%M%S.%fZ.mp4%z")
    end = start + timedelta(seconds=count_pictures(last) / 15)
    assert abs((stopped - end).total_seconds()) < 1.5


def test_a_camera_that_freezes_is_a_gap_and_comes_back(recorder: LiveRecorder, camera: DemoCamera) -> None:
    camera.freeze()
    frozen = utc_now()
    recorder.wait_for(lambda: bool(_gaps(recorder, "stalled")), 12)
    camera.thaw()
    thawed = utc_now()
    gap = _closed_gap(recorder, "stalled", 30)
    assert abs((_time(gap["start"]) - frozen).total_seconds()) < 1.5
    assert (_time(gap["end"]) - thawed).total_seconds() < 12
    assert recorder.metric("nvr_ffmpeg_restarts_total", camera="door", role="recorder", reason="stalled") >= 1
    assert recorder.get("/api/cameras/door")["total_reconnects"] == 1


def test_a_camera_that_dies_is_a_gap_and_comes_back(
    recorder: LiveRecorder, camera: DemoCamera, clips: dict[str, Path]
) -> None:
    camera.kill()
    died = utc_now()
    recorder.wait_for(lambda: bool(_gaps(recorder, "eof")), 12)
    time.sleep(1.0)
    camera.start(clips["door"])
    back = utc_now()
    gap = _closed_gap(recorder, "eof", 30)
    assert abs((_time(gap["start"]) - died).total_seconds()) < 1.5
    assert (_time(gap["end"]) - back).total_seconds() < 12
    assert recorder.metric("nvr_recording_gap_seconds_total", camera="door", reason="eof") == pytest.approx(
        gap["duration_seconds"], abs=1.5
    )


def test_processes_that_die_together_are_all_started_again(recorder: LiveRecorder) -> None:
    def processed() -> float:
        return recorder.metric("nvr_camera_frames_processed_total", camera="door")

    for attempt in range(1, 5):
        for pid in recorder.children():
            os.kill(pid, signal.SIGKILL)
        recorder.wait_for(lambda: len(_gaps(recorder, "oom")) == attempt, 10)  # noqa: B023
        seen = processed()
        recorder.wait_for(lambda: processed() > seen + 3, 25)  # noqa: B023
    assert recorder.get("/api/cameras/door")["total_reconnects"] == 4


def test_motion_that_is_cut_off_by_an_outage_is_an_event_that_ends(recorder: LiveRecorder, camera: DemoCamera) -> None:
    def events() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = recorder.get("/api/events", camera="door")["events"]
        return found

    recorder.wait_for(lambda: bool(events()), 20)
    assert events()[0]["end"] is None
    camera.kill()
    died = utc_now()
    recorder.wait_for(lambda: events()[0]["end"] is not None, 15)
    assert abs((_time(events()[0]["end"]) - died).total_seconds()) < 2
    assert recorder.metric("nvr_motion_active", camera="door") == 0
