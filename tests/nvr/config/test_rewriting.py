"""The recorder changes its own configuration file: durably, as its owner left it, or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from nvr.config import load
from nvr.config.motion import written
from nvr.config.rewriting import WritableConfig
from nvr.errors import InvalidConfig, Unchangeable
from nvr.settings import MotionSettings

TEXT = """\
# Ours.
cameras:
  door:
    record: rtsp://viewer:${PASSWORD}@camera.example/main
    motion: {sensitivity: 60}   # a busy place
  yard: {record_file: yard.url}
"""
NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that nobody may write to, and everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="motion-settings-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "yard.url").write_text("rtsp://yard.example/main")
        (folder / "yard.url").chmod(0o644)
        (folder / "nvr.yaml").write_text(TEXT)
        yield folder


def config(file: Path) -> WritableConfig:
    return WritableConfig(file, partial(load, file, {"PASSWORD": "secret"}))


def motion(file: Path, camera: str = "door") -> MotionSettings:
    return load(file, {"PASSWORD": "secret"}).cameras[camera].motion


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everything."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


def test_the_values_are_written_and_the_rest_stays(folder: Path) -> None:
    file = folder / "nvr.yaml"
    given = {"sensitivity": 70, "fps": 2.5, "min_area": 0.00001, "cooldown": "1.5 m"}
    config(file).change_motion("door", given)
    assert motion(file) == MotionSettings(70, fps=2.5, min_area=0.00001, cooldown_seconds=90)
    line = "motion: {sensitivity: 70, fps: 2.5, min_area: 0.00001, cooldown: 1.5 m}   # a busy place"
    assert file.read_text() == TEXT.replace("motion: {sensitivity: 60}   # a busy place", line)
    assert sorted(each.name for each in folder.iterdir()) == ["nvr.yaml", "yard.url"]


def test_what_is_told_of_the_settings_can_be_written_again(folder: Path) -> None:
    file = folder / "nvr.yaml"
    before = motion(file)
    config(file).change_motion("yard", written(before))
    assert motion(file, "yard") == before


def test_owner_and_mode_stay(folder: Path) -> None:
    file = folder / "nvr.yaml"
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
    before = file.stat()
    config(file).change_motion("door", {"sensitivity": 70})
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "nvr.yaml").rename(folder / "real.yaml")
    (folder / "nvr.yaml").symlink_to("real.yaml")
    config(folder / "nvr.yaml").change_motion("door", {"sensitivity": 70})
    assert (folder / "nvr.yaml").is_symlink()
    assert motion(folder / "real.yaml").sensitivity == 70


def test_a_byte_order_mark_stays(folder: Path) -> None:
    file = folder / "nvr.yaml"
    file.write_text(TEXT, encoding="utf-8-sig")
    config(file).change_motion("door", {"sensitivity": 70})
    assert file.read_bytes().decode("utf-8") == "\ufeff" + TEXT.replace("60", "70")


def test_changes_at_the_same_time_all_get_in(folder: Path) -> None:
    file = folder / "nvr.yaml"
    changes = [{"sensitivity": 80}, {"fps": 3}, {"off_after": "7s"}, {"cooldown": "8s"}, {"post_roll": "9s"}]
    writable = config(file)
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(writable.change_motion, "door"), changes))
    assert motion(file) == MotionSettings(80, fps=3, off_after_seconds=7, cooldown_seconds=8, post_roll_seconds=9)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sensitivity": 200}, [("cameras.door.motion.sensitivity", "is out of range", "200")]),
        ({"sensitivity": float("nan")}, [("cameras.door.motion.sensitivity", "is not a whole number", "nan")]),
        ({"fps": float("inf")}, [("cameras.door.motion.fps", "is not a number", "inf")]),
        ({"fps": None, "off_after": 5}, [("fps", "is not a number", "None"), ("off_after", "is not a duration", "5")]),
        ({"fps": "${FPS}"}, [("fps", "is not a number", '"${FPS}"')]),
        ({"off_after": "5s}, x: {"}, [("off_after", "is not a duration", "")]),
        ({"sensitivty": 1}, [("sensitivty", "is an unknown key", "")]),
        ({"password": "canary"}, [("password", "is an unknown key", "***")]),
        ({"min_area": [1]}, [("min_area", "is not a number", "a list")]),
    ],
)
def test_values_are_judged_as_in_the_file(
    folder: Path, given: dict[str, object], told: list[tuple[str, str, str]]
) -> None:
    with pytest.raises(InvalidConfig) as refusal:
        config(folder / "nvr.yaml").change_motion("door", given)
    for mistake, (key, message, value) in zip(refusal.value.mistakes, told, strict=True):
        assert mistake.key.endswith(key)
        assert mistake.message == message
        assert value in mistake.value
        assert mistake.hint
    assert (folder / "nvr.yaml").read_text() == TEXT


def read_only(folder: Path) -> None:
    (folder / "nvr.yaml").chmod(0o444)


def in_a_folder_of_another(folder: Path) -> None:
    (folder / "nvr.yaml").chmod(0o666)
    folder.chmod(0o555)


def mistaken(folder: Path) -> None:
    (folder / "nvr.yaml").write_text(TEXT + "  hall: {record: [}\n")


def without_the_camera(folder: Path) -> None:
    (folder / "nvr.yaml").write_text(TEXT.replace("door", "gate"))


def full_of_aliases(folder: Path) -> None:
    text = TEXT.replace("{sensitivity: 60}", "&m {sensitivity: 60}").replace("yard.url", "yard.url, motion: *m")
    (folder / "nvr.yaml").write_text(text)
    (folder / "nvr.yaml").chmod(0o666)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (read_only, "cannot be written: it is read-only"),
        (in_a_folder_of_another, "cannot be written: Permission denied"),
        (mistaken, "cannot be used as it stands now"),
        (without_the_camera, "has no camera door any more"),
        (full_of_aliases, "is written so that it can only be changed by hand"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_file_that_cannot_take_it_is_left_alone(folder: Path, make: Callable[[Path], None], message: str) -> None:
    make(folder)
    before = (folder / "nvr.yaml").read_bytes()
    with as_nobody(), pytest.raises(Unchangeable) as refusal:
        config(folder / "nvr.yaml").change_motion("door", {"sensitivity": 70})
    assert refusal.value.message == message
    assert refusal.value.hint
    assert (folder / "nvr.yaml").read_bytes() == before
    assert sorted(each.name for each in folder.iterdir()) == ["nvr.yaml", "yard.url"]
