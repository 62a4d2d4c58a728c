"""Files and catalogue agree afterwards, whoever deletes, whatever is done in between, however cameras are named."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from math import inf
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from ingest.cleanup import Cleanup
from ingest.retention import Retention
from ingest.retention_plan import Room
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.housekeeping import Protection
from nvr.model import Segment, Tombstone
from nvr.settings import WHOLE, Ages, Budget, RetentionSettings, StorageSettings
from tests.ingest.conftest import NOON, KeptFacts
from tests.ingest.test_store import record

DAY = 86_400.0
SECONDS = timedelta(seconds=1)
LOOK_ALIKES = ("yard", "yard2", "ya_d", "yar", "y-rd")
"""To a pattern match some of them are others."""


def on_disk(store: Store) -> set[str]:
    return {str(file.relative_to(store.root)) for file in store.root.glob("*/*/*.mp4")}


def in_catalogue(store: Store) -> set[str]:
    rows = store.catalogue._rows("SELECT path FROM segments")
    return {str(path) for (path,) in rows}


def buried(facts: KeptFacts) -> list[str]:
    return [fact.segment.path for fact in facts.facts if isinstance(fact, Tombstone)]


def cleanup_of(store: Store, facts: KeptFacts, limits: RetentionSettings, **own: RetentionSettings) -> Cleanup:
    clock = UtcClock(wall=(NOON + timedelta(days=3)).timestamp)
    cameras = {name.replace("__", "-"): each for name, each in own.items()}
    telemetry = Metrics("test", CollectorRegistry())
    return Cleanup(store, limits, cameras, facts=facts, telemetry=telemetry, clock=clock)


NEVER = RetentionSettings(Budget(0.5), Ages(0, 0), Ages(inf, inf))


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_camera_that_looks_like_others_to_a_pattern_takes_none_of_theirs_along(
    store: Store, footage: Path, facts: KeptFacts, name: str
) -> None:
    """The earlier system's pattern match removed two cameras' rows."""
    recorded = {camera: record(store, footage, NOON, camera=camera) for camera in LOOK_ALIKES}
    own = replace(NEVER, budget=WHOLE, delete_after=Ages(DAY, DAY))
    cleanup_of(store, facts, NEVER, **{name.replace("-", "__"): own}).run(Room(10**12))
    others = {segment.path for camera, segment in recorded.items() if camera != name}
    assert buried(facts) == [recorded[name].path]
    assert in_catalogue(store) == on_disk(store) == others
    assert store.catalogue.sizes().keys() == set(LOOK_ALIKES) - {name}


def test_three_who_delete_at_once_agree(store: Store, footage: Path, facts: KeptFacts) -> None:
    """The earlier system's three deleters did not: one that is asked, one by the clock, one for want of motion."""
    cameras = LOOK_ALIKES[:3]
    recorded = [
        record(store, footage, NOON + 5 * n * SECONDS, index=n, camera=camera) for n in range(20) for camera in cameras
    ]
    store.protections.add(Protection("p", "yard", NOON, NOON + 22 * SECONDS, "a burglary", NOON))
    size = recorded[0].size_bytes
    limits = replace(NEVER, budget=Budget(None, 40 * size), delete_after=Ages(3 * DAY - 50, inf))
    storage = StorageSettings(store.root, retention=limits)
    clock = UtcClock(wall=(NOON + timedelta(days=3)).timestamp)
    metrics = Metrics("test", CollectorRegistry())
    retention = Retention(storage, {}, store, facts=facts, telemetry=metrics, clock=clock)

    async def ask() -> None:
        await asyncio.gather(*(retention.clean_up() for _ in range(5)))

    def without_motion() -> None:
        for at in range(0, len(recorded), 4):
            for stone in store.delete(recorded[at : at + 8 : 2], "no_motion", NOON).stones:
                facts.put(stone)

    at_once(lambda: asyncio.run(ask()), retention.run_once, retention.run_once, without_motion, without_motion)
    assert sorted(buried(facts)) == sorted({each.path for each in recorded} - in_catalogue(store))  # each once
    assert in_catalogue(store) == on_disk(store)
    kept = {each.path for each in recorded if each.camera == "yard" and each.start < NOON + 22 * SECONDS}
    assert kept <= on_disk(store)
    assert sum(size for size, _ in store.catalogue.sizes().values()) == size * len(on_disk(store))


def at_once(*works: Callable[[], object]) -> None:
    failures: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  it is told below
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failures
    assert not any(thread.is_alive() for thread in threads)


def test_what_is_protected_while_a_clean_up_is_under_way_stays(store: Store, footage: Path, facts: KeptFacts) -> None:
    recorded = [record(store, footage, NOON + 5 * n * SECONDS, index=n) for n in range(4)]
    cleanup = cleanup_of(store, facts, replace(NEVER, delete_after=Ages(DAY, DAY)))
    catalogue, numbered = store.catalogue, store.catalogue.numbered

    def protect_then_look(numbers: Sequence[int]) -> dict[int, Segment]:
        store.protections.add(Protection("p", "yard", NOON, NOON + 7 * SECONDS, "a burglary", NOON))
        return numbered(numbers)

    with pytest.MonkeyPatch.context() as meanwhile:
        meanwhile.setattr(catalogue, "numbered", protect_then_look)
        run = cleanup.run(Room(10**12))
    assert [step.segments for step in run.steps] == [2]
    assert in_catalogue(store) == on_disk(store) == {each.path for each in recorded[:2]}


