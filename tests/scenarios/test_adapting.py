"""A camera adapts its exposure to what passes: what is near is found all the way, and not the road beside it."""

import pytest

from tests.scenarios.actors import Actor, box, crossing
from tests.scenarios.chance import WARM
from tests.scenarios.film import Film
from tests.scenarios.ground import Gray, street, yard
from tests.scenarios.score import score
from tests.scenarios.trial import judge

SECONDS, SETTLING = 6.0, 1.5
"""That something passes in, and that the camera takes to adapt to it."""


@pytest.mark.parametrize("ground", [yard(3), street(3)], ids=["yard", "street"])
@pytest.mark.parametrize(("gray", "factor"), [(25, 1.06), (220, 0.94), (220, 0.88)])
def test_what_a_camera_adapts_its_exposure_to_is_found_and_nothing_else(
    ground: Gray, gray: float, factor: float
) -> None:
    def adapting(time: float) -> float:
        there = min(max((time - WARM) / SETTLING, 0.0), 1.0) - min(max((time - WARM - SECONDS) / SETTLING, 0.0), 1.0)
        return 1 + (factor - 1) * there

    path = crossing(WARM, WARM + SECONDS, (0.25, 0.3), 0.35, (-0.25, 1.0))
    shots = list(Film(ground, WARM + SECONDS + 8, (Actor(box(gray), path),), light=adapting, seed=3).shots())
    result = score(shots, *judge(shots))
    assert (result.missed, result.false_events) == (0, 0)
    assert result.cell_f1 >= 0.9
