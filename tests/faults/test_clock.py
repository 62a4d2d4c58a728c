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
BEFORE, AFTER = timedelta(seconds=6), timedelta(seconds=4)
AROUND = timedelta(hours=3)
"""What was recorded by another clock is not looked at."""

NOTHING = {"end": "1970-01-01T00:00:00Z"}

STEPS = (-12.0, 12.0, 3600.0, -3600.0)

pytestmark = pytest.mark.timeout(240)


class Clock:
    """The wall clock of a recorder under libfaketime, at first the true one, as its monotonic clock always is."""

    def __init__(self, folder: Path, library: Path, timezone: str) -> None:
        self._file = folder / "offset"
        self._offset = 0.0
        self.turn(0.0)
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
        self.clock = Clock(folder, library, timezone)
        self.summer_ends = SUMMER_ENDS[timezone]
        cameras = {"yard": {"record": url}}
        environment = self.clock.environment
        self.recorder = LiveRecorder(folder, cameras, segment=f"{SEGMENT_SECONDS}s", environment=environment)

    def set_to(self, time: datetime) -> None:
        """Set its clock while it records, and wait until its footage follows."""
        self.recorder.wait_for(lambda: bool(list(self.recorder.recordings.glob("yard/*/*Z.mp4"))), 60)
        self.clock.turn((time - self.clock.now).total_seconds())
        self.recorder.wait_for(lambda: self.followed == 1, 30)

    @property
    def followed(self) -> int:
        """How often its footage has followed a clock that was set."""
        return self.recorder.log.read_text().count("by the clock as it was set")

    def finished(self) -> list[dict[str, Any]]:
        """The finished segments, in the order of their times."""
        return [segment for segment in self._timeline()["segments"] if segment["complete"]]

    def left_out(self) -> list[float]:
        """The seconds of each gap because of the clock."""
        since = self.summer_ends - AROUND
        gaps = [gap for gap in self._timeline()["gaps"] if gap["cause"] == "clock_step"]
        return sorted(gap["duration_seconds"] for gap in gaps if moment(gap["start"]) > since)

    def _timeline(self) -> Any:
        span = {"from": isoformat(self.summer_ends - AROUND), "to": isoformat(self.summer_ends + AROUND)}
        return self.recorder.get("/api/timeline", camera="yard", **span)

    def files(self) -> list[Path]:
        """In the order in which they were written."""
        found = (self.recorder.recordings / "yard").glob("*/*Z.mp4")
        files = [file for file in found if abs(_start_of(file) - self.summer_ends) < AROUND]
        return sorted(files, key=lambda file: file.stat().st_mtime_ns)


@pytest.fixture(scope="module")
def library() -> Path:
    found = next(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"), None)
    if found is None:
        pytest.skip("libfaketime is not installed (apt-get install faketime)")
    return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Iterator[dict[str, Watched]]:
    """One recorder in each time zone, whose clock was set to shortly before summer time ends there."""
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
        for one in made.values():
            one.set_to(one.summer_ends - BEFORE)
        yield made


@pytest.mark.fault(30)
def test_the_end_of_summer_time_is_no_event(watched: dict[str, Watched], measured: Measured) -> None:
    for timezone, one in watched.items():
        end = SUMMER_ENDS[timezone]
        one.recorder.wait_for(lambda: moment((one.finished() or [NOTHING])[-1]["end"]) > end + AFTER, 60)  # noqa: B023
        segments, files = one.finished(), one.files()
        assert moment(segments[0]["start"]) < end
        names = [f"{file.parent.name}T{file.name}" for file in files]
        assert names == sorted(names)
        assert [_start_of(file) for file in files[: len(segments)]] == [moment(s["start"]) for s in segments]
        assert _lost(segments, files[: len(segments)]) == 0
        assert one.recorder.metric("nvr_clock_steps_total") == 1
        assert one.recorder.get("/api/cameras/yard")["total_reconnects"] == 0
    measured(f"the end of summer time in {' and '.join(watched)}: lost 0 pictures")


@pytest.mark.fault(30)
def test_a_clock_that_is_set_costs_no_picture_and_is_on_record(watched: dict[str, Watched], measured: Measured) -> None:
    one = watched["Europe/Berlin"]
    recorder = one.recorder
    for number, step in enumerate(STEPS, 2):
        one.clock.turn(step)
        recorder.wait_for(lambda: one.followed == number, 30)  # noqa: B023
        assert recorder.metric("nvr_clock_steps_total") == number
        assert recorder.metric("nvr_clock_last_step_seconds") == pytest.approx(step, abs=0.2)
        written = len(one.files())
        recorder.wait_for(lambda: len(one.files()) > written, 30)  # noqa: B023
    log = recorder.log.read_text()
    told = [float(words) for words in re.findall(r"the host's clock was set by ([+-][\d.]+) s", log)]
    assert told[1:] == pytest.approx(list(STEPS), abs=0.2)

    assert one.left_out() == pytest.approx(sorted(step for step in STEPS if step > 0), abs=0.5)
    assert recorder.metric("nvr_recording_gap_seconds_total", camera="yard", reason="clock_step") == 0
    assert recorder.get("/api/cameras/yard")["total_reconnects"] == 0
    listed = {segment["id"]: segment for segment in one.finished()}
    files = [file for file in one.files() if _identity(file) in listed]
    assert len(files) == len(listed)
    assert _lost([listed[_identity(file)] for file in files], files) == 0
    measured(f"set by {', '.join(f'{step:+g}' for step in STEPS)} s: lost 0 pictures in {len(files)} segments")


def _start_of(file: Path) -> datetime:
    return datetime.strptime(f"{file.parent.name} {file.name}", "%Y-%m-%d %H%M%S.%fZ.mp4").replace(tzinfo=UTC)


def _identity(file: Path) -> str:
    return Segment.identity("yard", _start_of(file))


def _lost(segments: Sequence[dict[str, Any]], files: Sequence[Path]) -> int:
    """Pictures that the segments after the first should hold and do not."""
    expected: float = sum(segment["duration_seconds"] for segment in segments[1:]) * FPS
    return round(expected) - sum(probe(file).pictures for file in files[1:])
