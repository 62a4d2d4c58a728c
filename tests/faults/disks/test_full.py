"""What becomes of a recording when its disk is full, has no room for one more file, or is not there."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.demo.camera import DemoCamera
from nvr.clock import utc_now
from tests.clips import run_ffmpeg
from tests.e2e.live import NVR, LiveRecorder
from tests.faults.cameras.watched import stretched
from tests.faults.children import finished, gaps, moment
from tests.faults.conftest import Measured
from tests.faults.disks.volume import bound, tmpfs, unmount

pytestmark = [pytest.mark.timeout(180), pytest.mark.usefixtures("as_root")]

AGAIN_SECONDS = 45.0
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def busy_camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCamera]:
    """Four megabits a second."""
    clip = tmp_path_factory.mktemp("clip") / "clip.mp4"
    noise = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=10:duration=10,noise=alls=40:allf=t"]
    rate = ["-b:v", "4M", "-maxrate", "4M", "-bufsize", "2M", "-g", "10", "-bf", "0", "-preset", "ultrafast"]
    run_ffmpeg(*noise, "-c:v", "libx264", *rate, "-pix_fmt", "yuv420p", str(clip))
    with DemoCamera("door") as camera:
        camera.start(clip)
        yield camera


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(1 << 16))


def _fill_with_files(folder: Path) -> None:
    for number in range(1000):
        (folder / f"ballast-{number}").touch()


def _used_bytes(recorder: LiveRecorder) -> float:
    return recorder.metric("nvr_storage_used_bytes", volume=str(recorder.recordings))


def _lost_seconds(recorder: LiveRecorder, since: Any) -> float:
    """Seconds of gaps that began after a moment."""
    begun = [gap for gap in recorder.get("/api/gaps", camera="door")["gaps"] if moment(gap["start"]) > since]
    return sum(float(gap["duration_seconds"]) for gap in begun)


@pytest.mark.fault(25)
def test_on_a_disk_that_others_fill_the_oldest_footage_makes_room(
    tmp_path: Path, busy_camera: DemoCamera, measured: Measured
) -> None:
    with (
        tmpfs(tmp_path / "recordings", "size=32m") as volume,
        LiveRecorder(tmp_path, {"door": {"record": busy_camera.url}}, segment="2s") as recorder,
    ):
        recorder.wait_for(lambda: _used_bytes(recorder) > 8 * MEGABYTE, 60)
        filled = utc_now()
        with pytest.raises(OSError, match="No space left"):
            _fill(volume / "ballast")
        recorder.wait_for(
            lambda: (
                sum((moment(each["start"]) - filled).total_seconds() > 4 for each in finished(recorder, "door")) > 2
            ),
            AGAIN_SECONDS,
        )
        time.sleep(6)  # and so it goes on, full as it is
        began = utc_now()
        recorder.wait_for(lambda: any(moment(each["start"]) > began for each in finished(recorder, "door")), 15)
        deleted = recorder.metric("nvr_retention_deleted_segments_total", reason="emergency")
        lost = _lost_seconds(recorder, filled)
        assert deleted > 0
        assert lost <= stretched(3)
        assert "(emergency)" in recorder.log.read_text()
        measured(f"{lost:.1f} s lost, {deleted:.0f} segments went within their promise")


@pytest.mark.fault(26)
def test_without_room_for_another_file_the_oldest_footage_makes_some(
    tmp_path: Path, busy_camera: DemoCamera, measured: Measured
) -> None:
    with (
        tmpfs(tmp_path / "recordings", "size=256m,nr_inodes=100") as volume,
        LiveRecorder(tmp_path, {"door": {"record": busy_camera.url}}, segment="1s") as recorder,
    ):
        recorder.wait_for(lambda: len(finished(recorder, "door")) > 30, 60)
        filled = utc_now()
        with pytest.raises(OSError, match="No space left"):
            _fill_with_files(volume)
        recorder.wait_for(lambda: recorder.metric("nvr_retention_deleted_segments_total", reason="emergency") > 0, 30)
        recorder.wait_for(
            lambda: sum(moment(each["start"]) > filled for each in finished(recorder, "door")) > 10, AGAIN_SECONDS
        )
        lost = _lost_seconds(recorder, filled)
        assert lost <= stretched(5)
        measured(f"{lost:.1f} s lost")


@pytest.mark.fault(28)
def test_nothing_is_recorded_onto_the_disk_below_a_volume_that_is_not_mounted(
    tmp_path: Path, camera: DemoCamera, measured: Measured
) -> None:
    disk, folder = tmp_path / "disk", tmp_path / "recordings"
    recorder = LiveRecorder(tmp_path, {"door": {"record": camera.url}}, segment="2s")
    with tmpfs(disk, "size=64m"):
        with bound(disk, folder), recorder:
            recorder.wait_for(lambda: len(finished(recorder, "door")) > 1, 30)
            unmount(folder)
            recorder.wait_for(lambda: bool(gaps(recorder, "door", "mount_missing")), 15)
            recorder.wait_for(lambda: recorder.metric("nvr_storage_writable", volume=str(folder)) == 0, 15)
            time.sleep(3)
            assert list(folder.iterdir()) == []
            subprocess.run(["mount", "--bind", str(disk), str(folder)], check=True)
            back = utc_now()
            recorder.wait_for(
                lambda: any(moment(each["start"]) > back for each in finished(recorder, "door")), AGAIN_SECONDS
            )
            assert recorder.metric("nvr_ffmpeg_restarts_total", camera="door", reason="mount_missing") >= 1
            assert "not mounted any more" in recorder.log.read_text()
            again = min(moment(each["start"]) for each in finished(recorder, "door") if moment(each["start"]) > back)
            recorder.stop()
        unmount(folder)
        refused = subprocess.run(
            [NVR, "run", "-c", recorder.config], capture_output=True, text=True, timeout=60, check=False
        )
    assert refused.returncode == 1
    assert f"{folder} is not mounted, and footage was recorded to it before" in refused.stderr
    assert list(folder.iterdir()) == []
    measured(
        f"taken away: footage again {(again - back).total_seconds():.1f} s after it was back; at the start: refused"
    )


@pytest.mark.fault(28)
def test_what_the_configuration_says_is_mounted_must_be(tmp_path: Path, camera: DemoCamera, measured: Measured) -> None:
    recorder = LiveRecorder(tmp_path, {"door": {"record": camera.url}}, storage={"mount": "./recordings"})
    refused = subprocess.run(
        [NVR, "run", "-c", recorder.config], capture_output=True, text=True, timeout=60, check=False
    )
    recorder.http.close()
    assert refused.returncode == 1
    assert "is not mounted, and footage belongs on it" in refused.stderr
    assert not recorder.recordings.exists()
    measured("refused")
