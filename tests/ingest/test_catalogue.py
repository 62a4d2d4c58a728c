import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.catalogue import VERSION, Catalogue
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
    catalogue.put_gap(gap)
    assert catalogue.open_gap("yard") == gap
    closed = Gap("yard", NOON, NOON + timedelta(seconds=3), Cause.EOF)
    catalogue.put_gap(closed)
    assert catalogue.open_gap("yard") is None
    assert catalogue.gaps(None, NOON, NOON + timedelta(days=1)) == [closed]
    catalogue.put_gap(Gap("yard", NOON, NOON, Cause.EOF))
    assert catalogue.gaps("yard", NOON, NOON + timedelta(days=1)) == []


def test_an_open_gap_overlaps_all_that_comes_later(catalogue: Catalogue) -> None:
    catalogue.put_gap(Gap("yard", NOON, None, Cause.AUTH))
    later = NOON + timedelta(days=3)
    assert len(catalogue.gaps("yard", later, later + timedelta(hours=1))) == 1
    assert catalogue.gaps("yard", NOON - timedelta(hours=2), NOON) == []


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


def test_a_newer_catalogue_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    Catalogue(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()
    with pytest.raises(StorageError, match="newer release"):
        Catalogue(path)
