"""What is lost when a process of the recorder's own comes to harm: one recorder, and a camera for each fault.

The faults are injected into all cameras at once, then the whole recorder is held up, then it is killed: in this order.
"""

import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from ingest.demo.camera import DemoCamera
from nvr.clock import utc_now
from tests.clips import make_clip
from tests.e2e.live import LiveRecorder, alive
from tests.faults.cameras.watched import stretched
from tests.faults.children import (
    closed_gap,
    decoder_of,
    finished,
    lost_pictures,
    moment,
    recorder_of,
    zombies,
)
from tests.faults.conftest import Measured

FPS = 25
CAMERAS = {
    "crash": signal.SIGSEGV,
    "hang": signal.SIGSTOP,
    "oom": signal.SIGKILL,
    "decoder-killed": signal.SIGKILL,
    "decoder-stopped": signal.SIGSTOP,
    "decoder-slow": signal.SIGCONT,
}
"""What is sent to one process of each: to the decoder where the name says so, else to the recorder."""

UNSAVED_SECONDS = 1.2
"""A fragment of a second is not on disk yet, nor is what is on its way from the camera."""

GROWTH_SECONDS = 8.0
"""How long a hanging recorder may stay unnoticed."""

RESTART_SECONDS = 6.0
"""From the end of a process to the first picture of the next, on a machine that does much else."""

HELD_UP_SECONDS = 10.0

HOLD = f"""
import ctypes, signal
signal.signal(signal.SIGUSR2, lambda *_: ctypes.PyDLL(None).sleep({HELD_UP_SECONDS:.0f}))
"""
"""Runs in the recorder's interpreter: a call into C that does not let go of it."""

pytestmark = pytest.mark.timeout(240)


@dataclass(frozen=True)
class Story:
    """A recorder to whose processes harm was done, and when it was."""

    recorder: LiveRecorder
    harmed: dict[str, datetime]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("processes")
    (folder / "sitecustomize.py").write_text(HOLD)
    clip = make_clip(folder / "clip.mp4", 10, fps=FPS)
    with DemoCamera("yard") as camera:
        camera.start(clip)
        cameras = {name: {"record": camera.url} for name in CAMERAS}
        python_path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
        with LiveRecorder(folder, cameras, segment="2s", environment={"PYTHONPATH": python_path}) as recorder:
            recorder.wait_for(lambda: all(_processed(recorder, name) > 10 for name in CAMERAS), 60)
            victims = {name: _victim(recorder, name) for name in CAMERAS}
            harmed = {name: _harm(victims[name], number) for name, number in CAMERAS.items()}
            with _throttled(victims["decoder-slow"]):
                yield Story(recorder, harmed)


def _victim(recorder: LiveRecorder, camera: str) -> int:
    return (decoder_of if camera.startswith("decoder") else recorder_of)(recorder, camera)


def _harm(pid: int, number: signal.Signals) -> datetime:
    now = utc_now()
    os.kill(pid, number)
    return now


def _processed(recorder: LiveRecorder, camera: str) -> float:
    return recorder.metric("nvr_camera_frames_processed_total", camera=camera)


def _restarts(recorder: LiveRecorder, camera: str, role: str, reason: str) -> float:
    return recorder.metric("nvr_ffmpeg_restarts_total", camera=camera, role=role, reason=reason)


@contextlib.contextmanager
def _throttled(pid: int) -> Iterator[None]:
    """Let a process run for a third of a second in five."""
    over = threading.Event()

    def throttle() -> None:
        for _ in range(3):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                over.wait(5.0)
                os.kill(pid, signal.SIGCONT)
            over.wait(0.3)

    thread = threading.Thread(target=throttle)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(
    ("camera", "cause", "unnoticed_seconds"),
    [
        pytest.param("crash", "crash", 0.0, marks=pytest.mark.fault(15)),
        pytest.param("hang", "stalled", GROWTH_SECONDS, marks=pytest.mark.fault(16)),
        pytest.param("oom", "oom", 0.0, marks=pytest.mark.fault(17)),
    ],
)
def test_a_recorder_process_that_fails_costs_a_second_and_its_restart(
    story: Story, measured: Measured, camera: str, cause: str, unnoticed_seconds: float
) -> None:
    recorder = story.recorder
    gap = closed_gap(recorder, camera, cause, 60)
    unsaved = (story.harmed[camera] - moment(gap["start"])).total_seconds()
    assert -stretched(0.2) < unsaved < UNSAVED_SECONDS
    assert gap["duration_seconds"] < UNSAVED_SECONDS + unnoticed_seconds + RESTART_SECONDS
    assert _restarts(recorder, camera, "recorder", cause) == 1
    counted = ("nvr_recording_gap_seconds_total", {"camera": camera, "reason": cause})
    recorder.wait_for(lambda: abs(recorder.metric(counted[0], **counted[1]) - gap["duration_seconds"]) < 0.2, 30)
    assert f"{camera}: recording ended ({cause}), connecting again in" in recorder.log.read_text()
    assert zombies(recorder.pid) == []
    measured(f"lost {max(0.0, unsaved):.1f} s, and {gap['duration_seconds']:.1f} s with the restart")


