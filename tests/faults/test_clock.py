"""The host's clock is set while it records, and summer time ends: nothing is lost, overwritten or out of order."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.demo.camera import DemoCamera
from ingest.mp4 import probe
from nvr.model import Segment, isoformat
from tests.clips import make_clip
from tests.e2e.live import LiveRecorder
from tests.faults.children import moment
from tests.faults.conftest import Measured

FPS = 25
SEGMENT_SECONDS = 2

SUMMER_ENDS = {
    "Europe/Berlin": datetime(2026, 10, 25, 1, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, 6, tzinfo=UTC),
}
BEFORE = timedelta(seconds=10)

STEPS = (-12.0, 12.0, 3600.0, -3600.0)

pytestmark = pytest.mark.timeout(240)


class Clock:
    """The wall clock of a recorder under libfaketime; its monotonic clock is the true one."""

    def __init__(self, folder: Path, library: Path, timezone: str, now: datetime) -> None:
        self._file = folder / "offset"
        self._offset = 0.0
        self.turn((now - datetime.now(UTC)).total_seconds())
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "TZ": timezone,
        }

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._offset)

    def turn(self, seconds: float) -> None:
        self._offset += seconds
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{self._offset:+.3f}\n")
        draft.replace(self._file)


class Watched:
    """A recorder and its clock."""

    def __init__(self, folder: Path, library: Path, timezone: str, url: str) -> None:
        self.clock = Clock(folder, library, timezone, SUMMER_ENDS[timezone] - BEFORE)
        cameras = {"yard": {"record": url}}
        environment = self.clock.environment
        self.recorder = LiveRecorder(folder, cameras, segment=f"{SEGMENT_SECONDS}s", environment=environment)

    def finished(self) -> list[dict[str, Any]]:
        """All finished segments, in the order of their times."""
        segments = self._past("/api/timeline", camera="yard")["segments"]
        return [segment for segment in segments if segment["complete"]]

    def gaps(self, cause: str) -> list[dict[str, Any]]:
        return [gap for gap in self._past("/api/timeline", camera="yard")["gaps"] if gap["cause"] == cause]

    def _past(self, path: str, **parameters: str) -> Any:
        now = self.clock.now
        span = {"from": isoformat(now - timedelta(hours=4)), "to": isoformat(now + timedelta(hours=4))}
        return self.recorder.get(path, **parameters, **span)

    def files(self) -> list[Path]:
        """In the order in which they were written."""
        return sorted((self.recorder.recordings / "yard").glob("*/*Z.mp4"), key=lambda file: file.stat().st_mtime_ns)


@pytest.fixture(scope="module")
def library() -> Path:
    found = next(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"), None)
    if found is None:
        pytest.skip("libfaketime is not installed (apt-get install faketime)")
    return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Iterator[dict[str, Watched]]:
    """One recorder in each time zone, shortly before summer time ends there."""
    folder = tmp_path_factory.mktemp("clock")
    clip = make_clip(folder / "clip.mp4", 10, fps=FPS)
    with DemoCamera("yard") as camera, ExitStack() as running:
        camera.start(clip)
        made = {}
        for timezone in SUMMER_ENDS:
            place = folder / timezone.replace("/", "-")
            place.mkdir()
            made[timezone] = Watched(place, library, timezone, camera.url)
            running.enter_context(made[timezone].recorder)
        yield made


@pytest.mark.fault(30)
def test_the_end_of_summer_time_is_no_event(watched: dict[str, Watched], measured: Measured) -> None:
    for timezone, one in watched.items():
        end = SUMMER_ENDS[timezone]
        one.recorder.wait_for(lambda: bool(one.finished()) and moment(one.finished()[-1]["end"]) > end + BEFORE / 2, 60)  # noqa: B023
        segments, files = one.finished(), one.files()
        assert moment(segments[0]["start"]) < end
        names = [f"{file.parent.name}T{file.name}" for file in files]
        assert names == sorted(names)
        assert [_start_of(file) for file in files[: len(segments)]] == [moment(s["start"]) for s in segments]
        assert _lost(segments, files[: len(segments)]) == 0
        assert one.recorder.metric("nvr_clock_steps_total") == 0
    measured(f"the end of summer time in {' and '.join(watched)}: lost 0 pictures")


@pytest.mark.fault(30)
def test_a_clock_that_is_set_costs_no_picture_and_is_on_record(watched: dict[str, Watched], measured: Measured) -> None:
    one = watched["Europe/Berlin"]
    recorder = one.recorder
    for number, step in enumerate(STEPS, 1):
        one.clock.turn(step)
        recorder.wait_for(lambda: _followed(recorder) == number, 30)  # noqa: B023
        assert recorder.metric("nvr_clock_steps_total") == number
        assert recorder.metric("nvr_clock_last_step_seconds") == pytest.approx(step, abs=0.2)
        written = len(one.files())
        recorder.wait_for(lambda: len(one.files()) > written, 30)  # noqa: B023
    log = recorder.log.read_text()
    told = [float(words) for words in re.findall(r"the host's clock was set by ([+-][\d.]+) s", log)]
    assert told == pytest.approx(list(STEPS), abs=0.2)

    ahead = sorted(gap["duration_seconds"] for gap in one.gaps("clock_step"))
    assert ahead == pytest.approx(sorted(step for step in STEPS if step > 0), abs=0.5)
    assert recorder.metric("nvr_recording_gap_seconds_total", camera="yard", reason="clock_step") == 0
    assert recorder.get("/api/cameras/yard")["total_reconnects"] == 0
    files = one.files()
    listed = {segment["id"]: segment for segment in one.finished()}
    segments = [listed[Segment.identity("yard", _start_of(file))] for file in files]
    assert _lost(segments, files) == 0
    assert recorder.metric("nvr_recording_segments_total", camera="yard") == pytest.approx(len(files), abs=1)
    measured(f"set by {', '.join(f'{step:+g}' for step in STEPS)} s: lost 0 pictures in {len(files)} segments")


def _followed(recorder: LiveRecorder) -> int:
    return recorder.log.read_text().count("by the clock as it was set")


def _start_of(file: Path) -> datetime:
    return datetime.strptime(f"{file.parent.name} {file.name}", "%Y-%m-%d %H%M%S.%fZ.mp4").replace(tzinfo=UTC)


def _lost(segments: Sequence[dict[str, Any]], files: Sequence[Path]) -> int:
    """Pictures that the segments after the first should hold and do not."""
    expected: float = sum(segment["duration_seconds"] for segment in segments[1:]) * FPS
    return round(expected) - sum(probe(file).pictures for file in files[1:])
