import json
from pathlib import Path

import pytest

from ingest.causes import classify_error
from ingest.volume import MARK, MEMORY, Mounted, check, mount_point, remember
from nvr.errors import MountMissing
from nvr.model import Cause


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "recordings"
    folder.mkdir()
    return folder


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "state" / "spool"


def _was_mounted_elsewhere(memory: Path) -> None:
    """As if the folder had been on a disk of its own when it was last used."""
    place = json.loads((memory / MEMORY).read_text())
    (memory / MEMORY).write_text(json.dumps(place | {"mount_point": place["path"]}))


def test_a_folder_that_was_never_used_may_be_anywhere(tmp_path: Path, memory: Path) -> None:
    check(tmp_path / "new", memory)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_used_is_marked_and_remembered(root: Path, memory: Path) -> None:
    remember(root, memory)
    first = (root / MARK).read_text()
    remember(root, memory)
    assert (root / MARK).read_text() == first
    assert json.loads((memory / MEMORY).read_text())["mark"] == first.strip()
    check(root, memory)


def test_an_empty_folder_in_place_of_a_mounted_disk_is_refused_and_stays_empty(root: Path, memory: Path) -> None:
    remember(root, memory)
    _was_mounted_elsewhere(memory)
    (root / MARK).unlink()
    with pytest.raises(MountMissing, match=r"is not mounted, and footage was recorded to it before.*volume\.json"):
        check(root, memory)
    assert list(root.iterdir()) == []


def test_a_volume_that_moved_is_known_by_its_mark(root: Path, memory: Path) -> None:
    remember(root, memory)
    _was_mounted_elsewhere(memory)
    check(root, memory)
    remember(root, memory)
    assert json.loads((memory / MEMORY).read_text())["mount_point"] == str(mount_point(root))


def test_a_folder_that_was_deleted_on_the_same_disk_is_no_missing_mount(root: Path, memory: Path) -> None:
    remember(root, memory)
    (root / MARK).unlink()
    check(root, memory)


def test_another_folder_is_another_matter(root: Path, memory: Path, tmp_path: Path) -> None:
    remember(root, memory)
    _was_mounted_elsewhere(memory)
    check(tmp_path / "other", memory)


def test_what_must_be_mounted_is(root: Path, memory: Path) -> None:
    with pytest.raises(MountMissing, match="is not mounted, and footage belongs on it"):
        check(root, memory, mount=root)
    check(root, memory, mount=mount_point(root))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"path": "x"}', "\0"])
def test_a_damaged_memory_stops_nothing(root: Path, memory: Path, content: str) -> None:
    memory.mkdir(parents=True)
    (memory / MEMORY).write_text(content)
    check(root, memory)


def test_a_deleted_folder_is_on_the_disk_of_its_parent(root: Path) -> None:
    mounted = Mounted(root)
    root.rmdir()
    mounted.check()


def test_its_cause_is_told(root: Path) -> None:
    assert classify_error(MountMissing("gone", path=root)) is Cause.MOUNT_MISSING
