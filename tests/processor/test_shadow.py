"""A shadow takes the same share of light from all it covers, whatever that shows."""

import numpy as np
import pytest

from processor.cells import Reals
from processor.shadow import in_shadow

PATCH = (7, 7)


def test_an_even_darkening_is_a_shadow_whatever_the_texture() -> None:
    assert in_shadow(np.full((49, 1), -700, np.float32)).all()


@pytest.mark.parametrize("depth", [-1200, -50, 0, 400])
def test_what_grows_brighter_hardly_darker_or_black_is_none(depth: float) -> None:
    assert not in_shadow(np.full((49, 1), depth, np.float32)).any()


def test_what_has_a_texture_of_its_own_is_none() -> None:
    cloth: Reals = np.where(np.indices(PATCH).sum(axis=0) % 2, -400, -600).astype(np.float32)
    assert not in_shadow(cloth.reshape(49, 1)).any()


def test_a_shadow_reaches_to_its_blurred_edge() -> None:
    half = np.zeros(PATCH, np.float32)
    half[:, :3], half[:, 3] = -700, -300
    inside = np.resize(in_shadow(half.reshape(49, 1)), (5, 7))[:, :5]
    assert inside.tolist() == [[True, True, True, False, False]] * 5
