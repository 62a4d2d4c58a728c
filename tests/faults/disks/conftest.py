"""A camera that plays for ever, for recorders whose disks come to harm."""

from collections.abc import Iterator

import pytest

from ingest.demo.camera import DemoCamera
from tests.clips import make_clip

FPS = 10


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCamera]:
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 10, fps=FPS)
    with DemoCamera("door") as camera:
        camera.start(clip)
        yield camera
