"""Live cameras that are kept only around motion, or recorded only at their times, beside one that keeps everything.

The scene's walker is in the picture from its 6th to its 17th second.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ingest.demo.camera import DemoCamera
from nvr.clock import utc_now
from tests.clips import count_pictures
from tests.e2e.live import LiveRecorder

SECOND = timedelta(seconds=1)
SEGMENT = 2.0
ROLL = 2.0
MOTION = {"pre_roll": "2s", "post_roll": "2s", "off_after": "1s"}
SCHEDULE_SECONDS = 20
"""So long after the configuration is written the schedule begins: the recorder is up by then."""

ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Kept:
    recorder: LiveRecorder
    played_at: datetime
    night_begins: datetime

    def segments(self, camera: str) -> list[tuple[datetime, datetime, dict[str, Any]]]:
        """Those that are finished, oldest first."""
        found = [each for each in self.recorder.timeline(camera)["segments"] if each["complete"]]
        return [(_time(each["start"]), _time(each["end"]), each) for each in found]

    def event(self, camera: str) -> tuple[datetime, datetime]:
        [event] = [each for each in self.recorder.timeline(camera)["events"] if each["end"]]
        return _time(event["start"]) - ROLL * SECOND, _time(event["end"]) + ROLL * SECOND


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _is_judged(recorder: LiveRecorder, camera: str) -> bool:
    """Whether what came just after the first event was judged: the first segment behind it begins well behind it."""
    line = recorder.timeline(camera)
    ends = [_time(event["end"]) + ROLL * SECOND for event in line["events"] if event["end"]]
    behind = [_time(each["start"]) for each in line["segments"] if ends and _time(each["start"]) >= ends[0]]
    return bool(behind) and behind[0] > ends[0] + 2 * SEGMENT * SECOND


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, clips: dict[str, Path]) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("modes")
    small = folder / "small.mp4"
    shutil.copy(clips["door"], small)
    with DemoCamera("door") as door:
        door.start(clips["door"])
        begins = (utc_now() + SCHEDULE_SECONDS * SECOND).astimezone(ZONE).replace(microsecond=0)
        night = {"from": f"{begins:%H:%M:%S}", "to": f"{begins - 60 * SECOND:%H:%M:%S}", "mode": "continuous"}
        cameras = {
            "door": {"record": door.url, "motion": MOTION, "recording": {"mode": "motion"}},
            "gate": {
                "record": str(clips["door"]),
                "detect": str(small),
                "motion": MOTION,
                "recording": {"mode": "off", "schedule": [{"mode": "motion"}]},
            },
            "night": {"record": str(clips["door"]), "recording": {"mode": "off", "schedule": [night]}},
            "turns": {
                "record": str(clips["door"]),
                "motion": MOTION,
                "recording": {"schedule": [{**night, "mode": "motion"}]},
            },
            "never": {"record": str(clips["door"]), "recording": {"mode": "off"}},
        }
        with LiveRecorder(folder, cameras, segment="2s") as recorder:
            assert recorder.get("/api/cameras")["cameras"]
            recorder.wait_for(lambda: bool(door.played_at), 20)
            recorder.wait_for(lambda: all(_is_judged(recorder, name) for name in ("door", "gate", "turns")), 90)
            yield Kept(recorder, door.played_at[0], begins)


def test_a_camera_outside_its_time_is_stopped_and_nothing_of_it_is_missing(kept: Kept) -> None:
    [status] = [each for each in kept.recorder.get("/api/cameras")["cameras"] if each["camera"] == "never"]
    assert (status["state"], status["recording_wanted"]) == ("stopped", False)
    line = kept.recorder.timeline("never")
    assert (line["segments"], line["gaps"]) == ([], [])
    assert kept.recorder.metric("nvr_recording_expected_seconds_total", camera="never") == 0.0
    assert kept.recorder.metric("nvr_recording_gap_seconds_total", camera="never") == 0.0


def test_recording_begins_when_the_schedule_says_so(kept: Kept) -> None:
    segments, line = kept.segments("night"), kept.recorder.timeline("night")
    assert kept.night_begins <= segments[0][0] <= kept.night_begins + 10 * SECOND  # a crowded machine starts it late
    since = (utc_now() - kept.night_begins) / SECOND
    assert kept.recorder.metric("nvr_recording_expected_seconds_total", camera="night") <= since + 1.5
    for gap in line["gaps"]:  # from the beginning of the schedule until the first picture
        assert (_time(gap["start"]) - kept.night_begins) / SECOND == pytest.approx(0, abs=1.5)
        assert _time(gap["end"]) <= segments[0][0] + 0.1 * SECOND
    assert f"{kept.night_begins.astimezone(ZoneInfo('UTC')):%H:%M:%S} UTC" in kept.recorder.log.read_text()


@pytest.mark.parametrize("camera", ["door", "gate"])
def test_the_walk_stays_with_its_rolls_and_what_is_around_goes(kept: Kept, camera: str) -> None:
    start, end = kept.event(camera)
    worth = [each for each in kept.segments(camera) if each[0] < end and each[1] > start]
    assert worth[0][0] <= start
    assert worth[-1][1] >= end
    assert all((after[0] - before[1]) / SECOND == pytest.approx(0, abs=0.1) for before, after in pairwise(worth))
    assert not [each for each in kept.segments(camera) if end <= each[0] < end + SEGMENT * SECOND]
    assert len([each for each in kept.segments(camera) if each[1] <= start]) <= 1, "a run's very first was not analysed"


def test_a_run_goes_on_from_continuous_to_motion_and_what_it_recorded_before_stays(kept: Kept) -> None:
    start, _ = kept.event("turns")
    before = [each for each in kept.segments("turns") if each[1] < kept.night_begins]
    assert before[0][1] < start, "what was recorded in continuous time has gone"
    assert all((after[0] - before[1]) / SECOND == pytest.approx(0, abs=0.1) for before, after in pairwise(before))
    assert kept.recorder.log.read_text().count("turns: recording\n") == 1
    assert kept.recorder.metric("nvr_ffmpeg_restarts_total", camera="turns", role="recorder") == 0.0


@pytest.mark.parametrize("camera", ["door", "gate"])
def test_what_stays_plays(kept: Kept, camera: str, tmp_path: Path) -> None:
    start, end = kept.event(camera)
    for begin, until, segment in kept.segments(camera):
        if begin < end and until > start:
            (tmp_path / "segment.mp4").write_bytes(kept.recorder.http.get(segment["url"]).content)
            assert count_pictures(tmp_path / "segment.mp4") == pytest.approx(15 * (until - begin) / SECOND, abs=2)


@pytest.mark.parametrize("camera", ["door", "gate"])
def test_no_gap_is_told_of_what_went(kept: Kept, camera: str) -> None:
    gaps = kept.recorder.get("/api/gaps", camera=camera)["gaps"]
    first = kept.event(camera)[0]
    assert not [gap for gap in gaps if gap["end"] is None or _time(gap["end"]) > first], gaps
    assert kept.recorder.metric("nvr_recording_expected_seconds_total", camera=camera) > 20


def test_every_deletion_has_its_tombstone(kept: Kept) -> None:
    kept.recorder.stop()
    with closing(sqlite3.connect(kept.recorder.recordings / "catalogue.sqlite")) as catalogue:
        stones = catalogue.execute("SELECT camera, policy, count(*) FROM tombstones GROUP BY camera, policy").fetchall()
        moving = catalogue.execute("SELECT DISTINCT camera FROM segments WHERE motion").fetchall()
        left = {path for (path,) in catalogue.execute("SELECT path FROM segments")}
    assert {(camera, policy) for camera, policy, _ in stones} == {
        (camera, "no_motion") for camera in ("door", "gate", "turns")
    }
    assert {camera for (camera,) in moving} >= {"door", "gate", "turns"}
    root = kept.recorder.recordings
    assert {str(file.relative_to(root)) for file in root.glob("*/????-??-??/*.mp4")} == left
