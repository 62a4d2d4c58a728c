"""Cameras with exact ground truth, and a recorder that has watched them for half a minute."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import Scene, lights, walker
from nvr.clock import utc_now
from tests.e2e.live import LiveRecorder, free_port

WATCHED_SECONDS = 30.0
DOOR = replace(walker(), name="door", actors=walker().actors[:1])
"""Someone walks by once a minute."""

HALL = lights()


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {scene.name: make_clip(scene, folder) for scene in (DOOR, HALL)}


@dataclass(frozen=True)
class Watched:
    """A recorder that still runs, and since when each camera has played its scene to it."""

    recorder: LiveRecorder
    scenes: dict[str, Scene]
    played_at: dict[str, datetime]

    def scene_seconds(self, camera: str, time: datetime) -> float:
        return (time - self.played_at[camera]) / timedelta(seconds=1)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, clips: dict[str, Path]) -> Iterator[Watched]:
    """Two RTSP cameras, a looped file and a camera that is not there, watched for half a minute."""
    folder = tmp_path_factory.mktemp("recorder")
    with DemoCamera("door") as door, DemoCamera("hall") as hall:
        door.start(clips["door"])
        hall.start(clips["lights"])
        cameras = {
            "door": {
                "record": door.url,
                "zones": {
                    "path": {"points": [[0.0, 0.3], [1.0, 0.3], [1.0, 1.0], [0.0, 1.0]], "alert": True},
                    "sky": {"points": [[0.0, 0.0], [1.0, 0.0], [1.0, 0.1], [0.0, 0.1]]},
                },
            },
            "hall": {"record": hall.url.replace("//", "//viewer:canary-password@")},
            "file": {"record": str(clips["door"])},
            "absent": {"record": f"rtsp://127.0.0.1:{free_port()}/main"},
        }
        with LiveRecorder(folder, cameras) as recorder:
            recorder.wait_for(lambda: bool(door.played_at and hall.played_at), 20)
            played_at = {"door": door.played_at[0], "hall": hall.played_at[0]}
            while utc_now() < max(played_at.values()) + timedelta(seconds=WATCHED_SECONDS):
                time.sleep(0.2)
            yield Watched(recorder, {"door": DOOR, "hall": HALL}, played_at)
