"""All cameras with their faults, which are injected once every camera is recorded."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.live import LiveRecorder
from tests.faults.cameras.watched import Watched
from tests.faults.rtsp.camera import FaultyCamera
from tests.faults.rtsp.clips import FPS, make_raw_clip, make_sound
from tests.faults.rtsp.door import USER

OLD_PASSWORD, NEW_PASSWORD = "canary-before", "canary-after"

AWAY_AT_FIRST = ("dripping", "barred", "refusing")

SETTLED_SECONDS = 12.0
"""So long a camera is recorded before its fault: the recorder then knows its time, and thinks it steady."""

APART_SECONDS = 0.6
"""Between two faults."""


@pytest.fixture(scope="package")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {
        "usual": make_raw_clip(folder / "usual.h264"),
        "larger": make_raw_clip(folder / "larger.h264", size="640x360"),
        "other": make_raw_clip(folder / "other.hevc"),
        "rare": make_raw_clip(folder / "rare.h264", group_seconds=20, seconds=20),
        "sound": make_sound(folder / "sound.mulaw"),
    }


def _cameras(clips: Mapping[str, Path]) -> dict[str, FaultyCamera]:
    usual, sound = {"usual": clips["usual"]}, clips["sound"]
    return {
        "cut": FaultyCamera(FPS, usual),
        "unplugged": FaultyCamera(FPS, usual),
        "silent": FaultyCamera(FPS, usual),
        "dripping": FaultyCamera(FPS, usual, dripping=True),
        "muted": FaultyCamera(FPS, usual, sound),
        "locked": FaultyCamera(FPS, usual, password=OLD_PASSWORD),
        "barred": FaultyCamera(FPS, usual, password=NEW_PASSWORD, scheme="Basic"),
        "refusing": FaultyCamera(FPS, usual, listening=False),
        "garbled": FaultyCamera(FPS, usual),
        "resized": FaultyCamera(FPS, {**usual, "larger": clips["larger"]}),
        "recoded": FaultyCamera(FPS, {**usual, "other": clips["other"]}),
        "ahead": FaultyCamera(FPS, usual),
        "back": FaultyCamera(FPS, usual),
        "nudged": FaultyCamera(FPS, usual),
        "wrapping": FaultyCamera(FPS, usual, first_timestamp=2**32 - 15 * 90_000),
        "slow": FaultyCamera(FPS, usual),
        "frozen": FaultyCamera(FPS, usual),
        "sounding": FaultyCamera(FPS, usual, sound),
        "rare": FaultyCamera(FPS, {"rare": clips["rare"]}),
    }


def _settings(cameras: Mapping[str, FaultyCamera]) -> dict[str, object]:
    urls = {name: camera.url() for name, camera in cameras.items()}
    for name in ("locked", "barred"):
        urls[name] = cameras[name].url(f"{USER}:{OLD_PASSWORD}@")
    urls["nowhere"] = "rtsp://no-such-host.invalid/main"
    return {name: {"record": url, "motion": {"fps": 2}} for name, url in urls.items()}


@pytest.fixture(scope="package")
def watched(tmp_path_factory: pytest.TempPathFactory, clips: dict[str, Path]) -> Iterator[dict[str, Watched]]:
    with contextlib.ExitStack() as stack:
        cameras = {name: stack.enter_context(camera) for name, camera in _cameras(clips).items()}
        for camera in cameras.values():
            camera.wait()
        recorder = stack.enter_context(LiveRecorder(tmp_path_factory.mktemp("recorder"), _settings(cameras)))
        watched = {name: Watched(name, camera, recorder) for name, camera in cameras.items()}
        _settle(recorder, [one for one in watched.values() if one.name not in AWAY_AT_FIRST])
        _inject(watched)
        _mend(watched)
        yield watched


def _settle(recorder: LiveRecorder, watched: list[Watched]) -> None:
    def all_are_recorded() -> bool:
        return all(one.metric("nvr_camera_frames_processed_total") for one in watched)

    recorder.wait_for(all_are_recorded, 60)
    time.sleep(SETTLED_SECONDS)


def _inject(watched: Mapping[str, Watched]) -> None:
    """Those first that have to be noticed. Runs that are begun anew at once do not all start in one moment."""
    faults: dict[str, dict[str, object]] = {
        "silent": {"silent": True},
        "muted": {"muted": True},
        "cut": {"hang_up": "RST"},
        "unplugged": {"hang_up": "RST", "listening": False},
        "locked": {"hang_up": "FIN", "password": NEW_PASSWORD},
        "recoded": {"hang_up": "FIN", "clip": "other"},
        "resized": {"clip": "larger"},
        "garbled": {"garbled_share": 0.3},
        "ahead": {"timestamp_shift_seconds": 600.0},
        "back": {"timestamp_shift_seconds": -600.0},
        "nudged": {"timestamp_shift_seconds": -5.0},
        "slow": {"slowness": 5.0},
        "frozen": {"frozen": True},
    }
    for name, fault in faults.items():
        watched[name].injected = watched[name].camera.behave(**fault)
        time.sleep(APART_SECONDS)


def _mend(watched: Mapping[str, Watched]) -> None:
    """What comes back by itself, once the recorder has noticed that it was away."""
    for name in ("silent", "muted"):
        watched[name].wait_for(lambda: "stalled" in watched[name].causes(), 30)  # noqa: B023
    watched["dripping"].wait_for(lambda: watched["dripping"].restarts("timeout") > 0, 60)
    for name, behaviour in {
        "silent": {"silent": False},
        "muted": {"muted": False},
        "unplugged": {"listening": True},
        "refusing": {"listening": True},
        "dripping": {"dripping": False},
    }.items():
        watched[name].mended = watched[name].camera.behave(**behaviour)


@pytest.fixture(scope="package")
def recorder(watched: dict[str, Watched]) -> LiveRecorder:
    """The recorder that watches them all."""
    return next(iter(watched.values())).recorder
