"""A volume that is unmounted under a store: files that cannot be seen have not gone."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ingest import volume
from ingest.reconcile import compare
from ingest.store import Store
from nvr.errors import MountMissing
from nvr.model import Segment
from nvr.settings import Budget
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_retention import KeeperOf, keeper_of, limits
from tests.ingest.test_store import record

__all__ = ["keeper_of"]

Unmount = Callable[[], None]


@pytest.fixture
def recorded(store: Store, footage: Path) -> list[Segment]:
    return [record(store, footage, NOON + timedelta(seconds=5 * n), index=n) for n in range(4)]


@pytest.fixture
def unmount(store: Store, monkeypatch: pytest.MonkeyPatch) -> Unmount:
    """As `umount --lazy` leaves it: an empty folder of another device, and a catalogue that is open still."""

    def do() -> None:
        store.camera_folder("yard").rename(store.root / "..yard")
        monkeypatch.setattr(volume, "_device", lambda _: -1)

    return do


@pytest.fixture
def mount(store: Store, monkeypatch: pytest.MonkeyPatch) -> Unmount:
    device = store.root.stat().st_dev

    def do() -> None:
        (store.root / "..yard").rename(store.camera_folder("yard"))
        monkeypatch.setattr(volume, "_device", lambda _: device)

    return do


def test_what_cannot_be_reached_is_not_deleted(store: Store, recorded: list[Segment], unmount: Unmount) -> None:
    unmount()
    with pytest.raises(MountMissing):
        store.delete(recorded, "budget", NOON)
    assert len(store.catalogue.oldest(9)) == len(recorded)


def test_what_is_unmounted_while_it_is_deleted_is_not_buried(
    store: Store, recorded: list[Segment], unmount: Unmount, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = store.catalogue.standing

    def then_unmount(ids: list[str]) -> dict[str, bool]:
        found = standing(ids)
        unmount()
        return found

    monkeypatch.setattr(store.catalogue, "standing", then_unmount)
    with pytest.raises(MountMissing):
        store.delete(recorded, "budget", NOON)
    assert len(store.catalogue.oldest(9)) == len(recorded)


def test_a_comparison_finds_nothing_missing_on_it(store: Store, recorded: list[Segment], unmount: Unmount) -> None:
    unmount()
    with pytest.raises(MountMissing):
        list(compare(store, "yard", NOON.date(), NOON))
    assert len(store.catalogue.oldest(9)) == len(recorded)


@pytest.mark.usefixtures("recorded")
def test_its_last_measure_stays_and_it_is_not_cleaned_up(
    unmount: Unmount, keeper_of: KeeperOf, facts: KeptFacts
) -> None:
    keeper = keeper_of(limits(Budget(size_bytes=1)))
    before = keeper.retention.status
    unmount()
    with pytest.raises(MountMissing):
        keeper.retention.run_once()
    after = keeper.retention.status
    assert (after.used_bytes, after.size_bytes, after.writable) == (before.used_bytes, before.size_bytes, False)
    assert facts.facts == []


@pytest.mark.usefixtures("recorded")
def test_when_it_returns_files_and_catalogue_are_compared_again(store: Store, unmount: Unmount, mount: Unmount) -> None:
    before = store.doubts
    unmount()
    assert not store.is_mounted()
    mount()
    assert store.is_mounted()
    assert store.doubts == before + 1
