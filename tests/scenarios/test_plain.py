"""What has no texture of its own, as a van's side, looks the same from one picture to the next: all of it is found."""

import numpy as np
import pytest

from tests.scenarios.actors import Actor, box, cloth, crossing
from tests.scenarios.chance import WARM
from tests.scenarios.film import Film
from tests.scenarios.ground import street, yard
from tests.scenarios.score import score
from tests.scenarios.trial import judge

SIZES = {"parcel": (0.12, 0.2), "van": (0.25, 0.35), "van, near": (0.4, 0.5)}
GROUNDS = {"yard": yard(3), "street": street(3)}
CELL_F1 = {
    ("yard", "parcel"): 0.95,
    ("yard", "van"): 0.95,
    ("yard", "van, near"): 0.9,
    ("street", "parcel"): 0.95,
    ("street", "van"): 0.9,
    ("street", "van, near"): 0.85,
}
"""What is reached by ground and size."""


@pytest.mark.parametrize(("ground", "size"), CELL_F1)
def test_something_bright_and_plain_is_one_event_and_found_as_far_as_it_reaches(ground: str, size: str) -> None:
    width, height = SIZES[size]
    path = crossing(WARM, WARM + 6, (width, height), 0.4, (-width, 1.0))
    shots = list(Film(GROUNDS[ground], 22, (Actor(box(200), path, texture=cloth(0) / np.float32(10)),), seed=3).shots())
    result = score(shots, *judge(shots))
    assert (result.missed, result.false_events) == (0, 0)
    assert result.cell_f1 >= CELL_F1[ground, size]
