"""What was deleted and why is known for weeks, and does not pile up."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.tombstones import KEPT
from nvr.housekeeping import DeletedFootage
from nvr.model import Segment, Tombstone
from tests.ingest.conftest import NOON

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(tmp_path / "catalogue.sqlite")) as catalogue:
        yield catalogue


def stone(camera: str, minute: int, policy: str, deleted: int = 0) -> Tombstone:
    start = NOON + minute * MINUTE
    segment = Segment(Segment.identity(camera, start), camera, start, 60.0, 1000, f"{camera}{minute}", "h264", 16, 9)
    return Tombstone(segment, NOON + deleted * DAY, policy)


def test_neighbours_that_went_for_the_same_reason_are_one_stretch(catalogue: Catalogue) -> None:
    policies = ["no_motion", "no_motion", "budget", "no_motion"]
    catalogue.bury([stone("yard", minute, policy) for minute, policy in enumerate(policies)])
    catalogue.bury([stone("yard", 9, "no_motion"), stone("door", 4, "budget")])
    assert catalogue.tombstones.between("yard", NOON + MINUTE, NOON + DAY) == [
        DeletedFootage(NOON + MINUTE, NOON + 2 * MINUTE, "no_motion"),
        DeletedFootage(NOON + 2 * MINUTE, NOON + 3 * MINUTE, "budget"),
        DeletedFootage(NOON + 3 * MINUTE, NOON + 4 * MINUTE, "no_motion"),
        DeletedFootage(NOON + 9 * MINUTE, NOON + 10 * MINUTE, "no_motion"),
    ]
    assert catalogue.tombstones.between("yard", NOON + 4 * MINUTE, NOON + 9 * MINUTE) == []


def test_old_ones_go_and_the_newest_of_a_camera_stays(catalogue: Catalogue) -> None:
    catalogue.bury([stone(camera, minute, "no_motion") for camera in ("yard", "door") for minute in range(3)])
    later = KEPT.days + 1
    catalogue.bury([stone("yard", later * 1440, "no_motion", later)])
    assert catalogue.tombstones.between("yard", NOON, NOON + DAY) == []
    assert len(catalogue.tombstones.between("door", NOON, NOON + DAY)) == 1
    catalogue.bury([stone("door", 3, "delete_after", 2 * later)])
    assert catalogue.tombstones.between("door", NOON, NOON + DAY)[-1].policy == "delete_after"
