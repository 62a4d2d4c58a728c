"""Cameras whose connection lasts and whose pictures change for the worse."""

import subprocess
import time
from datetime import datetime
from typing import Any

import pytest

from tests.faults.cameras.watched import Watched, stretched
from tests.faults.conftest import Measured
from tests.faults.rtsp.clips import FPS

pytestmark = pytest.mark.timeout(240)

SLOW_PICTURE_SECONDS = 5 / FPS


def _streams(camera: Watched, segment: dict[str, Any]) -> str:
    """What ffmpeg finds in a segment."""
    file = camera.recorder.folder / f"{camera.name}.mp4"
    file.write_bytes(camera.recorder.http.get(segment["url"]).content)
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-i", str(file)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stderr


@pytest.mark.fault(7)
def test_garbled_pictures_are_recorded_all_the_same(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["garbled"]
    camera.wait_for(lambda: camera.recorded_since_fault_seconds() > 20)
    assert camera.gaps() == []
    assert camera.metric("nvr_ffmpeg_restarts_total", role="recorder") == 0
    received, began = camera.metric("nvr_camera_frames_received_total"), camera.camera.times("played")[0]
    due = (datetime.now(began.tzinfo) - began).total_seconds() * FPS
    lost = camera.lost_seconds()
    measured(f"lost {lost:.1f} s, {received:.0f} of {due:.0f} pictures received so far")
    assert lost < 0.1
    assert received > due - stretched(2) * FPS


@pytest.mark.fault(8)
def test_a_new_resolution_begins_a_new_run(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["resized"]
    gap = camera.closed_gap("resolution")
    assert camera.restarts("resolution") == 1
    assert camera.gap_seconds("resolution") == pytest.approx(gap["duration_seconds"], abs=0.1)
    assert camera.says(r"recording ended \(resolution\)")
    segments = camera.segments()
    assert {(one["width"], one["height"]) for one in (segments[0], segments[-1])} == {(320, 180), (640, 360)}
    assert (camera.status()["width"], camera.status()["height"]) == (640, 360)
    lost = camera.lost_seconds()
    measured(f"lost {lost:.1f} s")
    assert lost < stretched(2)


@pytest.mark.fault(9)
def test_a_camera_that_comes_back_with_another_codec_is_recorded(
    watched: dict[str, Watched], measured: Measured
) -> None:
    camera = watched["recoded"]
    gap = camera.closed_gap("codec")
    assert camera.gap_seconds("codec") == pytest.approx(gap["duration_seconds"], abs=0.1)
    assert camera.says("it came back with another codec")
    assert camera.causes() == ["codec"]
    codecs = [one["codec"] for one in camera.segments()]
    assert (codecs[0], codecs[-1]) == ("h264", "hevc")
    assert camera.status()["codec"] == "hevc"
    lost = camera.lost_seconds()
    measured(f"lost {lost:.1f} s")
    assert lost < stretched(4)


@pytest.mark.fault(11)
def test_a_camera_that_slows_down_is_degraded_and_loses_nothing(
    watched: dict[str, Watched], measured: Measured
) -> None:
    camera = watched["slow"]
    camera.wait_for(lambda: camera.status()["state"] == "degraded")
    assert camera.metric("nvr_camera_state", state="degraded") == 1
    assert camera.status()["fps"] < camera.status()["expected_fps"] / 2
    assert camera.gaps() == []
    measured(f"{camera.status()['fps']:.1f} of {camera.status()['expected_fps']:.0f} pictures a second, degraded")
    assert camera.longest_hole_seconds() < SLOW_PICTURE_SECONDS


@pytest.mark.fault(12)
def test_a_frozen_picture_is_recorded_and_its_age_is_told(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["frozen"]
    assert camera.injected is not None

    def age() -> float:
        return time.time() - camera.metric("nvr_camera_last_distinct_frame_timestamp_seconds")

    camera.wait_for(lambda: age() > 15)
    assert time.time() - camera.metric("nvr_camera_last_frame_timestamp_seconds") < 5
    assert camera.status()["state"] == "healthy"
    assert camera.gaps() == []
    lost = camera.lost_seconds()
    measured(f"lost {lost:.1f} s, no other picture for {age():.0f} s and counted")
    assert lost < 0.1


@pytest.mark.fault(13)
def test_audio_that_mp4_cannot_hold_becomes_aac(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["sounding"]
    streams = _streams(camera, camera.segments()[0])
    assert "Video: h264" in streams
    assert "Audio: aac" in streams
    assert camera.gaps() == []
    lost = camera.lost_seconds()
    measured(f"lost {lost:.1f} s")
    assert lost < 0.1


@pytest.mark.fault(14)
def test_rare_key_frames_are_no_reason_for_a_gap(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["rare"]
    camera.wait_for(lambda: len(camera.segments()) > 2, 90)
    assert camera.gaps() == []
    assert camera.metric("nvr_ffmpeg_restarts_total", role="recorder") == 0
    first, second, *_ = camera.segments()
    assert second["duration_seconds"] == pytest.approx(20, abs=0.5)
    began = camera.camera.times("played")[0]
    late = (datetime.fromisoformat(first["start"]) - began).total_seconds()
    lost = max(0.0, late) + camera.lost_seconds()
    measured(f"lost {lost:.1f} s")
    assert lost < 1
