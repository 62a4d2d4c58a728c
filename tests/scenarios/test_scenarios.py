"""Scenarios are what they say: the same each time, with a truth that fits the pictures."""

import numpy as np
import pytest

from tests.scenarios.actors import Pose
from tests.scenarios.catalogue import SCENARIOS, Kind, by_name
from tests.scenarios.chance import NOMINAL, WARM
from tests.scenarios.film import Film, Shot
from tests.scenarios.ground import X
from tests.scenarios.score import Found, Seen, Span, score, true_events
from tests.scenarios.trial import shots_of

MOVING = (Kind.MOTION, Kind.MIXED)
NOTHING = np.zeros((18, 32), bool)


def film(name: str, seconds: float | None = None, seed: int = NOMINAL) -> list[Shot]:
    return shots_of(by_name()[name], seed, seconds)


def test_names_are_unique() -> None:
    assert len(by_name()) == len(SCENARIOS)


@pytest.mark.parametrize("seed", [NOMINAL, 2])
@pytest.mark.parametrize("name", ["walker near", "walker in snow", "shake", "walker far, compressed"])
def test_a_seed_always_gives_the_same_film(name: str, seed: int) -> None:
    one, other = film(name, 13, seed), film(name, 13, seed)
    assert all(
        np.array_equal(a.large, b.large) and np.array_equal(a.cells, b.cells) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_another_seed_gives_another_scene_with_other_noise(name: str) -> None:
    one, other = (by_name()[name].film(seed, 30) for seed in (NOMINAL, 2))
    assert np.abs(one.ground - other.ground).mean() > 3
    assert one.seed != other.seed


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS if scenario.kind in MOVING])
def test_another_seed_moves_the_truth_with_the_actors(name: str) -> None:
    scenario = by_name()[name]
    one, other = (scenario.film(seed, scenario.seconds) for seed in (NOMINAL, 2))
    assert _truth(one) != _truth(other)


def _truth(film: Film) -> list[Pose]:
    """Where its actors are, picture by picture."""
    times = range(round(film.seconds * film.fps))
    return [pose for actor in film.actors for time in times if (pose := actor.path(time / film.fps))]


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS if scenario.kind is Kind.NUISANCE])
def test_another_seed_gives_another_nuisance(name: str) -> None:
    one, other = (_meddled(by_name()[name].film(seed, 60)) for seed in (NOMINAL, 2))
    assert one != other


def _meddled(film: Film) -> list[float]:
    """What light, veils and noise do to the same picture, as its contrast every other second."""
    random, contrasts = np.random.default_rng(1), [film.noise]
    for time in range(0, 60, 2):
        picture = X * film.light(time)
        for veil in film.veils:
            picture = veil(picture, time, random)
        contrasts.append(float(picture.std()))
    return contrasts


@pytest.mark.parametrize("seed", [NOMINAL, 2, 3])
def test_truth_covers_what_changes_and_nothing_else(seed: int) -> None:
    shots = film("walker near", seed=seed)
    still = np.mean([shot.picture for shot in shots[:40]], axis=0)
    moving = [shot for shot in shots if shot.cells.any()]
    assert len(moving) > 30
    for shot in moving[2:-2]:
        change = (np.abs(shot.picture - still) > 25).reshape(18, 5, 32, 5).mean(axis=(1, 3))
        assert not (change[~shot.cells] > 0.45).any()
        assert (change[shot.cells] > 0).mean() > 0.6


def test_one_who_stands_still_is_not_counted_as_moving() -> None:
    shots = film("stands still, moves on")
    standing = [shot for shot in shots if WARM + 4.1 < shot.seconds < WARM + 10.9]
    assert not any(shot.cells.any() for shot in standing)
    assert all(shot.ignored.any() for shot in standing)
    assert len(true_events(shots)) == 1


def test_compression_keeps_the_scene_and_costs_detail() -> None:
    plain, coded = film("walker near", 16), film("walker near, compressed", 16)
    differences = [np.abs(a.picture.astype(int) - b.picture).mean() for a, b in zip(plain, coded, strict=True)]
    assert 0.3 < float(np.mean(differences)) < 4


def test_dropped_pictures_leave_a_gap_in_time() -> None:
    times = [shot.seconds for shot in film("pictures dropped")]
    assert max(np.diff(times)) > 1.3


def test_a_score_counts_what_is_found_missed_and_false() -> None:
    moving = NOTHING.copy()
    moving[3:5, 3:5] = True
    picture = np.zeros((180, 320), np.uint8)
    shots = [Shot(t / 5, picture, moving if 20 <= t < 40 else NOTHING, NOTHING, None) for t in range(100)]
    seen = [Seen(t / 5, moving if 22 <= t < 41 or t == 80 else NOTHING) for t in range(100)]
    result = score(shots, seen, [Found(4.4, 8.0, 4.6), Found(16.0, 16.0, 16.0)])
    assert true_events(shots) == [Span(4.0, 7.8)]
    assert (result.recall, result.precision, result.false_frames) == (1.0, 0.5, 1)
    assert result.onsets == pytest.approx([0.4])
    assert result.ends == pytest.approx([0.2])
    assert (result.hits, result.missed_cells, result.false_cells) == (18 * 4, 2 * 4, 2 * 4)
