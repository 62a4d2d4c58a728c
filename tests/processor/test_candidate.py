"""What makes an object of cells that differ."""

from dataclasses import replace

import pytest

from processor.candidate import Candidate
from processor.evidence import Findings

TEXTURE = 100.0**2
"""A mean squared gradient that is enough to know a scene again by."""


def candidate(
    sharpness: float, survival: float = 0.0, contrast: float = 3.0, pixels: float = 200, swayed: float = 0.0
) -> Candidate:
    """Of a change just so deep that its gradients make it so sharp."""
    gradients = TEXTURE * pixels
    squared_light = 2 * (1 - survival) * gradients / (2 * sharpness) ** 2
    product, gray, aside = survival * gradients, contrast * pixels, swayed * pixels
    found = Findings(pixels, gradients, gradients, product, squared_light, gray, pixels, aside)
    return Candidate(round(pixels / 20), found, found, found, 0.0)


@pytest.mark.parametrize("survival", [0.0, 0.5])
def test_a_candidate_is_as_sharp_as_it_was_asked_to_be(survival: float) -> None:
    made = candidate(0.3, survival)
    assert made.whole.sharpness(made.edge) == pytest.approx(0.3, rel=0.01)
    assert made.whole.survival == pytest.approx(survival, abs=0.01)


def test_what_hides_the_scene_and_has_an_edge_is_an_object() -> None:
    assert candidate(0.5).is_object


def test_what_lets_the_scene_through_is_light() -> None:
    assert not candidate(0.5, survival=0.7).is_object
    assert not candidate(0.5, survival=0.5).is_object


def test_of_what_is_small_and_crisp_a_little_more_of_the_scene_may_be_left() -> None:
    assert candidate(0.7, survival=0.5, pixels=40).is_object
    assert not candidate(0.36, survival=0.5, pixels=40).is_object


def test_what_is_dim_needs_a_sharper_edge() -> None:
    assert candidate(0.25, contrast=8.0).is_object
    assert not candidate(0.25, contrast=3.0).is_object
    assert candidate(0.29, contrast=3.0).is_object


def test_what_is_large_and_near_the_lens_may_be_out_of_focus_where_it_hides_the_scene() -> None:
    def near(shining: float, pixels: float = 1000) -> bool:
        rim, core = candidate(0.18, survival=0.5, pixels=pixels), candidate(0.18, survival=shining)
        return replace(rim, inside=core.whole).is_object

    assert near(0.1)
    assert not near(0.1, pixels=300)
    assert not near(0.5)


@pytest.mark.parametrize(("contrast", "sparks", "most"), [(3.0, 0.0, 0.85), (0.8, 0.0, 0.6), (3.0, 2.5, 0.5)])
def test_the_scene_itself_swaying_is_none(contrast: float, sparks: float, most: float) -> None:
    for share, is_object in ((most - 0.05, True), (most + 0.05, False)):
        assert replace(candidate(0.5, contrast=contrast, swayed=share), sparks=sparks).is_object is is_object
