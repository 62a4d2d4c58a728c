"""Polygons of zones and masks."""

import pytest

from nvr.config.polygons import MOST_CORNERS, polygon
from nvr.config.values import Unusable


def test_corners_become_pairs_of_fractions() -> None:
    assert polygon([[0, 0], [1, 0], [1, 0.5]]) == ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5))


def test_a_polygon_may_be_hollow_and_closed_by_its_first_corner() -> None:
    assert len(polygon([[0, 0], [1, 0], [0.5, 0.4], [1, 1], [0, 1], [0, 0]])) == 6


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ("0,0 1,0 1,1", "is not a list"),
        ([], "fewer than three"),
        ([[0, 0], [1, 0], [0, 0]], "fewer than three"),
        ([[0, 0], [0.5, 0.5], [1, 1]], "encloses no area"),
        ([[0, 0], [1, 1], [1, 0], [0, 1]], "crosses itself"),
        ([[0, 0], [1, 0], [1, 1.01]], "outside the picture"),
        ([[0, 0], [1, 0], [1, -0.01]], "outside the picture"),
        ([[0, 0], [1, 0], [1]], "is no corner"),
        ([[0, 0], [1, 0], [1, True]], "is no corner"),
        ([[0, 0], [1, 0], "1,1"], "is no corner"),
        ([[i / 100, i % 2] for i in range(MOST_CORNERS + 1)], "too many corners"),
    ],
)
def test_what_is_no_polygon(points: object, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        polygon(points)


def test_the_corner_at_fault_is_named() -> None:
    with pytest.raises(Unusable) as refusal:
        polygon([[0, 0], [1, 0], [640, 360]])
    assert refusal.value.below == (2,)
