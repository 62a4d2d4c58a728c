"""Cameras that go away and come back."""

from datetime import datetime, timedelta

import pytest

from tests.e2e.live import LiveRecorder
from tests.faults.cameras.watched import Watched, stretched
from tests.faults.conftest import Measured

pytestmark = pytest.mark.timeout(240)

LONGEST_WAIT_SECONDS = 30.0
"""Between two attempts to connect, of a camera that has been away for a minute or longer."""

GRACE_SECONDS = 15.0
"""How long an attempt may take."""

STARTING_SECONDS = 3.0
"""What ffmpeg may take to start, and the camera to be seen."""

TOLERANCE_SECONDS = 1.0
"""So much earlier than it went may a camera be missing: what had just arrived may not be on disk."""


def _wait_seconds(away_seconds: float) -> float:
    """How long a camera that has been away for so long may be waited for when it is back: half as long again."""
    return min(LONGEST_WAIT_SECONDS, max(0.5, away_seconds / 2))


def _is_honest(camera: Watched, lost: float) -> bool:
    """Whether as much is missing as did not come."""
    return lost > camera.outage_seconds - TOLERANCE_SECONDS


@pytest.mark.fault(1)
def test_a_camera_whose_connection_is_cut_is_recorded_again(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["cut"]
    lost = _unplugged(camera)
    measured(f"lost {lost:.1f} s where it was cut only")
    assert lost < stretched(2)


@pytest.mark.fault(1)
def test_a_camera_that_stays_away_is_recorded_when_it_is_back(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["unplugged"]
    lost = _unplugged(camera)
    assert camera.restarts("refused") >= 1
    measured(f"lost {lost:.1f} s of an outage of {camera.outage_seconds:.1f} s")
    assert _is_honest(camera, lost)
    assert lost < camera.outage_seconds + _wait_seconds(camera.outage_seconds) + stretched(STARTING_SECONDS)


def _unplugged(camera: Watched) -> float:
    """What was lost. The gap keeps the cause with which it began."""
    gap = camera.closed_gap("eof")
    assert camera.restarts("eof") == 1
    assert camera.gap_seconds("eof") == pytest.approx(gap["duration_seconds"], abs=0.1)
    assert camera.says(r"recording ended \(eof\), connecting again in")
    assert camera.causes() == ["eof"]
    return camera.lost_seconds()


@pytest.mark.fault(2)
def test_a_silent_camera_is_missed_and_recorded_again(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["silent"]
    _stalled(camera, measured)


@pytest.mark.fault(4)
def test_video_is_missed_also_while_audio_goes_on(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["muted"]
    _stalled(camera, measured)


def _stalled(camera: Watched, measured: Measured) -> None:
    gap = camera.closed_gap("stalled")
    assert camera.restarts("stalled") >= 1
    assert camera.gap_seconds("stalled") == pytest.approx(gap["duration_seconds"], abs=0.1)
    assert camera.says(r"recording ended \(stalled\), connecting again in")
    lost = camera.lost_seconds()
    measured(f"lost {lost:.1f} s of an outage of {camera.outage_seconds:.1f} s")
    assert _is_honest(camera, lost)
    assert lost < camera.outage_seconds + stretched(8)


@pytest.mark.fault(3)
def test_a_handshake_that_drips_is_given_up(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["dripping"]
    gap = camera.closed_gap("timeout")
    assert camera.restarts("timeout") >= 1
    assert camera.gap_seconds("timeout") == pytest.approx(gap["duration_seconds"], abs=0.1)
    assert camera.says(r"recording ended \(timeout\), connecting again in")
    assert camera.mended is not None
    after = (datetime.fromisoformat(gap["end"]) - camera.mended) / timedelta(seconds=1)
    measured(f"recorded {after:.1f} s after the camera answered again")
    assert after < GRACE_SECONDS + stretched(STARTING_SECONDS)


@pytest.mark.fault(6)
def test_a_camera_that_refuses_is_tried_until_it_accepts(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["refusing"]
    gap = camera.closed_gap("refused")
    assert 3 <= camera.restarts("refused") <= 15
    assert camera.gap_seconds("refused") == pytest.approx(gap["duration_seconds"], abs=0.1)
    assert camera.says(r"recording ended \(refused\), connecting again in")
    assert camera.mended is not None
    after = (datetime.fromisoformat(gap["end"]) - camera.mended) / timedelta(seconds=1)
    away = (camera.mended - datetime.fromisoformat(gap["start"])) / timedelta(seconds=1)
    tried = camera.restarts("refused")
    measured(f"tried {tried:.0f} times, recorded {after:.1f} s after it was back")
    assert after < _wait_seconds(away) + stretched(STARTING_SECONDS)


@pytest.mark.fault(6)
def test_a_name_that_is_not_known_is_the_reason(recorder: LiveRecorder, measured: Measured) -> None:
    def tried() -> float:
        return recorder.metric("nvr_ffmpeg_restarts_total", camera="nowhere", role="recorder", reason="dns")

    recorder.wait_for(lambda: tried() >= 3, 60)
    gaps = recorder.get("/api/gaps", camera="nowhere")["gaps"]
    assert (gaps[0]["cause"], gaps[0]["end"]) == ("dns", None)
    assert recorder.metric("nvr_recording_gap_seconds_total", camera="nowhere", reason="dns") > 10
    assert "nowhere: recording ended (dns), connecting again in" in recorder.log.read_text()
    measured(f"name tried {tried():.0f} times in {gaps[0]['duration_seconds']:.0f} s")
    assert tried() < 20
