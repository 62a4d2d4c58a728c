"""One recorder for the doors that need no harm done to it: a camera, a large old segment, and links that lead out."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import walker
from ingest.segment_name import path_of
from nvr.clock import utc_now
from nvr.model import Segment
from tests.clips import run_ffmpeg
from tests.e2e.live import LiveRecorder

OUTSIDE = b"canary: this lies outside of the storage folder"
YESTERDAY = utc_now().replace(microsecond=0) - timedelta(days=1)
LARGE = f"/media/segments/{Segment.identity('door', YESTERDAY)}.mp4"
"""A segment of some megabytes."""


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(walker(), tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="package")
def camera(clip: Path) -> Iterator[DemoCamera]:
    with DemoCamera("door") as door:
        door.start(clip)
        yield door


@pytest.fixture(scope="package")
def recorder(tmp_path_factory: pytest.TempPathFactory, camera: DemoCamera) -> Iterator[LiveRecorder]:
    folder = tmp_path_factory.mktemp("front-doors")
    (folder / "outside.txt").write_bytes(OUTSIDE)
    _plant_large(folder / "recordings")
    _plant_links(folder / "recordings", folder)
    with LiveRecorder(folder, {"door": {"record": camera.url}}) as running:
        running.wait_for(lambda: bool(_events(running)), 60)
        yield running


def _events(recorder: LiveRecorder) -> object:
    """What the database has by now; at first it does not answer yet."""
    return recorder.http.get("/api/events").json().get("events")


def _plant_large(recordings: Path) -> None:
    """Noise, which nothing compresses."""
    file = recordings / path_of("door", YESTERDAY)
    file.parent.mkdir(parents=True)
    noise = ["-f", "lavfi", "-i", "nullsrc=size=640x360:rate=10:duration=3,geq=random(1)*255:128:128"]
    run_ffmpeg(*noise, "-c:v", "mpeg4", "-q:v", "2", "-movflags", "+frag_keyframe+empty_moov", str(file))


def _plant_links(recordings: Path, outside: Path) -> None:
    """A segment, a day and a whole camera that are links to the world outside."""
    real = recordings / path_of("door", YESTERDAY)
    shutil.copy(real, outside / "copy.mp4")
    (recordings / path_of("door", YESTERDAY + timedelta(minutes=1))).symlink_to(outside / "copy.mp4")
    elsewhere = outside / "elsewhere"
    elsewhere.mkdir()
    two_days_ago = YESTERDAY - timedelta(days=1)
    shutil.copy(real, elsewhere / Path(path_of("door", two_days_ago)).name)
    (recordings / path_of("door", two_days_ago)).parent.symlink_to(elsewhere)
    (recordings / "root").symlink_to("/")
