"""On a cloudy day the shade about someone's feet is soft and faint: it is not part of them."""

from dataclasses import replace

import pytest

from tests.scenarios.actors import crossing
from tests.scenarios.chance import WARM, Chance
from tests.scenarios.film import Film
from tests.scenarios.ground import Gray, street, yard
from tests.scenarios.motions import walker
from tests.scenarios.score import score
from tests.scenarios.trial import judge


@pytest.mark.parametrize("ground", [yard(3), street(3)], ids=["yard", "street"])
@pytest.mark.parametrize("left", [0.97, 0.94, 0.9])
def test_cells_in_the_shade_are_not_covered(ground: Gray, left: float) -> None:
    path = crossing(WARM, WARM + 8, (0.08, 0.4), 0.45, (-0.1, 1.0))
    actor = replace(walker(Chance(3), path), shadow=left, lean=1.5)
    shots = list(Film(ground, WARM + 12, (actor,), seed=3).shots())
    result = score(shots, *judge(shots))
    assert (result.missed, result.false_events) == (0, 0)
    assert result.cell_f1 >= 0.9
