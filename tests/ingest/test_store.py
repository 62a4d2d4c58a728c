import errno
import shutil
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.mp4 import probe
from ingest.run import DAMAGED_FILES, Run
from ingest.segment_name import path_of, start_of
from ingest.store import Store
from nvr.errors import MediaError, StorageError
from nvr.model import Segment
from tests.ingest.conftest import NOON


def record(store: Store, footage: Path, start: datetime, *, index: int = 0, camera: str = "yard") -> Segment:
    """A finished segment that begins at `start`."""
    run = store.begin_run(camera, start)
    shutil.copy(footage, run.file(index))
    return store.finish(run, index, start)


def test_a_finished_segment_is_named_by_its_true_start(store: Store, footage: Path) -> None:
    segment = record(store, footage, NOON + timedelta(milliseconds=7.9))
    assert segment.path == "yard/2026-11-22/120000.007Z.mp4"
    assert segment.id == "yard-20261122T120000.007Z"
    assert segment.duration_seconds == pytest.approx(5.0)
    assert store.file(segment).read_bytes() == footage.read_bytes()
    assert store.segment(segment.id) == segment


def test_no_file_is_ever_overwritten(store: Store, footage: Path) -> None:
    first, second, third = (record(store, footage, NOON, index=index) for index in range(3))
    assert [s.start - NOON for s in (first, second, third)] == [timedelta(milliseconds=ms) for ms in (0, 1, 2)]
    assert len({first.id, second.id, third.id}) == 3
    assert all(store.file(segment).stat().st_size == footage.stat().st_size for segment in (first, second, third))


def test_without_links_no_file_is_overwritten_either(
    store: Store, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "this file system has no links")

    monkeypatch.setattr("os.link", refuse)
    first, second = (record(store, footage, NOON, index=index) for index in range(2))
    assert second.start - first.start == timedelta(milliseconds=1)
    assert store.file(first).read_bytes() == store.file(second).read_bytes() == footage.read_bytes()


def test_a_file_without_a_picture_is_refused_and_left(store: Store) -> None:
    run = store.begin_run("yard", NOON)
    run.file(0).write_bytes(b"")
    with pytest.raises(MediaError):
        store.finish(run, 0, NOON)
    assert run.file(0).exists()


def test_the_growing_segment_is_shown_and_keeps_its_first_name(store: Store, footage: Path) -> None:
    run = store.begin_run("yard", NOON)
    shutil.copy(footage, run.file(0))
    growing = store.growing(run, 0, NOON, 2.0, probe(footage))
    store.set_growing("yard", growing)
    assert store.segments("yard", NOON, NOON + timedelta(seconds=1)) == [growing]
    assert not growing.complete
    assert store.segment(growing.id) == growing
    finished = store.finish(run, 0, NOON, 5.0)
    store.set_growing("yard", None)
    assert store.segment(growing.id) == finished


def test_deleting_leaves_no_empty_day_behind(store: Store, footage: Path) -> None:
    segment = record(store, footage, NOON)
    [stone] = store.delete([segment], "budget", NOON).stones
    assert (stone.segment, stone.policy) == (segment, "budget")
    assert not store.file(segment).parent.exists()
    assert store.segment(segment.id) is None


def test_a_second_recorder_on_the_same_folder_is_refused(store: Store) -> None:
    with pytest.raises(StorageError, match="another recorder"):
        Store(store.root)


def test_a_storage_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be used"):
        Store(tmp_path / "file")


@pytest.mark.parametrize("milliseconds", [0, 1, 999])
def test_a_path_and_its_start_are_one(milliseconds: int) -> None:
    start = NOON + timedelta(milliseconds=milliseconds)
    assert start_of(path_of("yard", start)) == start


def test_runs_of_the_same_camera_have_notes_of_their_own(tmp_path: Path) -> None:
    first = Run.begin("yard", tmp_path, NOON)
    second = Run.begin("yard", tmp_path, NOON + timedelta(seconds=1))
    assert first.file(0) != second.file(0)
    assert first.folder == second.folder


@pytest.mark.parametrize("left", ["{name}-000000.mp4", "{name}.json", "damaged/{name}-000003.mp4"])
def test_a_run_that_begins_when_another_did_by_a_clock_that_was_set_back_overwrites_nothing(
    tmp_path: Path, left: str
) -> None:
    first = Run.begin("yard", tmp_path, NOON)
    (first.folder / "damaged").mkdir()
    (first.folder / left.format(name=first.name)).touch()
    assert Run.begin("yard", tmp_path, NOON).name > first.name


def test_of_damaged_files_the_last_are_kept(tmp_path: Path) -> None:
    run = Run.begin("yard", tmp_path, NOON)
    for index in range(DAMAGED_FILES + 3):
        run.file(index).touch()
        run.set_aside(index)
    kept = sorted(file.name for file in (run.folder / "damaged").iterdir())
    assert kept == [run.file(index).name for index in range(3, DAMAGED_FILES + 3)]


def test_a_day_whose_last_file_goes_while_its_next_one_comes_loses_neither(store: Store, footage: Path) -> None:
    seconds = timedelta(seconds=5)
    last = record(store, footage, NOON, index=0)
    for number in range(1, 60):
        deleting = threading.Thread(target=store.delete, args=([last], "no_motion", NOON))
        deleting.start()
        last = record(store, footage, NOON + number * seconds, index=number)
        deleting.join()
        assert store.file(last).exists()
    assert store.catalogue.last_end("yard") == last.end
