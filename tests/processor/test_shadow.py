"""A shadow takes the same share of light from all it covers, whatever that shows."""

import numpy as np
import pytest

from processor.cells import Reals
from processor.shadow import shaded

PATCH = (7, 7)


def test_an_even_darkening_is_a_shadow_whatever_the_texture() -> None:
    assert shaded(np.full((49, 1), -700, np.float32)).all()


@pytest.mark.parametrize("depth", [-1200, -50, 0, 400])
def test_what_grows_brighter_hardly_darker_or_black_is_none(depth: float) -> None:
    assert not shaded(np.full((49, 1), depth, np.float32)).any()


def test_what_has_a_texture_of_its_own_is_none() -> None:
    cloth: Reals = np.where(np.indices(PATCH).sum(axis=0) % 2, -400, -600).astype(np.float32)
    assert not shaded(cloth.reshape(49, 1)).any()


def test_up_to_its_edge_a_shadow_is_one() -> None:
    half = np.zeros(PATCH, np.float32)
    half[:, :4] = -700
    inside = np.resize(shaded(half.reshape(49, 1)), (5, 7))[:, :5]
    assert inside.tolist() == [[True, True, True, False, False]] * 5
