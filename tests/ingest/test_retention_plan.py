"""Every rule of the one deleter, over lists of segments."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.holdings import Holdings
from ingest.retention_plan import EMERGENCY_TARGET, EMERGENCY_TRIGGER, Room, plan
from nvr.settings import WHOLE, Ages, Budget, RetentionSettings

DAY = 86_400
NOW = 20_000 * DAY * 1000
MB = 1_000_000


class Held(NamedTuple):
    """A segment `age_days` old."""

    age_days: float
    camera: str = "yard"
    size: int = 10 * MB
    motion: bool = False
    protected: bool = False
    importance: float = 0.0


def holdings(held: list[Held]) -> Holdings:
    return Holdings.of(
        (
            row,
            each.camera,
            NOW - int(each.age_days * DAY * 1000) - 60_000,
            60_000,
            each.size,
            each.motion,
            each.protected,
            each.importance,
        )
        for row, each in enumerate(held)
    )


def _ages(seconds: float) -> Ages:
    return Ages(seconds, seconds)


KEEP_ALL = RetentionSettings(keep_at_least=_ages(7 * DAY), delete_after=_ages(inf))
AMPLE = Room(budget_bytes=10**15)


def planned(
    held: list[Held],
    limits: RetentionSettings = KEEP_ALL,
    room: Room = AMPLE,
    cameras: Mapping[str, RetentionSettings] | None = None,
) -> dict[str, list[Held]]:
    steps = plan(holdings(held), limits, cameras or {}, room, now_milliseconds=NOW)
    return {step.policy: [held[index] for index in step.indices] for step in steps}


def test_nothing_goes_while_there_is_room_and_nothing_is_too_old() -> None:
    assert planned([Held(day) for day in range(100)]) == {}
    assert planned([]) == {}


def test_each_class_goes_at_its_own_age() -> None:
    held = [
        Held(3),
        Held(1),
        Held(31, motion=True),
        Held(29, motion=True),
        Held(400, protected=True),
        Held(300, motion=True, protected=True),
    ]
    limits = replace(KEEP_ALL, keep_at_least=_ages(0), delete_after=Ages(2 * DAY, 30 * DAY, 365 * DAY))
    assert planned(held, limits) == {"delete_after": [held[4], held[2], held[0]]}


def test_a_camera_has_ages_of_its_own() -> None:
    held = [Held(5, "yard"), Held(5, "door")]
    own = replace(KEEP_ALL, budget=WHOLE, delete_after=_ages(2 * DAY))
    assert planned(held, cameras={"door": own}) == {"delete_after": [held[1]]}


def test_under_the_trigger_nothing_goes_and_at_it_all_down_to_the_target() -> None:
    held = [Held(100 - day) for day in range(85)]
    assert planned(held, room=Room(1010 * MB)) == {}
    assert planned(held, room=Room(1000 * MB)) == {"budget": held[:10]}


def test_the_oldest_day_goes_first_and_of_a_day_the_least_interesting() -> None:
    held = [
        Held(20.1, importance=0.1),
        Held(20.2, importance=0.9),
        Held(20.3, importance=0.5),
        Held(21.5, importance=1),
    ]
    limits = replace(KEEP_ALL, trigger=0.0, target=0.0)
    assert planned(held, limits, Room(40 * MB)) == {"budget": [held[3], held[0], held[2], held[1]]}


def test_promised_footage_stays_while_anything_else_can_go() -> None:
    held = [Held(3), Held(4), Held(8, "door"), Held(9, "door")]
    assert planned(held, room=Room(42 * MB)) == {"budget": [held[3]]}


def test_with_everything_inside_its_promise_the_promise_yields_before_the_disk_is_full() -> None:
    """The earlier system deleted nothing at 99 %."""
    held = [Held(6.9 - 0.06 * index) for index in range(99)]
    found = planned(held, room=Room(1000 * MB))
    assert list(found) == ["emergency"]
    assert found["emergency"] == held[:9]


def test_need_for_space_is_met_at_once() -> None:
    held = [Held(20 - day) for day in range(20)]
    found = planned(held, room=Room(10**15, urgent_bytes=150 * MB))
    assert found == {"budget": held[:13], "emergency": held[13:15]}


def test_a_camera_keeps_to_its_own_budget_with_its_own_footage() -> None:
    held = [Held(20 - index / 10, camera) for index in range(100) for camera in ("yard", "door")]
    own = replace(KEEP_ALL, budget=Budget(None, 500 * MB))
    found = planned(held, cameras={"door": own})
    assert {each.camera for each in found["camera_budget"]} == {"door"}
    assert len(found["camera_budget"]) == 100 - 37  # down to three quarters of 500 MB, by whole segments
    assert list(found) == ["camera_budget"]


def test_a_cameras_budget_breaks_no_promise() -> None:
    own = replace(KEEP_ALL, budget=Budget(None, 100 * MB))
    assert planned([Held(1) for _ in range(50)], cameras={"yard": own}) == {}


ANY_HELD = st.lists(
    st.builds(
        Held,
        age_days=st.floats(0, 60),
        camera=st.sampled_from(("yard", "door", "hall")),
        size=st.integers(0, 50 * MB),
        motion=st.booleans(),
        protected=st.booleans(),
        importance=st.floats(0, 1, width=32),
    ),
    max_size=40,
)
ANY_AGE = st.floats(0, 60 * DAY)
ANY_LIMITS = st.builds(
    lambda keep, extra, target, more: RetentionSettings(
        keep_at_least=Ages(*keep),
        delete_after=Ages(keep[0] + extra, keep[1] + extra),
        target=target,
        trigger=min(1.0, target + more),
    ),
    st.tuples(ANY_AGE, ANY_AGE),
    st.one_of(ANY_AGE, st.just(inf)),
    st.floats(0.1, 0.9),
    st.floats(0, 0.5),
)


def _promised(held: Held, limits: RetentionSettings) -> bool:
    age = limits.keep_at_least.motion if held.motion else limits.keep_at_least.continuous
    return held.age_days * DAY <= age - 1


@settings(max_examples=400, deadline=None)
@given(held=ANY_HELD, limits=ANY_LIMITS, budget=st.integers(1, 800 * MB), urgent=st.integers(0, 300 * MB))
def test_whatever_is_held(held: list[Held], limits: RetentionSettings, budget: int, urgent: int) -> None:
    found = planned(held, limits, Room(budget, urgent))
    gone = [each for step in found.values() for each in step]
    left = list(held)
    for each in gone:
        left.remove(each)  # nothing goes twice
    assert not any(each.protected for each in gone)
    broken = [each for each in gone if _promised(each, limits)]
    if broken:
        assert all(each in found["emergency"] for each in broken)
        assert all(
            each.protected or _promised(each, limits) or each.age_days * DAY < _kept(each, limits) + 1 for each in left
        )
    used = sum(each.size for each in left)
    if any(not each.protected for each in left):
        assert used <= EMERGENCY_TRIGGER * budget
        assert sum(each.size for each in gone) >= urgent
    if "emergency" in found and not urgent:  # no more than is needed: without its last piece it would not do
        assert used + found["emergency"][-1].size > EMERGENCY_TARGET * budget


def _kept(held: Held, limits: RetentionSettings) -> float:
    return limits.keep_at_least.motion if held.motion else limits.keep_at_least.continuous


def test_a_million_segments_are_planned() -> None:
    count, random = 1_000_000, np.random.default_rng(3)
    ends = NOW - random.integers(0, 60 * DAY * 1000, count)
    many = Holdings(
        cameras=tuple(f"camera-{number}" for number in range(64)),
        row=np.arange(count),
        camera=random.integers(0, 64, count, dtype=np.int32),
        start_milliseconds=ends - 60_000,
        end_milliseconds=ends,
        size_bytes=random.integers(1 * MB, 40 * MB, count),
        motion=random.random(count) < 0.1,
        protected=random.random(count) < 0.01,
        importance=random.random(count, dtype=np.float32),
    )
    own: dict[str, Any] = {f"camera-{n}": replace(KEEP_ALL, budget=Budget(None, 10**11)) for n in range(64)}
    steps = plan(many, KEEP_ALL, own, Room(5 * 10**12), now_milliseconds=NOW)
    assert {step.policy for step in steps} == {"camera_budget", "budget"}


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_a_cameras_share_is_one_of_the_volumes_budget(share: float) -> None:
    held = [Held(60 - index / 2, "door") for index in range(100)]
    own = replace(KEEP_ALL, budget=Budget(share))
    found = planned(held, room=Room(2000 * MB), cameras={"door": own})
    left = 100 - len(found.get("camera_budget", []))
    assert left * 10 * MB <= max(0.75 * share * 2000 * MB, 0)
