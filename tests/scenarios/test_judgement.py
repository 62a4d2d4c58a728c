"""Every scenario is judged as it must be: the short form of what `python -m tests.scenarios` prints."""

from functools import cache

import pytest

from tests.scenarios.catalogue import SCENARIOS, Kind, by_name
from tests.scenarios.film import Shot
from tests.scenarios.score import Score, score
from tests.scenarios.trial import judge, shots_of

TWO_FRAMES = 0.41

FAINT_CELLS = {
    "dense traffic": 0.92,
    "dense traffic, compressed": 0.92,
    "8 gray levels": 0.85,
    "slow and small": 0.88,
    "fast crossing": 0.85,
    "restart in a busy scene": 0.88,
    "walker far": 0.75,
    "walker far, compressed": 0.75,
}
"""The F1 of cells where it is below what other scenarios have."""

NAMES = [scenario.name for scenario in SCENARIOS]


@cache
def shots(name: str) -> list[Shot]:
    return shots_of(by_name()[name])


@cache
def judged(name: str) -> Score:
    return score(shots(name), *judge(shots(name)))


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_found_in_time_and_nothing_else(name: str) -> None:
    result = judged(name)
    assert result.missed == 0
    assert result.split == 0
    assert result.false_events == 0
    assert max(result.onsets, default=0) <= TWO_FRAMES
    assert max(result.ends, default=0) <= 1.0


@pytest.mark.parametrize("name", [one.name for one in SCENARIOS if one.kind is Kind.MOTION])
def test_cells_are_those_that_the_object_covers(name: str) -> None:
    assert judged(name).cell_f1 >= FAINT_CELLS.get(name, 0.9)


@pytest.mark.parametrize("name", [one.name for one in SCENARIOS if one.says])
def test_a_scene_change_is_told_by_its_kind(name: str) -> None:
    scenario = by_name()[name]
    assert scenario.says in judged(name).changes
    assert judged(name).changes <= {scenario.says, "light"}
