"""Protected footage stays: what there is of it, what comes later, through damage and through a clean-up."""

from dataclasses import replace
from datetime import timedelta
from math import inf
from pathlib import Path

import pytest

from ingest.retention import Retention
from ingest.store import CATALOGUE, Store
from nvr.clock import UtcClock
from nvr.housekeeping import ProtectedFootage, Protection
from nvr.model import Segment, Tombstone
from nvr.settings import Ages, Budget, RetentionSettings, StorageSettings
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_store import record

SECONDS = timedelta(seconds=1)
DAY = 86_400.0


def protection(start: float, end: float, camera: str = "yard", name: str = "a") -> Protection:
    """Of some seconds from noon on."""
    return Protection(name, camera, NOON + start * SECONDS, NOON + end * SECONDS, "a burglary", NOON)


def protected(store: Store, segments: list[Segment]) -> list[bool]:
    standing = store.catalogue.standing([segment.id for segment in segments])
    return [standing[segment.id] for segment in segments]


@pytest.fixture
def recorded(store: Store, footage: Path) -> list[Segment]:
    """Four segments of five seconds."""
    return [record(store, footage, NOON + 5 * n * SECONDS, index=n) for n in range(4)]


def test_what_a_protection_overlaps_is_protected(store: Store, recorded: list[Segment]) -> None:
    added = store.protections.add(protection(6, 11))
    assert protected(store, recorded) == [False, True, True, False]
    assert added == ProtectedFootage(protection(6, 11), 2, recorded[1].size_bytes + recorded[2].size_bytes)
    assert store.protections.all() == [added]


def test_footage_that_only_touches_it_is_not(store: Store, recorded: list[Segment]) -> None:
    store.protections.add(protection(5, 10))
    assert protected(store, recorded) == [False, True, False, False]


def test_another_camera_is_not(store: Store, recorded: list[Segment], footage: Path) -> None:
    others = [record(store, footage, NOON, camera=camera) for camera in ("ya_d", "yard2", "y%")]
    store.protections.add(protection(0, 60, camera="ya_d"))
    assert protected(store, recorded + others) == [False] * 4 + [True, False, False]


def test_footage_that_comes_later_is_protected_as_it_comes(store: Store, footage: Path) -> None:
    store.protections.add(protection(6, 11))
    recorded = [record(store, footage, NOON + 5 * n * SECONDS, index=n) for n in range(4)]
    assert protected(store, recorded) == [False, True, True, False]


def test_without_a_protection_it_is_protected_no_longer_but_by_another(store: Store, recorded: list[Segment]) -> None:
    store.protections.add(protection(0, 11))
    other = store.protections.add(protection(6, 9, name="b"))
    removed = store.protections.remove("a")
    assert removed is not None
    assert (removed.protection.id, removed.segments) == ("a", 3)
    assert protected(store, recorded) == [False, True, False, False]
    assert store.protections.all() == [other]
    assert store.protections.remove("a") is None


def test_protections_outlive_a_damaged_catalogue(store: Store, recorded: list[Segment]) -> None:
    store.protections.add(protection(6, 11))
    (store.root / CATALOGUE).unlink()
    store.look()
    assert store.catalogue.renewals == 1
    for segment in recorded:  # as the comparison with the files does
        store.catalogue.add(segment, origin=segment.id)
    assert protected(store, recorded) == [False, True, True, False]
    assert [found.protection for found in store.protections.all()] == [protection(6, 11)]


def test_protected_footage_is_spared_also_by_who_chose_it_before(store: Store, recorded: list[Segment]) -> None:
    chosen = store.segments("yard", NOON, NOON + 20 * SECONDS)
    store.protections.add(protection(6, 11))
    deletion = store.delete(chosen, "no_motion", NOON)
    assert [stone.segment for stone in deletion.stones] == [recorded[0], recorded[3]]
    assert deletion.spared == {recorded[1].id, recorded[2].id}
    assert all(store.file(segment).exists() for segment in recorded[1:3])


def cleaned(store: Store, facts: KeptFacts, metrics: object, limits: RetentionSettings) -> list[tuple[Segment, str]]:
    clock = UtcClock(wall=(NOON + timedelta(days=3)).timestamp)
    settings = StorageSettings(store.root, retention=limits)
    Retention(settings, {}, store, facts=facts, telemetry=metrics, clock=clock).run_once()  # type: ignore[arg-type]
    return [(fact.segment, fact.policy) for fact in facts.facts if isinstance(fact, Tombstone)]


def test_it_does_not_go_to_make_room_even_in_need(
    store: Store, recorded: list[Segment], facts: KeptFacts, metrics: object
) -> None:
    store.protections.add(protection(6, 11))
    limits = RetentionSettings(Budget(None, recorded[0].size_bytes), Ages(7 * DAY, 7 * DAY), Ages(inf, inf))
    assert cleaned(store, facts, metrics, limits) == [(recorded[0], "emergency"), (recorded[3], "emergency")]


def test_it_goes_at_an_age_of_its_own(store: Store, recorded: list[Segment], facts: KeptFacts, metrics: object) -> None:
    store.protections.add(protection(6, 11))
    limits = RetentionSettings(keep_at_least=Ages(0, 0), delete_after=Ages(DAY, DAY))
    assert [segment for segment, _ in cleaned(store, facts, metrics, limits)] == [recorded[0], recorded[3]]
    limits = replace(limits, delete_after=Ages(DAY, DAY, DAY))
    assert [segment for segment, _ in cleaned(store, facts, metrics, limits)][2:] == recorded[1:3]