@pytest.mark.fault(18)
@pytest.mark.parametrize(("camera", "cause"), [("decoder-killed", "oom"), ("decoder-stopped", "stalled")])
def test_a_decoder_that_fails_is_restarted_alone_and_no_picture_is_lost(
    story: Story, measured: Measured, camera: str, cause: str
) -> None:
    recorder = story.recorder
    recorder.wait_for(lambda: _restarts(recorder, camera, "decoder", cause) == 1, 60)
    seen = _processed(recorder, camera)
    recorder.wait_for(lambda: _processed(recorder, camera) > seen + 10, 60)
    back = utc_now()
    recorder.wait_for(lambda: _finished_until(recorder, camera) > back, 30)
    assert f"{camera}: the decoder ended ({cause}) and is started again" in recorder.log.read_text()
    measured(f"{signalled(cause)}: {_nothing_lost(recorder, camera)}")


def signalled(cause: str) -> str:
    return {"oom": "killed", "stalled": "stopped"}[cause]


@pytest.mark.fault(19)
def test_pictures_that_a_slow_decoder_misses_are_counted_and_recorded(story: Story, measured: Measured) -> None:
    recorder, camera = story.recorder, "decoder-slow"

    def missed() -> float:
        return recorder.metric("nvr_camera_frames_dropped_total", camera=camera, reason="decoder_behind")

    recorder.wait_for(lambda: missed() > 20, 60)
    over = story.harmed[camera] + timedelta(seconds=20)
    recorder.wait_for(lambda: _finished_until(recorder, camera) > over, 60)
    arrived = recorder.metric("nvr_camera_frames_received_total", camera=camera)
    assert missed() + _processed(recorder, camera) == pytest.approx(arrived / FPS * 5, rel=0.1)
    assert f"{camera}: motion was not looked for in" in recorder.log.read_text()
    measured(f"{missed():.0f} of {arrived / FPS * 5:.0f} pictures not analysed, {_nothing_lost(recorder, camera)}")


def _nothing_lost(recorder: LiveRecorder, camera: str) -> str:
    assert lost_pictures(recorder, finished(recorder, camera)[1:], FPS) == 0
    causes = {gap["cause"] for gap in recorder.get("/api/gaps", camera=camera)["gaps"]}
    assert causes <= {"config_change"}
    assert recorder.get(f"/api/cameras/{camera}")["total_reconnects"] == 0
    return "lost 0 pictures"


@pytest.mark.fault(22)
def test_a_recorder_that_is_held_up_for_ten_seconds_loses_no_picture(story: Story, measured: Measured) -> None:
    recorder = story.recorder
    reconnects = {camera: _reconnects(recorder, camera) for camera in CAMERAS}
    held = utc_now()
    os.kill(recorder.pid, signal.SIGUSR2)
    recorder.wait_for(lambda: recorder.http.get("/healthz").is_success, HELD_UP_SECONDS * 3)
    took = (utc_now() - held).total_seconds()
    assert took > HELD_UP_SECONDS
    assert recorder.metric("nvr_event_loop_lag_seconds_bucket", le="5.0") < recorder.metric(
        "nvr_event_loop_lag_seconds_count"
    )
    judged = utc_now() + timedelta(seconds=4)
    recorder.wait_for(lambda: all(_finished_until(recorder, camera) > judged for camera in CAMERAS), 60)
    assert {camera: _reconnects(recorder, camera) for camera in CAMERAS} == reconnects
    for camera in CAMERAS:
        during = [s for s in finished(recorder, camera) if moment(s["end"]) > held - timedelta(seconds=2)]
        assert lost_pictures(recorder, during, FPS) == 0
    measured(f"held up for {took:.1f} s, lost 0 pictures of {len(CAMERAS)} cameras")


def _finished_until(recorder: LiveRecorder, camera: str) -> datetime:
    return moment(finished(recorder, camera)[-1]["end"])


def _reconnects(recorder: LiveRecorder, camera: str) -> int:
    return int(recorder.get(f"/api/cameras/{camera}")["total_reconnects"])


@pytest.mark.fault(23)
def test_a_killed_recorder_leaves_no_process_and_its_torn_files_are_adopted(story: Story, measured: Measured) -> None:
    recorder = story.recorder
    children = recorder.children()
    assert len(children) == 2 * len(CAMERAS)
    recorder.wait_for(lambda: any(1.2 < seconds < 1.8 for seconds in _growing(recorder)), 30)
    killed = utc_now()
    recorder.kill()
    time.sleep(1.0)
    assert not any(map(alive, children))

    recorder.start()
    losses = []
    for camera in CAMERAS:
        gap = closed_gap(recorder, camera, "recorder_down", 30)
        losses.append((killed - moment(gap["start"])).total_seconds())
        torn = max(
            (s for s in finished(recorder, camera) if moment(s["start"]) < killed), key=lambda s: moment(s["start"])
        )
        assert torn["end"] == gap["start"]
        assert torn["duration_seconds"] > 0.5
    assert max(losses) < UNSAVED_SECONDS
    assert int(re.findall(r"(\d+) torn files adopted", recorder.log.read_text())[-1]) >= 1
    measured(f"lost at most {max(losses):.2f} s of {len(CAMERAS)} cameras, and the restart")


def _growing(recorder: LiveRecorder) -> list[float]:
    """How many seconds are in the segments that are being written."""
    segments = [segment for camera in CAMERAS for segment in recorder.timeline(camera)["segments"]]
    return [float(segment["duration_seconds"]) for segment in segments if not segment["complete"]]
