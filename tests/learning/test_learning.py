"""What the analyser asks of films can be learnt, and is written as it was learnt."""

import numpy as np
import pytest

from processor.cells import Bools, Reals
from processor.evidence import TRAITS
from processor.learnt import COVERED
from processor.network import Network
from tests.learning.extent import HIDDEN, Lesson, lesson, seen_through_a_lens, written
from tests.learning.network import fitted
from tests.learning.parade import parade
from tests.scenarios.catalogue import SCENARIOS

TAUGHT, ASKED = range(9001, 9007), 9011


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    return [lesson(parade(seed)) for seed in TAUGHT]


def likely(weights: Reals, says: Reals, known: Reals) -> Bools:
    return np.asarray(np.maximum(known @ weights.T, 0) @ says[:-1] > -says[-1])


def f1(found: Bools, truth: Bools) -> float:
    return float(2 * (found & truth).sum() / (found.sum() + truth.sum()))


def test_a_few_films_teach_what_is_covered_in_another(lessons: list[Lesson]) -> None:
    weights, says = fitted([one.known for one in lessons], [one.covered for one in lessons], 8, epochs=5)
    asked = lesson(parade(ASKED))
    found = f1(likely(weights, says, asked.known), asked.covered)
    everything = f1(np.ones_like(asked.covered), asked.covered)
    assert found > 0.75 > everything


def test_what_is_written_is_what_was_learnt(lessons: list[Lesson]) -> None:
    random = np.random.default_rng(1)
    weights = random.normal(size=(HIDDEN, lessons[0].known.shape[1])).astype(np.float32)
    says = random.normal(size=HIDDEN + 1).astype(np.float32)
    module: dict[str, Network] = {}
    exec(written(weights, says), module)
    cells, traits = np.arange(576), random.random((TRAITS, 576), np.float32)
    expected = Network(weights, says).likely(cells, traits)
    assert (module["COVERED"].likely(cells, traits) == expected).mean() > 0.99


def test_what_is_in_use_has_learnt_from_as_many_traits_as_there_are() -> None:
    nothing = np.zeros((TRAITS, 576), np.float32)
    nothing[-1] = 1
    assert not COVERED.likely(np.arange(576), nothing).any()


def test_a_lens_changes_what_is_seen_and_not_what_is_true() -> None:
    scenario = next(one for one in SCENARIOS if one.name == "walker near")
    plain, seen = (list(shots) for shots in (scenario.film(5, 16.0).shots(), seen_through_a_lens(scenario, 5)))
    assert [one.cells.sum() for one in plain] == [one.cells.sum() for one in seen[: len(plain)]]
    assert any((one.large != other.large).any() for one, other in zip(plain, seen, strict=False))