def test_a_catalogue_that_is_renewed_under_a_clean_up_loses_no_other_footage(
    store: Store, footage: Path, facts: KeptFacts
) -> None:
    """Its rows are numbered anew, and the plan names other segments by their numbers."""
    recorded = [record(store, footage, NOON + 5 * n * SECONDS, index=n) for n in range(4)]
    keep = [record(store, footage, NOON + timedelta(days=2, seconds=5 * n), index=n) for n in range(4, 8)]
    cleanup = cleanup_of(store, facts, replace(NEVER, delete_after=Ages(2 * DAY, 2 * DAY)))
    numbered = store.catalogue.numbered

    def renew_then_look(numbers: Sequence[int]) -> dict[int, Segment]:
        (store.root / "catalogue.sqlite").unlink()
        store.look()
        for segment in [*keep, *recorded]:
            store.catalogue.add(segment, origin=segment.id)
        return numbered(numbers)

    with pytest.MonkeyPatch.context() as meanwhile:
        meanwhile.setattr(store.catalogue, "numbered", renew_then_look)
        cleanup.run(Room(10**12))
    assert {each.path for each in keep} <= on_disk(store)
    cleanup.run(Room(10**12))
    assert in_catalogue(store) == on_disk(store) == {each.path for each in keep}


# Any sequence of steps


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(LOOK_ALIKES[:3]), st.integers(0, 11)),
        st.tuples(st.just("protect"), st.sampled_from(LOOK_ALIKES[:3]), st.integers(0, 11)),
        st.tuples(st.just("unprotect"), st.just(""), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.sampled_from(LOOK_ALIKES[:3]), st.integers(0, 11)),
        st.tuples(st.just("clean up"), st.sampled_from(("room", "age", "need")), st.integers(0, 12)),
    ),
    max_size=30,
)


class Keeping:
    """A store, and the words by which steps are done to it. An hour of the day has at most one segment a camera."""

    def __init__(self, store: Store, footage: Path) -> None:
        self.store, self.footage, self.facts = store, footage, KeptFacts()
        self.size, self.recorded = footage.stat().st_size, 0

    def record(self, camera: str, hour: int) -> None:
        record(self.store, self.footage, NOON + timedelta(hours=hour), camera=camera, index=self.recorded)
        self.recorded += 1

    def protect(self, camera: str, hour: int) -> None:
        start = NOON + timedelta(hours=hour)
        wanted = Protection.of(camera, start, start + timedelta(hours=2, seconds=1), "a burglary", NOON)
        self.store.protections.add(wanted)

    def unprotect(self, _: str, number: int) -> None:
        for found in self.store.protections.all()[number : number + 1]:
            self.store.protections.remove(found.protection.id)

    def delete(self, camera: str, hour: int) -> None:
        start = NOON + timedelta(hours=hour)
        found = self.store.segments(camera, start, start + timedelta(hours=3))
        for stone in self.store.delete(found, "no_motion", NOON).stones:
            self.facts.put(stone)

    def clean_up(self, why: str, amount: int) -> None:
        limits = replace(NEVER, delete_after=Ages(3 * DAY - 3600 * amount, inf)) if why == "age" else NEVER
        room = Room(amount * self.size) if why == "room" else Room(10**12, amount * self.size if why == "need" else 0)
        cleanup_of(self.store, self.facts, limits).run(room)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """In memory: each example has a store of its own, which syncs all it does."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_files_and_catalogue_agree_after_any_steps(
    scratch: Path, footage: Path, steps: list[tuple[str, str, int]]
) -> None:
    root = Path(tempfile.mkdtemp(dir=scratch))
    try:
        with closing(Store(root)) as store:
            keeping = Keeping(store, footage)
            for name, where, number in steps:
                protected = guarded(store)
                getattr(keeping, name.replace(" ", "_"))(where, number)
                agree(keeping)
                assert name == "unprotect" or protected <= on_disk(store)
    finally:
        shutil.rmtree(root)


def agree(keeping: Keeping) -> None:
    store, left = keeping.store, on_disk(keeping.store)
    assert in_catalogue(store) == left
    assert len(left) + len(buried(keeping.facts)) == keeping.recorded
    sizes = store.catalogue.sizes()
    assert sum(size for size, _ in sizes.values()) == keeping.size * len(left)
    assert guarded(store) == {
        segment.path
        for found in store.protections.all()
        for segment in store.segments(found.protection.camera, found.protection.start, found.protection.end)
    }


def guarded(store: Store) -> set[str]:
    return {str(path) for (path,) in store.catalogue._rows("SELECT path FROM segments WHERE protected")}
