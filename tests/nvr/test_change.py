"""What a new configuration changes, decided on two sets of settings."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nvr.change import JUDGED, LATER, Change, adopted, change_between
from nvr.settings import (
    Ages,
    CameraSettings,
    DatabaseSettings,
    MotionSettings,
    RecordingMode,
    RecordingSettings,
    RetentionSettings,
    Settings,
    StorageSettings,
    WebSettings,
    WeeklyRange,
    Zone,
)

DOOR = CameraSettings("door", "rtsp://camera.example/door")
YARD = CameraSettings("yard", "rtsp://camera.example/yard")
HALF = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))


def settings(*cameras: CameraSettings) -> Settings:
    return Settings(
        "home",
        ZoneInfo("UTC"),
        StorageSettings(Path("/footage")),
        DatabaseSettings("chdb:///data", Path("/spool")),
        WebSettings(),
        {camera.name: camera for camera in cameras},
    )


def test_the_same_configuration_changes_nothing() -> None:
    assert change_between(settings(DOOR, YARD), settings(DOOR, YARD)) == Change()
    assert Change().words == "nothing to change"


def test_cameras_come_and_go() -> None:
    assert change_between(settings(DOOR), settings(YARD)) == Change(added=("yard",), removed=("door",))


@pytest.mark.parametrize(
    "other", [replace(DOOR, record="rtsp://new.example/x"), replace(DOOR, detect="x"), replace(DOOR, audio="off")]
)
def test_another_source_begins_a_camera_anew(other: CameraSettings) -> None:
    judged = replace(other, motion=MotionSettings(sensitivity=1))
    assert change_between(settings(DOOR, YARD), settings(judged, YARD)) == Change(restarted=("door",))


@pytest.mark.parametrize(
    "other",
    [
        replace(DOOR, motion=MotionSettings(fps=2.0)),
        replace(DOOR, zones=(Zone("path", HALF),)),
        replace(DOOR, masks=(HALF,)),
    ],
)
def test_other_motion_settings_touch_no_recording(other: CameraSettings) -> None:
    assert change_between(settings(DOOR, YARD), settings(other, YARD)) == Change(reanalysed=("door",))


NIGHTS = RecordingSettings(RecordingMode.OFF, (WeeklyRange(frozenset({0}), 79200, 21600, RecordingMode.MOTION),))


def test_other_times_restart_nothing() -> None:
    other = replace(DOOR, recording=NIGHTS)
    assert change_between(settings(DOOR, YARD), settings(other, YARD)) == Change(rescheduled=("door",))
    both = replace(other, masks=(HALF,))
    assert change_between(settings(DOOR), settings(both)) == Change(reanalysed=("door",), rescheduled=("door",))
    elsewhere = replace(other, record="rtsp://new.example/x")
    assert change_between(settings(DOOR), settings(elsewhere)) == Change(restarted=("door",))


def with_another(values: Any, name: str) -> Any:
    """With another value, unlike any that it may have."""
    return replace(values, **{name: object()})


def test_all_else_of_a_camera_is_how_it_is_recorded() -> None:
    known = {field.name for field in fields(CameraSettings)}
    assert known >= {*JUDGED, "recording", "retention"}
    for name in known - {"name", "recording", "retention", *JUDGED}:
        change = change_between(settings(DOOR), settings(with_another(DOOR, name)))
        assert change == Change(restarted=("door",)), name


def test_what_is_neither_cameras_nor_limits_has_a_key_that_waits() -> None:
    before, sections = settings(DOOR), ("storage", "database", "web")
    others = {field.name: with_another(before, field.name) for field in fields(Settings) if field.name not in sections}
    for section in sections:
        values = getattr(before, section)
        for field in fields(values):
            others[f"{section}.{field.name}"] = replace(before, **{section: with_another(values, field.name)})
    for name in others.keys() - {"cameras", "storage.retention"}:
        assert len(change_between(before, others[name]).postponed) == 1, name


def test_how_long_footage_stays_changes_at_once() -> None:
    limits, before = RetentionSettings(delete_after=Ages(9e6, 9e6)), settings(DOOR)
    after = replace(before, storage=replace(before.storage, retention=limits))
    assert change_between(before, after) == Change(limits=True)
    assert adopted(before, after).storage.retention == limits
    assert change_between(before, settings(replace(DOOR, retention=limits))) == Change(limits=True)


def test_what_waits_for_the_next_start_is_named_and_not_adopted() -> None:
    before = settings(DOOR)
    after = replace(
        settings(DOOR, YARD),
        site="other",
        storage=replace(before.storage, path=Path("/other"), segment_seconds=5.0),
        web=replace(before.web, port=1),
    )
    change = change_between(before, after)
    assert change.postponed == ("site", "storage.path", "storage.segment", "web.listen")
    running = adopted(before, after)
    assert change_between(before, running) == Change(added=("yard",))
    assert change_between(running, after).postponed == change.postponed
    assert set(change.postponed) <= LATER.keys()
