import contextlib
import os
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.catalogue_schema import VERSION
from nvr.errors import StorageError
from nvr.model import Cause, Gap, Segment, Tombstone
from tests.ingest.conftest import NOON


def _segment(second: float, camera: str = "yard", size: int = 100) -> Segment:
    start = NOON + timedelta(seconds=second)
    return Segment(
        Segment.identity(camera, start), camera, start, 10.0, size, f"{camera}/{second}.mp4", "h264", 320, 180
    )


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue.sqlite")


def test_segments_that_reach_into_a_range_are_found(catalogue: Catalogue) -> None:
    for second in (0, 10, 20, 30):
        catalogue.add(_segment(second), origin=f"o{second}")
    found = catalogue.segments("yard", NOON + timedelta(seconds=15), NOON + timedelta(seconds=20))
    assert found == [_segment(10)]
    assert catalogue.segments("other", NOON, NOON + timedelta(hours=1)) == []


def test_a_segment_is_found_by_the_name_it_had_while_it_grew(catalogue: Catalogue) -> None:
    catalogue.add(_segment(0), origin="yard-run.000000")
    assert catalogue.segment("yard-run.000000") == catalogue.segment(_segment(0).id) == _segment(0)
    assert catalogue.segment("yard") is None


def test_a_gap_is_closed_in_place_and_forgotten_without_length(catalogue: Catalogue) -> None:
    gap = Gap("yard", NOON, None, Cause.EOF)
    catalogue.gaps.put(gap)
    assert catalogue.gaps.open("yard") == gap
    closed = Gap("yard", NOON, NOON + timedelta(seconds=3), Cause.EOF)
    catalogue.gaps.put(closed)
    assert catalogue.gaps.open("yard") is None
    assert catalogue.gaps.between(None, NOON, NOON + timedelta(days=1)) == [closed]
    catalogue.gaps.put(Gap("yard", NOON, NOON, Cause.EOF))
    assert catalogue.gaps.between("yard", NOON, NOON + timedelta(days=1)) == []


def test_an_open_gap_overlaps_all_that_comes_later(catalogue: Catalogue) -> None:
    catalogue.gaps.put(Gap("yard", NOON, None, Cause.AUTH))
    later = NOON + timedelta(days=3)
    assert len(catalogue.gaps.between("yard", later, later + timedelta(hours=1))) == 1
    assert catalogue.gaps.between("yard", NOON - timedelta(hours=2), NOON) == []


def test_deleted_segments_become_tombstones(catalogue: Catalogue) -> None:
    catalogue.add(_segment(0), origin="a")
    catalogue.add(_segment(10), origin="b")
    catalogue.bury([Tombstone(_segment(0), NOON, "budget")])
    assert catalogue.oldest(10) == [_segment(10)]
    assert catalogue.sizes() == {"yard": (100, _segment(10).start)}


def test_cameras_with_similar_names_are_told_apart(catalogue: Catalogue) -> None:
    catalogue.add(_segment(0, "cam1"), origin="a")
    catalogue.add(_segment(0, "cam11"), origin="b")
    catalogue.bury([Tombstone(_segment(0, "cam1"), NOON, "budget")])
    assert [segment.camera for segment in catalogue.oldest(10)] == ["cam11"]


def test_times_survive_to_the_millisecond(catalogue: Catalogue) -> None:
    segment = _segment(0.123)
    catalogue.add(segment, origin="a")
    assert catalogue.segment(segment.id) == segment


def test_a_gap_that_is_read_again_is_the_same_gap(catalogue: Catalogue) -> None:
    gap = Gap("yard", NOON + timedelta(microseconds=134_912), None, Cause.EOF)
    catalogue.gaps.put(gap)
    [again] = catalogue.gaps.between("yard", NOON, NOON + timedelta(hours=1))
    assert again.id == gap.id


def test_a_corrupt_catalogue_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"this is no database" * 100)
    catalogue = Catalogue(path)
    assert catalogue.oldest(1) == []
    assert len(list(tmp_path.glob("*.corrupt-*"))) == 1


def test_damage_inside_a_catalogue_is_noticed_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    catalogue = Catalogue(path)
    for second in range(2000):
        catalogue.add(_segment(second), origin=f"o{second}")
    catalogue.close()
    pages = bytearray(path.read_bytes())
    pages[40_000:80_000] = b"\xa5" * 40_000
    path.write_bytes(pages)
    assert Catalogue(path).oldest(1) == []
    assert len(list(tmp_path.glob("*.corrupt-*"))) == 1


