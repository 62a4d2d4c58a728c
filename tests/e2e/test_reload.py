"""A recorder that runs is given another configuration: who is not named in it notices nothing."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.demo.camera import DemoCamera
from nvr.config import load
from tests.e2e.live import LiveRecorder

QUIET_MASK = [[[0, 0], [1, 0], [1, 0.1]]]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class Reloaded:
    """A recorder of two RTSP cameras, `door` and `hall`, and what its file holds."""

    recorder: LiveRecorder
    settings: dict[str, Any]
    spare: DemoCamera

    def write(self) -> None:
        """As editors do: a new file is moved to the place of the old one."""
        draft = self.recorder.config.with_name("nvr.yaml.new")
        draft.write_text(yaml.safe_dump(self.settings), encoding="utf-8")
        draft.replace(self.recorder.config)

    def told(self, words: str) -> Callable[[], bool]:
        return lambda: words in self.recorder.log.read_text()

    def recorder_pid(self, camera: str) -> int | None:
        """Of the process that records a camera: it works in its folder."""
        for pid in self.recorder.children():
            with contextlib.suppress(OSError):  # it ended just now
                works_in, command = Path(f"/proc/{pid}/cwd").readlink(), Path(f"/proc/{pid}/cmdline").read_bytes()
                if works_in.match(f"{camera}/.open") and b"-f\0segment" in command:
                    return pid
        return None

    def is_healthy(self, camera: str) -> bool:
        return self.state(camera) == "healthy"

    def state(self, camera: str) -> str:
        answer = self.recorder.http.get(f"/api/cameras/{camera}")
        return str(answer.json().get("state", "")) if answer.status_code == 200 else "unknown"


@pytest.fixture(scope="module")
def reloaded(tmp_path_factory: pytest.TempPathFactory, clips: dict[str, Path]) -> Iterator[Reloaded]:
    folder = tmp_path_factory.mktemp("reloaded")
    with DemoCamera("door") as door, DemoCamera("hall") as hall, DemoCamera("spare") as spare:
        for camera in (door, hall, spare):
            camera.begin(clips["door"])
        for camera in (door, hall, spare):
            camera.wait()
        cameras = {"door": {"record": door.url}, "hall": {"record": hall.url}}
        with LiveRecorder(folder, cameras, segment="2s") as recorder:
            settings = yaml.safe_load(recorder.config.read_text())
            reloaded = Reloaded(recorder, settings, spare)
            recorder.wait_for(lambda: reloaded.is_healthy("door") and reloaded.is_healthy("hall"), 30)
            yield reloaded


def test_cameras_come_change_and_go_while_others_lose_nothing(reloaded: Reloaded) -> None:
    recorder, cameras = reloaded.recorder, reloaded.settings["cameras"]
    untouched = reloaded.recorder_pid("door")

    cameras["yard"] = {"record": reloaded.spare.url.replace("//", "//viewer:canary-reloaded@")}
    reloaded.write()
    recorder.wait_for(lambda: reloaded.is_healthy("yard"), 30)
    assert [each["camera"] for each in recorder.get("/api/cameras")["cameras"]] == list(cameras)

    before = reloaded.recorder_pid("hall")
    cameras["hall"]["audio"] = "off"
    reloaded.write()
    recorder.wait_for(reloaded.told("restarted: hall"), 20)
    recorder.wait_for(lambda: reloaded.is_healthy("hall") and reloaded.recorder_pid("hall") not in (None, before), 30)

    del cameras["yard"]
    reloaded.write()
    recorder.wait_for(lambda: reloaded.state("yard") == "unknown", 20)
    series = [line for line in recorder.http.get("/metrics").text.splitlines() if 'camera="yard"' in line]
    kept = {"nvr_storage_camera_bytes", "nvr_storage_camera_oldest_segment_timestamp_seconds"}
    assert {line.split("{")[0] for line in series} <= kept
    assert list((recorder.recordings / "yard").glob("*/*.mp4"))
    assert not list((recorder.recordings / "yard" / ".open").glob("*.mp4"))

    assert reloaded.recorder_pid("door") == untouched
    [since] = {gap["cause"] for gap in recorder.timeline("door")["gaps"]}
    assert since == "config_change"  # before its first picture
    segments = recorder.timeline("door")["segments"]
    assert len(segments) > 2
    for earlier, later in pairwise(segments):
        assert abs((_time(later["start"]) - _time(earlier["end"])).total_seconds()) < 0.1
    assert recorder.metric("nvr_recording_gap_seconds_total", camera="door", reason="eof") == 0

    [_, changed] = recorder.timeline("hall")["gaps"]
    assert changed["cause"] == "config_change"
    assert changed["duration_seconds"] < 10
    assert recorder.metric("nvr_camera_connects_total", camera="door", outcome="ok") == 1
    assert "canary-reloaded" not in recorder.log.read_text()


def test_other_motion_settings_replace_the_analyser_alone(reloaded: Reloaded) -> None:
    recorder, camera = reloaded.recorder, reloaded.settings["cameras"]["door"]
    pid, frames = reloaded.recorder_pid("door"), recorder.metric("nvr_camera_frames_processed_total", camera="door")
    camera["masks"], camera["motion"] = QUIET_MASK, {"sensitivity": 70, "fps": 3}
    reloaded.write()
    recorder.wait_for(reloaded.told("reanalysed: door"), 20)
    after = recorder.metric("nvr_camera_frames_processed_total", camera="door")
    recorder.wait_for(lambda: recorder.metric("nvr_camera_frames_processed_total", camera="door") > after + 3, 30)
    assert after >= frames
    assert reloaded.recorder_pid("door") == pid
    assert recorder.metric("nvr_ffmpeg_restarts_total", camera="door") == 0
    assert len(recorder.timeline("door")["gaps"]) == 1


def test_another_mode_or_schedule_holds_at_once_and_restarts_nothing(reloaded: Reloaded) -> None:
    recorder, camera = reloaded.recorder, reloaded.settings["cameras"]["hall"]
    pid, gaps = reloaded.recorder_pid("hall"), len(recorder.timeline("hall")["gaps"])
    camera["recording"] = {"mode": "motion"}
    reloaded.write()
    recorder.wait_for(reloaded.told("rescheduled: hall"), 20)
    begun = len(recorder.timeline("hall")["segments"])
    recorder.wait_for(lambda: len(recorder.timeline("hall")["segments"]) > begun + 1, 30)
    assert reloaded.recorder_pid("hall") == pid
    assert len(recorder.timeline("hall")["gaps"]) == gaps

    camera["recording"] = {"mode": "off"}
    reloaded.write()
    recorder.wait_for(lambda: reloaded.state("hall") == "stopped", 20)
    recorder.wait_for(lambda: reloaded.recorder_pid("hall") is None, 20)
    del camera["recording"]
    reloaded.write()
    recorder.wait_for(lambda: reloaded.is_healthy("hall") and reloaded.recorder_pid("hall") is not None, 30)


def test_a_bad_file_changes_nothing_and_is_told(reloaded: Reloaded) -> None:
    recorder = reloaded.recorder
    good, used = recorder.config.read_text(), recorder.metric("nvr_config_last_reload_success_timestamp_seconds")
    pids = [reloaded.recorder_pid(camera) for camera in ("door", "hall")]
    recorder.config.write_text(good.replace("audio: 'off'", "audio: loud").replace("audio: off", "audio: loud"))
    recorder.wait_for(lambda: recorder.metric("nvr_config_last_reload_successful") == 0, 20)
    assert "nvr.yaml:" in recorder.log.read_text()
    assert "cameras.hall.audio: is not one of its words, got loud; write auto or off" in recorder.log.read_text()
    assert recorder.metric("nvr_config_last_reload_success_timestamp_seconds") == used

    recorder.config.write_text(good)
    recorder.wait_for(lambda: recorder.metric("nvr_config_last_reload_successful") == 1, 20)
    assert recorder.metric("nvr_config_last_reload_success_timestamp_seconds") > used
    assert [reloaded.recorder_pid(camera) for camera in ("door", "hall")] == pids


def test_motion_settings_change_over_http_and_stay_in_the_file(reloaded: Reloaded) -> None:
    recorder, route = reloaded.recorder, "/api/cameras/hall/motion-settings"
    pid, text = reloaded.recorder_pid("hall"), "# Ours.\n" + recorder.config.read_text()
    recorder.config.write_text(text)
    assert recorder.http.put(route, json={"sensitivity": 700}).status_code == 400
    answer = recorder.http.put(route, json={"sensitivity": 70, "post_roll": "9s"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == recorder.get(route)
    assert (answer.json()["sensitivity"], answer.json()["post_roll"]) == (70, "9s")
    assert "reanalysed: hall" in recorder.log.read_text()

    line = "    motion: {sensitivity: 70, post_roll: 9s}\n"
    assert recorder.config.read_text().replace(line, "") == text
    assert load(recorder.config, {}).cameras["hall"].motion.sensitivity == 70  # as the next start reads it
    reloaded.settings = yaml.safe_load(recorder.config.read_text())

    after = recorder.metric("nvr_camera_frames_processed_total", camera="hall")
    recorder.wait_for(lambda: recorder.metric("nvr_camera_frames_processed_total", camera="hall") > after + 3, 30)
    assert reloaded.recorder_pid("hall") == pid


def test_what_must_wait_for_the_next_start_is_named_once(reloaded: Reloaded) -> None:
    recorder, settings = reloaded.recorder, reloaded.settings
    settings["site"], settings["storage"]["path"] = "elsewhere", "./other"
    settings["storage"]["keep_at_least"] = "1d"
    reloaded.write()
    words = "takes effect at the next start: site, storage.path\n"
    recorder.wait_for(reloaded.told(words), 20)
    recorder.wait_for(lambda: recorder.metric("nvr_retention_target_seconds") == 86400, 10)
    used = recorder.metric("nvr_config_last_reload_success_timestamp_seconds")
    os.kill(recorder.pid, signal.SIGHUP)
    recorder.wait_for(lambda: recorder.metric("nvr_config_last_reload_success_timestamp_seconds") > used, 20)
    assert recorder.stop() < 10
