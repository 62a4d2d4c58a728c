"""How a weekly schedule is written."""

from pathlib import Path

import pytest

from nvr.config import load
from nvr.config.schedules import days, time_of_day, time_text
from nvr.settings import RecordingMode, RecordingSettings, WeeklyRange

HOUR = 3600
OFF, MOTION, CONTINUOUS = RecordingMode.OFF, RecordingMode.MOTION, RecordingMode.CONTINUOUS
NIGHTS = WeeklyRange(frozenset(range(5)), 18 * HOUR, 7 * HOUR, MOTION)
CAMERA = "record: rtsp://camera.example/main"


def recordings(tmp_path: Path, text: str) -> list[RecordingSettings]:
    (tmp_path / "nvr.yaml").write_text(text)
    return [camera.recording for camera in load(tmp_path / "nvr.yaml", {}).cameras.values()]


def test_a_schedule_is_read_in_its_order(tmp_path: Path) -> None:
    text = f"""
cameras:
  yard:
    {CAMERA}
    recording:
      mode: off
      schedule:
        - {{days: mon-fri, from: "18:00", to: "07:00", mode: motion}}
        - {{days: [sat, sun], mode: continuous}}
"""
    weekend = WeeklyRange(frozenset((5, 6)), 0, 24 * HOUR, CONTINUOUS)
    assert recordings(tmp_path, text) == [RecordingSettings(OFF, (NIGHTS, weekend))]


def test_a_camera_replaces_single_keys_of_the_defaults(tmp_path: Path) -> None:
    text = f"""
defaults: {{recording: {{mode: motion, schedule: [{{days: mon-fri, from: "18:00", to: "07:00", mode: motion}}]}}}}
cameras:
  as-the-others: {{{CAMERA}}}
  without-a-schedule: {{{CAMERA}, recording: {{schedule: []}}}}
  at-night-only: {{{CAMERA}, recording: {{mode: off}}}}
"""
    assert recordings(tmp_path, text) == [
        RecordingSettings(MOTION, (NIGHTS,)),
        RecordingSettings(MOTION),
        RecordingSettings(OFF, (NIGHTS,)),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("wed", {2}), ("mon-fri", {0, 1, 2, 3, 4}), ("Sat-Mon", {5, 6, 0}), (["mon-tue", "sun"], {0, 1, 6})],
)
def test_days_may_be_one_some_or_from_one_to_another(written: object, meant: set[int]) -> None:
    assert days(written) == meant


@pytest.mark.parametrize(
    ("written", "seconds"), [("00:00", 0), ("07:30", 27_000), ("07:30:05", 27_005), ("24:00", 86_400)]
)
def test_a_time_of_day_is_written_as_it_is_read(written: str, seconds: int) -> None:
    assert time_of_day(written) == seconds
    assert time_text(seconds) == written
