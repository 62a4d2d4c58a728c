"""Whole configurations in the documentation can be used as they stand there."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.schedule import Schedule
from nvr.config import load

MODES = Path(__file__).parents[3] / "docs" / "recording-modes.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", MODES.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_recording_modes_load(example: str, tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text(example)
    assert load(tmp_path / "nvr.yaml", {}).cameras


@pytest.mark.parametrize(
    ("moment", "mode"),
    [
        ("2026-11-20T17:59:59", "off"),
        ("2026-11-20T18:00:00", "motion"),  # a Friday
        ("2026-11-20T23:59:59", "motion"),
        ("2026-11-21T00:00:00", "continuous"),
        ("2026-11-22T23:59:59", "continuous"),
        ("2026-11-23T00:00:00", "off"),
        ("2026-11-24T06:59:59", "motion"),
        ("2026-11-24T07:00:00", "off"),
    ],
)
def test_the_office_is_recorded_as_it_is_said_there(moment: str, mode: str, tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text(EXAMPLES[0])
    settings = load(tmp_path / "nvr.yaml", {})
    schedule = Schedule(settings.cameras["office"].recording, settings.timezone)
    assert schedule.mode_at(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Berlin"))) == mode
