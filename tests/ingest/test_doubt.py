"""While a catalogue is made anew nothing goes by what it knows so far, and in need what is the oldest on the disk."""

from datetime import timedelta
from pathlib import Path

import pytest

from ingest.reconcile import compare
from ingest.store import CATALOGUE, Store
from nvr.errors import StorageError
from nvr.model import Segment
from nvr.settings import Budget
from tests.ingest.conftest import NOON
from tests.ingest.test_retention import KeeperOf, keeper_of, limits
from tests.ingest.test_store import record

__all__ = ["keeper_of"]


@pytest.fixture
def recorded(store: Store, footage: Path) -> list[Segment]:
    """Of three days, of which the catalogue, made anew, knows the last one by now."""
    found = [record(store, footage, NOON + timedelta(days=day), index=day) for day in range(-3, 0)]
    (store.root / CATALOGUE).unlink()
    store.look()
    list(compare(store, "yard", found[-1].start.date(), NOON))
    return found


def left(store: Store, recorded: list[Segment]) -> list[bool]:
    return [store.file(segment).exists() for segment in recorded]


def test_a_budget_takes_nothing(store: Store, recorded: list[Segment], keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(size_bytes=1)))
    keeper.retention.run_once()
    with pytest.raises(StorageError, match="try again later"):
        keeper.retention.run_once(asked=True)
    assert left(store, recorded) == [True, True, True]


def test_in_need_the_oldest_on_the_disk_goes(store: Store, recorded: list[Segment], keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(size_bytes=1)))
    keeper.retention.press()
    keeper.retention.run_once()
    assert left(store, recorded) == [False, True, True]


def test_once_they_agree_the_budget_holds(store: Store, recorded: list[Segment], keeper_of: KeeperOf) -> None:
    keeper = keeper_of(limits(Budget(size_bytes=1)))
    store.settle(store.doubts)
    keeper.retention.run_once()
    assert left(store, recorded) == [True, True, False]


def test_a_lost_catalogue_is_a_doubt_and_a_new_store_is_none(tmp_path: Path, footage: Path) -> None:
    store = Store(tmp_path / "recordings")
    assert not store.is_in_doubt
    record(store, footage, NOON)
    store.close()
    (store.root / CATALOGUE).unlink()
    store = Store(store.root)
    assert store.is_in_doubt
    store.close()
