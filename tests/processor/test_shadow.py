"""A shadow takes the same share of light from all it covers, whatever that shows."""

import numpy as np
import pytest

from processor.cells import Reals
from processor.shadow import faintest, in_shadow

PATCH = (7, 7)
ONE, SAME, TWO = np.zeros(1, np.intp), np.zeros(2, np.intp), np.arange(2)
DIM, BRIGHT = (np.full(2, faintest(contrast), np.float32) for contrast in (1.0, 8.0))


def patches(*depths: float) -> Reals:
    """One patch of each depth."""
    return np.tile(np.array(depths, np.float32), (49, 1))


def test_an_even_darkening_is_a_shadow_whatever_the_texture() -> None:
    assert in_shadow(patches(-700), ONE, DIM[:1]).all()


@pytest.mark.parametrize("depth", [-1200, -50, 0, 400])
def test_what_grows_brighter_hardly_darker_or_black_is_none(depth: float) -> None:
    assert not in_shadow(patches(depth), ONE, DIM[:1]).any()


def test_what_has_a_texture_of_its_own_is_none() -> None:
    cloth: Reals = np.where(np.indices(PATCH).sum(axis=0) % 2, -400, -600).astype(np.float32)
    assert not in_shadow(cloth.reshape(49, 1), ONE, DIM[:1]).any()


def test_a_shadow_reaches_to_its_blurred_edge() -> None:
    half = np.zeros(PATCH, np.float32)
    half[:, :3], half[:, 3] = -700, -300
    inside = np.resize(in_shadow(half.reshape(49, 1), ONE, DIM[:1]), (5, 7))[:, :5]
    assert inside.tolist() == [[True, True, True, False, False]] * 5


def test_one_thing_casts_shadows_of_one_depth_and_what_is_as_plain_and_less_dark_is_its_paint() -> None:
    shadow, paint = patches(-700), patches(-450)
    paint[25:] = 0
    assert in_shadow(np.hstack((shadow, paint)), SAME, DIM).all(axis=0).tolist() == [True, False]
    assert not in_shadow(np.hstack((shadow, paint)), SAME, DIM)[:, 1].any()


def test_each_of_two_things_may_cast_another_shadow() -> None:
    assert in_shadow(patches(-700, -450), TWO, DIM).all()


def test_a_few_even_pixels_are_no_shadow() -> None:
    cloth: Reals = np.where(np.indices(PATCH).sum(axis=0) % 2, -400, -600).astype(np.float32)
    cloth[2:4, 2:4] = -500
    assert not in_shadow(cloth.reshape(49, 1), ONE, DIM[:1]).any()


def test_of_what_is_plain_to_see_the_shadow_may_be_as_faint_as_on_a_cloudy_day() -> None:
    assert in_shadow(patches(-70), ONE, BRIGHT[:1]).all()
    assert not in_shadow(patches(-70), ONE, DIM[:1]).any()
    assert not in_shadow(patches(-10), ONE, BRIGHT[:1]).any()


def test_what_is_darker_in_a_few_places_has_no_shadow_whatever_another_thing_casts() -> None:
    spot = np.full(PATCH, 100, np.float32)
    spot[2:4, 2:5] = -60
    both = np.hstack((spot.reshape(49, 1), patches(-500)))
    assert in_shadow(both, TWO, BRIGHT)[:, 1].any()
    assert not in_shadow(both, TWO, BRIGHT)[:, 0].any()
