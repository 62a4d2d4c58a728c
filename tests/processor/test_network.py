"""A small network: the quick way gives what the plain way does, on one side as on the other."""

import numpy as np
import pytest

from processor.cells import Bools, Reals
from processor.network import PLACES, Network, inputs

TRAITS, HIDDEN = 4, 5
COLUMNS = np.arange(576).reshape(18, 32)
MIRRORED = COLUMNS[:, ::-1].ravel()


class Asked:
    """Some cells with their traits, and a network."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.cells = np.sort(random.choice(576, 200, replace=False))
        self.traits = random.normal(size=(TRAITS, 200)).astype(np.float32)
        self.traits[-1] = 1
        self.weights = random.normal(size=(HIDDEN, PLACES * TRAITS)).astype(np.float32)
        self.says = np.array([1, -1, 1, -1, 1, -0.5], np.float32)

    def answer(self) -> Bools:
        return Network(self.weights, self.says).likely(self.cells, self.traits)


@pytest.fixture(params=range(4))
def asked(request: pytest.FixtureRequest) -> Asked:
    return Asked(request.param)


def plainly(asked: Asked) -> Bools:
    """Cell by cell and unit by unit."""
    field = np.zeros((TRAITS, 20, 34), np.float32)
    rows, columns = np.divmod(asked.cells, 32)
    field[:, rows + 1, columns + 1] = asked.traits
    answers = [
        _odds(asked, field[:, row : row + 3, column : column + 3]) > 0
        for row, column in zip(rows, columns, strict=True)
    ]
    return np.array(answers)


def _odds(asked: Asked, nine: Reals) -> float:
    above, own, below = nine[:, 0], nine[:, 1], nine[:, 2]
    places = [part for row in (own, above, below) for part in (row[:, 1], row[:, 0] + row[:, 2])]
    shown = np.array(places).T.ravel()
    hidden = [max(float(np.dot(unit, shown)), 0.0) for unit in asked.weights]
    return float(np.dot([*hidden, 1], asked.says))


def test_what_is_likely_is_as_reckoned_cell_by_cell(asked: Asked) -> None:
    answer = asked.answer()
    assert 0 < answer.sum() < len(answer)
    np.testing.assert_array_equal(answer, plainly(asked))


def test_the_same_is_likely_in_a_mirror(asked: Asked) -> None:
    answer = dict(zip(asked.cells, asked.answer(), strict=True))
    mirrored = MIRRORED[asked.cells]
    order = np.argsort(mirrored)
    asked.cells, asked.traits = mirrored[order], asked.traits[:, order]
    assert [bool(one) for one in asked.answer()] == [bool(answer[MIRRORED[cell]]) for cell in asked.cells]


def test_what_is_learnt_from_is_what_is_weighed(asked: Asked) -> None:
    hidden = np.maximum(inputs(asked.cells, asked.traits) @ asked.weights.T, 0)
    np.testing.assert_array_equal(hidden @ asked.says[:-1] > -asked.says[-1], asked.answer())
