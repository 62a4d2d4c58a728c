"""A disk that hangs: what waits for it is left behind, and everything else goes on.

Nothing that waits for a frozen file system can be ended, not by SIGKILL either. What can be shown is that the run ends,
that others are served, that a stop ends all but that thread, and that the process is gone as soon as the disk thaws.
"""

import os
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.demo.camera import DemoCamera
from nvr.clock import utc_now
from tests.e2e.live import LiveRecorder, alive
from tests.faults.children import finished, gaps, moment
from tests.faults.conftest import Measured
from tests.faults.disks.volume import ext4

ENDED_SECONDS = 40.0
STOPPED_SECONDS = 30.0
UNIT_SECONDS = 30.0
"""What the unit gives a stop."""
AGAIN_SECONDS = 40.0

pytestmark = pytest.mark.timeout(180)


@pytest.mark.fault(43)
@pytest.mark.usefixtures("as_root")
def test_a_disk_that_hangs_ends_the_run_and_is_recorded_to_again_when_it_thaws(
    tmp_path: Path, camera: DemoCamera, measured: Measured
) -> None:
    (tmp_path / "recorder").mkdir()
    with (
        ext4(tmp_path / "disk.img", tmp_path / "recorder" / "recordings", "100M") as volume,
        LiveRecorder(tmp_path / "recorder", {"door": {"record": camera.url}}, segment="2s") as recorder,
    ):
        recorder.wait_for(lambda: bool(finished(recorder, "door")), 30)
        with volume.frozen():
            frozen = utc_now()
            recorder.wait_for(lambda: _restarts(recorder) == 1, ENDED_SECONDS)
            ended = (utc_now() - frozen).total_seconds()
            recorder.wait_for(
                lambda: recorder.metric("nvr_recording_gap_seconds_total", camera="door", reason="stuck_io") > 0, 20
            )
        thawed = utc_now()
        recorder.wait_for(lambda: _finished_after(recorder, thawed), AGAIN_SECONDS)
        [gap] = gaps(recorder, "door", "stuck_io")
        lost = (moment(gap["end"]) - moment(gap["start"])).total_seconds()
        assert "recording ended (stuck_io)" in recorder.log.read_text()
        assert moment(gap["start"]) > frozen - timedelta(seconds=2)
        with volume.frozen():
            os.kill(recorder.pid, signal.SIGTERM)
            stopping = utc_now()
            recorder.wait_for(lambda: _is_done(recorder), STOPPED_SECONDS)
            stopped = (utc_now() - stopping).total_seconds()
        assert recorder.stop() < 5
    measured(
        f"hung for {(thawed - frozen).total_seconds():.0f} s: run ended after {ended:.0f} s, lost {lost:.0f} s;"
        f" hung at a stop: all else ended after {stopped:.0f} s, the process when it thawed"
    )


@pytest.mark.fault(43)
@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("hung_seconds", [0, 4], ids=["from-the-stop-on", "in-the-database-before"])
def test_a_stop_while_the_disk_of_spool_and_database_hangs_finishes_the_footage_and_ends(
    tmp_path: Path, camera: DemoCamera, measured: Measured, hung_seconds: float
) -> None:
    (tmp_path / "recorder").mkdir()
    with (
        ext4(tmp_path / "disk.img", tmp_path / "recorder" / "data", "300M") as volume,
        LiveRecorder(tmp_path / "recorder", {"door": {"record": camera.url}}, segment="2s") as recorder,
    ):
        recorder.wait_for(lambda: len(finished(recorder, "door")) >= 2, 30)
        children = recorder.children()
        with volume.frozen():
            time.sleep(hung_seconds)
            os.kill(recorder.pid, signal.SIGTERM)
            stopping = utc_now()
            recorder.wait_for(lambda: _is_done(recorder), UNIT_SECONDS)
            stopped = (utc_now() - stopping).total_seconds()
            assert not any(alive(child) for child in children)
            assert list((recorder.recordings / "door" / ".open").glob("*.mp4")) == []
        assert recorder.stop() < 5
        assert "the spool is left open: its disk hangs" in recorder.log.read_text()
    measured(f"that of the spool hung at a stop: footage finished, all ended after {stopped:.0f} s")


def _restarts(recorder: LiveRecorder) -> float:
    return recorder.metric("nvr_ffmpeg_restarts_total", camera="door", reason="stuck_io")


def _finished_after(recorder: LiveRecorder, since: datetime) -> bool:
    return any(moment(segment["start"]) > since for segment in finished(recorder, "door"))


def _is_done(recorder: LiveRecorder) -> bool:
    """Its main thread has ended: what is left of it waits for the disk."""
    return Path(f"/proc/{recorder.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
