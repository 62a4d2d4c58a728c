"""What becomes of a recording when its folder is deleted or turns read-only, and of a catalogue that is lost.

One recorder goes through all of it.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.demo.camera import DemoCamera
from nvr.clock import utc_now
from tests.e2e.live import LiveRecorder
from tests.faults.children import finished, gaps, moment
from tests.faults.conftest import Measured
from tests.faults.disks.volume import Volume, ext4

NOTICED_SECONDS = 6.0
"""Two, two for the process to end, and two for a machine that does much else."""

AGAIN_SECONDS = 40.0
"""Until there is footage again, with back-off."""

READ_ONLY_SECONDS = 12.0

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory, camera: DemoCamera) -> Iterator[LiveRecorder]:
    with LiveRecorder(tmp_path_factory.mktemp("storage"), {"door": {"record": camera.url}}, segment="2s") as recorder:
        yield recorder


@pytest.fixture
def began(recorder: LiveRecorder) -> datetime:
    """It records, whatever the test before did to it."""
    began = utc_now()
    _records(recorder, began)
    return began


def _records(recorder: LiveRecorder, since: datetime) -> None:
    """Wait until there is a finished segment from after a moment."""
    recorder.wait_for(lambda: any(moment(s["start"]) > since for s in finished(recorder, "door")), AGAIN_SECONDS)


def _said(recorder: LiveRecorder, words: str, since: datetime) -> datetime:
    """When the log first said so."""
    times = (
        datetime.fromisoformat(line.split(maxsplit=1)[0])
        for line in recorder.log.read_text().splitlines()
        if words in line
    )
    return next(time for time in times if time > since)


def _new_gap(recorder: LiveRecorder, cause: str, since: datetime) -> dict[str, Any]:
    recorder.wait_for(lambda: any(gap["end"] for gap in _gaps_after(recorder, cause, since)), AGAIN_SECONDS)
    [gap] = _gaps_after(recorder, cause, since)
    return gap


def _gaps_after(recorder: LiveRecorder, cause: str, since: datetime) -> list[dict[str, Any]]:
    return [gap for gap in gaps(recorder, "door", cause) if gap["end"] is None or moment(gap["end"]) > since]


@pytest.mark.fault(29)
@pytest.mark.usefixtures("began")
@pytest.mark.parametrize(
    ("what", "folder", "words"),
    [
        ("the camera's folder", "recordings/door", "door: its folder was deleted"),
        ("the storage folder", "recordings", "the lock of the storage folder"),
    ],
)
def test_a_folder_that_is_deleted_is_made_anew(
    recorder: LiveRecorder, what: str, folder: str, words: str, measured: Measured
) -> None:
    before = recorder.metric("nvr_ffmpeg_restarts_total", camera="door", reason="directory_gone")
    deleted = utc_now()
    subprocess.run(["rm", "-rf", str(recorder.folder / folder)], check=False)
    _records(recorder, deleted)
    gap = _new_gap(recorder, "directory_gone", deleted)
    noticed = (_said(recorder, words, deleted) - deleted).total_seconds()
    assert noticed < NOTICED_SECONDS
    assert recorder.metric("nvr_ffmpeg_restarts_total", camera="door", reason="directory_gone") == before + 1
    recorder.wait_for(lambda: all(moment(s["end"]) > deleted for s in finished(recorder, "door")), 10)
    lost = (moment(gap["end"]) - deleted).total_seconds()
    measured(f"{what}: noticed after {noticed:.1f} s, footage again {lost:.1f} s after the deletion")


def _cut_short(file: Path) -> None:
    os.truncate(file, 0)


def _garbled(file: Path) -> None:
    with file.open("r+b") as catalogue:
        catalogue.write(os.urandom(file.stat().st_size))


DAMAGE: dict[str, Callable[[Path], None]] = {"deleted": Path.unlink, "truncated": _cut_short, "garbled": _garbled}


@pytest.mark.fault(31)
@pytest.mark.usefixtures("began")
@pytest.mark.parametrize("how", DAMAGE)
def test_a_catalogue_that_is_damaged_in_use_is_made_anew_while_recording_goes_on(
    recorder: LiveRecorder, how: str, measured: Measured
) -> None:
    before, began = recorder.metric("nvr_catalogue_rebuilds_total"), utc_now()
    known = {segment["id"] for segment in finished(recorder, "door")}
    told = {gap["id"] for gap in recorder.get("/api/gaps")["gaps"]}
    DAMAGE[how](recorder.recordings / "catalogue.sqlite")
    recorder.wait_for(lambda: recorder.metric("nvr_catalogue_rebuilds_total") == before + 1, 20)
    took = (utc_now() - began).total_seconds()
    _assert_all_there(recorder, known)
    assert told <= {gap["id"] for gap in recorder.get("/api/gaps")["gaps"]}
    assert _said(recorder, "is damaged", began)
    _records(recorder, began)
    assert [gap for gap in recorder.get("/api/gaps")["gaps"] if moment(gap["start"]) > began] == []
    measured(f"{how} in use: {len(known)} segments found again within {took:.1f} s, 0 lost")


@pytest.mark.fault(31)
@pytest.mark.usefixtures("began")
def test_a_catalogue_that_is_damaged_before_the_start_is_made_anew(recorder: LiveRecorder, measured: Measured) -> None:
    recorder.stop()
    before = {path.stem for path in recorder.recordings.glob("door/*/*.mp4")}
    _garbled(recorder.recordings / "catalogue.sqlite")
    recorder.start()
    recorder.wait_for(lambda: recorder.metric("nvr_catalogue_rebuilds_total") == 1, 20)
    segments = finished(recorder, "door")
    assert before <= {f"{moment(segment['start']):%H%M%S}.{segment['start'][-4:-1]}Z" for segment in segments}
    measured(f"garbled before the start: {len(before)} segments found again, 0 lost")


def _assert_all_there(recorder: LiveRecorder, known: set[str]) -> None:
    assert known <= {segment["id"] for segment in finished(recorder, "door")}


@pytest.mark.fault(27)
@pytest.mark.usefixtures("as_root", "began")
def test_a_folder_that_turns_read_only_is_recorded_to_again_when_that_ends(
    recorder: LiveRecorder, measured: Measured
) -> None:
    volume = Volume(Path(), recorder.recordings)
    since, lines = utc_now(), len(recorder.log.read_text().splitlines())
    with volume.read_only():
        recorder.wait_for(lambda: bool(_gaps_after(recorder, "read_only", since)), READ_ONLY_SECONDS)
        recorder.wait_for(lambda: recorder.metric("nvr_storage_writable") == 0, 20)
    mended = utc_now()
    _records(recorder, mended)
    gap = _new_gap(recorder, "read_only", since)
    recorder.wait_for(lambda: recorder.metric("nvr_storage_writable") == 1, 20)
    assert recorder.metric("nvr_ffmpeg_restarts_total", camera="door", reason="read_only") >= 1
    assert _said(recorder, "Read-only file system", since)
    said = len(recorder.log.read_text().splitlines()) - lines
    assert said < 60, recorder.log.read_text()
    after = (moment(gap["end"]) - mended).total_seconds()
    measured(f"read-only for {(mended - since).total_seconds():.0f} s, footage again {after:.1f} s after, {said} lines")


@pytest.mark.fault(27)
@pytest.mark.usefixtures("as_root")
def test_a_file_system_that_has_an_error_is_no_longer_written(
    tmp_path: Path, camera: DemoCamera, measured: Measured
) -> None:
    (tmp_path / "recorder").mkdir()
    with (
        ext4(tmp_path / "disk.img", tmp_path / "recorder" / "recordings", "100M") as volume,
        LiveRecorder(tmp_path / "recorder", {"door": {"record": camera.url}}, segment="2s") as recorder,
    ):
        _records(recorder, utc_now())
        known, since = {segment["id"] for segment in finished(recorder, "door")}, utc_now()
        volume.fail()
        recorder.wait_for(lambda: bool(_gaps_after(recorder, "read_only", since)), 15)
        assert known <= {segment["id"] for segment in finished(recorder, "door")}
        attempts = recorder.metric("nvr_ffmpeg_restarts_total", camera="door", reason="read_only")
        recorder.stop()
    measured(f"after an error of ext4: gap and metric, {len(known)} segments still played, {attempts:.0f} attempts")
