import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from ingest.reconcile import Findings, adopt, cameras_on_disk, compare, days
from ingest.run import Note
from ingest.segment_name import path_of
from ingest.store import CATALOGUE, Store
from nvr.model import Segment
from tests.ingest.conftest import NOON
from tests.ingest.test_store import record


def _adopt(store: Store, metrics: Metrics | None = None) -> list[Segment]:
    metrics = metrics or Metrics("test", CollectorRegistry())
    return [segment for camera in sorted(cameras_on_disk(store)) for segment in adopt(store, camera, metrics)]


def _compare(store: Store) -> Findings:
    total = Findings()
    for camera, day in days(store):
        for piece in compare(store, camera, day, NOON):
            total.indexed += piece.indexed
            total.missing += piece.missing
            total.removed += piece.removed
    return total


def _torn(footage: Path, file: Path) -> None:
    data = footage.read_bytes()
    file.write_bytes(data[: len(data) * 3 // 5])


def test_a_torn_file_is_adopted_with_its_true_time(store: Store, footage: Path) -> None:
    run = store.begin_run("yard", NOON)
    _torn(footage, run.file(3))
    run.write_note(Note(NOON.timestamp(), 3, 180.25))
    [segment] = _adopt(store)
    assert segment.start == NOON + timedelta(seconds=180.25)
    assert 2.0 < segment.duration_seconds < 3.5
    assert list(run.folder.iterdir()) == []


def test_files_closed_but_not_yet_named_follow_one_another(store: Store, footage: Path) -> None:
    run = store.begin_run("yard", NOON)
    shutil.copy(footage, run.file(0))
    shutil.copy(footage, run.file(1))
    run.write_note(Note(NOON.timestamp(), 0, 0.0))
    assert [segment.start - NOON for segment in _adopt(store)] == [timedelta(0), timedelta(seconds=5)]


def test_a_file_that_was_named_already_is_not_adopted_twice(store: Store, footage: Path) -> None:
    segment = record(store, footage, NOON)
    run = store.begin_run("yard", NOON)  # the same run as that of the segment
    run.file(0).hardlink_to(store.file(segment))
    shutil.copy(footage, run.file(1))
    run.write_note(Note(NOON.timestamp(), 0, 0.0))
    [next_one] = _adopt(store)
    assert next_one.start == segment.end
    assert _compare(store) == Findings()
    assert not run.file(0).exists()
    assert store.file(segment).exists()


def test_without_a_note_the_last_write_dates_a_torn_file(store: Store, footage: Path) -> None:
    run = store.begin_run("yard", NOON)
    shutil.copy(footage, run.file(0))
    os.utime(run.file(0), (NOON.timestamp(), NOON.timestamp()))
    [segment] = _adopt(store)
    assert segment.start == NOON - timedelta(seconds=5)


def test_empty_files_are_removed(store: Store) -> None:
    run = store.begin_run("yard", NOON)
    run.file(0).touch()
    reserved = store.root / "yard/2026-11-22/120000.000Z.mp4"
    reserved.parent.mkdir(parents=True)
    reserved.touch()
    _adopt(store)
    _compare(store)
    assert not run.file(0).exists()
    assert not reserved.exists()


def test_what_is_damaged_is_kept_and_not_taken_up_again(
    store: Store, footage: Path, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    run = store.begin_run("yard", NOON)
    data = b"\0" * 4096 + footage.read_bytes()[4096:]
    run.file(0).write_bytes(data)
    shutil.copy(footage, run.file(1))
    kept = run.folder / "damaged" / run.file(0).name
    assert len(_adopt(store, metrics)) == 1
    labels = {"site": "test", "component": "damaged file"}
    assert metrics.registry.get_sample_value("nvr_errors_total", labels) == 1
    assert [record.levelname for record in caplog.records if str(kept) in record.message] == ["ERROR"]
    assert kept.read_bytes() == data
    assert (_adopt(store), _compare(store)) == ([], Findings())
    assert kept.exists()


def test_a_row_without_a_file_becomes_a_tombstone(store: Store, footage: Path) -> None:
    segment = record(store, footage, NOON)
    store.file(segment).unlink()
    [stone] = _compare(store).missing
    assert (stone.segment, stone.policy) == (segment, "missing")
    assert store.segment(segment.id) is None


def test_a_lost_catalogue_is_rebuilt_from_the_files(tmp_path: Path, footage: Path) -> None:
    first = Store(tmp_path)
    recorded = [record(first, footage, NOON + timedelta(seconds=5 * n), index=n) for n in range(4)]
    first.close()
    for file in tmp_path.glob(f"{CATALOGUE}*"):
        file.unlink()
    second = Store(tmp_path)
    assert _adopt(second) == recorded[-1:]  # at once: since then the recorder was down
    assert _compare(second).indexed == recorded[:-1]
    assert second.segments("yard", NOON, NOON + timedelta(minutes=1)) == recorded
    second.close()


def test_what_was_named_but_not_entered_is_entered_once(store: Store, footage: Path) -> None:
    run = store.begin_run("yard", NOON)
    shutil.copy(footage, run.file(0))
    run.write_note(Note(NOON.timestamp(), 0, 0.0))
    named = store.root / path_of("yard", NOON)
    named.parent.mkdir(parents=True)
    named.hardlink_to(run.file(0))
    [segment] = _adopt(store)
    assert _compare(store) == Findings()
    assert store.segments("yard", NOON, NOON + timedelta(minutes=1)) == [segment]
    assert not run.file(0).exists()


@pytest.mark.parametrize("off", [timedelta(milliseconds=20), timedelta(milliseconds=-20)])
@pytest.mark.parametrize("is_compared", [False, True])
def test_what_was_named_but_not_entered_keeps_its_name_where_the_note_is_off(
    store: Store, footage: Path, off: timedelta, is_compared: bool
) -> None:
    midnight = NOON.replace(hour=0)
    run = store.begin_run("yard", midnight)
    shutil.copy(footage, run.file(0))
    run.write_note(Note((midnight + off).timestamp(), 0, 0.0))
    named = store.root / path_of("yard", midnight)
    named.parent.mkdir(parents=True)
    named.hardlink_to(run.file(0))
    if is_compared:
        _compare(store)
    [segment] = _adopt(store)
    assert segment.start == midnight
    assert _compare(store) == Findings()
    assert store.segments("yard", midnight - timedelta(minutes=1), midnight + timedelta(minutes=1)) == [segment]
    assert named.stat().st_nlink == 1


def test_folders_that_are_no_cameras_are_not_entered(store: Store) -> None:
    (store.root / "lost+found" / ".open").mkdir(parents=True)
    torn = store.root / "lost+found" / ".open" / "20261122T120000.000Z-000000.mp4"
    torn.touch()
    assert _adopt(store) == []
    assert torn.exists()


def test_reconciling_twice_changes_nothing(store: Store, footage: Path) -> None:
    record(store, footage, NOON)
    for _ in range(2):
        assert (_adopt(store), _compare(store)) == ([], Findings())


@pytest.mark.parametrize("name", ["notes.txt", "2026-11-22/clip.mp4", "2026-11-22/120000.mp4"])
def test_files_that_are_not_ours_are_left_alone(store: Store, footage: Path, name: str) -> None:
    foreign = store.camera_folder("yard") / name
    foreign.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(footage, foreign)
    assert (_adopt(store), _compare(store)) == ([], Findings())
    assert foreign.exists()


def test_what_is_just_being_named_or_deleted_is_left_out(store: Store, footage: Path) -> None:
    deleted, named = record(store, footage, NOON), NOON + timedelta(seconds=5)
    store.file(deleted).unlink()
    shutil.copy(footage, store.root / path_of("yard", named))
    with store.claims.one(deleted.path), store.claims.one(path_of("yard", named)):
        assert _compare(store) == Findings()
    found = _compare(store)
    assert ([stone.segment for stone in found.missing], [s.start for s in found.indexed]) == ([deleted], [named])


def test_rows_of_a_camera_whose_folder_is_gone_are_buried(store: Store, footage: Path) -> None:
    segment = record(store, footage, NOON)
    shutil.rmtree(store.camera_folder("yard"))
    assert [stone.segment for stone in _compare(store).missing] == [segment]


def test_the_newest_footage_is_compared_first(store: Store, footage: Path) -> None:
    for day in (1, 3, 2):
        record(store, footage, NOON + timedelta(days=day))
    assert [day.day for _, day in days(store)] == [25, 24, 23]
