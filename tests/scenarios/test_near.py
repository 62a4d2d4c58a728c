"""What comes so near to the lens that it is out of focus is motion from when it comes until it goes."""

import pytest

from tests.scenarios import veils
from tests.scenarios.chance import WARM
from tests.scenarios.film import FPS, Film
from tests.scenarios.ground import Gray, street, yard
from tests.scenarios.trial import judge

SECONDS = 4.0


@pytest.mark.parametrize("ground", [yard(3), street(3)], ids=["yard", "street"])
@pytest.mark.parametrize(("gray", "softness"), [(60, 1), (60, 2), (210, 1), (210, 2)])
def test_a_hand_before_the_lens_is_one_event(ground: Gray, gray: float, softness: float) -> None:
    film = Film(ground, WARM + SECONDS + 4, veils=(veils.hand(WARM, SECONDS, gray, softness),), seed=3)
    seen, [found] = judge(film.shots())
    moving = [one.seconds for one in seen if one.cells.any()]
    assert found.start == pytest.approx(WARM, abs=2.1 / FPS)
    assert found.end == pytest.approx(WARM + SECONDS, abs=1.0)
    assert len(moving) >= 0.6 * SECONDS * FPS