def _damaged_in_use(catalogue: Catalogue, path: Path, how: str) -> None:
    for second in range(400):
        catalogue.add(_segment(second), origin=f"o{second}")
    catalogue.gaps.put(Gap("yard", NOON, None, Cause.EOF))
    match how:
        case "deleted":
            path.unlink()
        case "replaced":
            path.unlink()
            path.write_bytes(b"SQLite format 3\0")
        case "cut short":
            os.truncate(path, 100)
        case "written over":
            with path.open("r+b") as file:
                file.write(b"\xa5" * 8192)


@pytest.mark.parametrize("how", ["deleted", "replaced", "cut short", "written over"])
def test_damage_to_a_catalogue_in_use_costs_no_gap_and_what_comes_next_is_entered(
    catalogue: Catalogue, tmp_path: Path, how: str
) -> None:
    _damaged_in_use(catalogue, tmp_path / "catalogue.sqlite", how)
    catalogue.look()
    assert catalogue.renewals == 1
    catalogue.add(_segment(1000), origin="next")
    assert catalogue.oldest(10) == [_segment(1000)]
    assert catalogue.gaps.open("yard") == Gap("yard", NOON, None, Cause.EOF)
    catalogue.look()
    assert catalogue.renewals == 1
    catalogue.close()
    assert Catalogue(tmp_path / "catalogue.sqlite").oldest(10) == [_segment(1000)]


def test_damage_that_is_stumbled_over_is_mended_on_the_spot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.catalogue_file.SMALL_BYTES", 0)  # what is checked first is then in memory
    path = tmp_path / "catalogue.sqlite"
    before = Catalogue(path)
    for second in range(2000):
        before.add(_segment(second), origin=f"o{second}")
    before.close()
    after = Catalogue(path)
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * (path.stat().st_size - 8192))
    after.add(_segment(3000), origin="next")
    assert after.segments("yard", NOON, NOON + timedelta(hours=2)) == [_segment(3000)]
    assert after.renewals == 1


def test_sums_follow_what_is_entered_again_and_deleted(catalogue: Catalogue) -> None:
    for size in (100, 250):
        catalogue.add(_segment(0, size=size), origin="a")
    catalogue.add(_segment(10, size=7), origin="b")
    assert catalogue.sizes() == {"yard": (257, NOON)}
    catalogue.bury([Tombstone(_segment(0), NOON, "budget"), Tombstone(_segment(10), NOON, "budget")])
    assert catalogue.sizes() == {}


def test_many_segments_are_read_in_pieces_and_none_is_left_out(catalogue: Catalogue) -> None:
    for second in range(2500):
        catalogue.add(_segment(second), origin=f"o{second}")
    assert len(catalogue.segments("yard", NOON, NOON + timedelta(hours=1))) == 2500


def test_what_was_known_of_the_clocks_is_kept(catalogue: Catalogue) -> None:
    segment = replace(_segment(0), clock_step_seconds=-12.5, clock_offset_seconds=0.25)
    catalogue.add(segment, origin="a")
    assert catalogue.segment(segment.id) == segment


def test_a_catalogue_of_the_first_version_is_brought_up_in_place(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    first = Path(__file__).with_name("catalogue-1.sql").read_text(encoding="utf-8")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(first)
    catalogue = Catalogue(path)
    assert catalogue.segments("yard", NOON, NOON + timedelta(hours=1)) == [_segment(0), _segment(10, size=250)]
    assert catalogue.sizes() == {"yard": (350, NOON)}
    assert catalogue.gaps.between(None, NOON, NOON + timedelta(hours=1)) == [
        Gap("yard", NOON + timedelta(seconds=20), NOON + timedelta(seconds=30), Cause.EOF)
    ]
    catalogue.bury([Tombstone(_segment(0), NOON, "budget")])
    assert catalogue.sizes() == {"yard": (250, NOON + timedelta(seconds=10))}
    catalogue.close()
    assert Catalogue(path).oldest(10) == [_segment(10, size=250)]


def test_a_newer_catalogue_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    Catalogue(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()
    with pytest.raises(StorageError, match="newer release"):
        Catalogue(path)
