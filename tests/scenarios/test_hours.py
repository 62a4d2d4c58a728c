"""Nothing is taken for motion where nothing moves: three minutes of each nuisance, of which a bench shows an hour."""

import pytest

from tests.scenarios.catalogue import by_name
from tests.scenarios.hours import FALSE_IN_AN_HOUR, FALSE_IN_SHORT, SHORT, nuisances
from tests.scenarios.trial import tried

NAMES = [scenario.name for scenario in nuisances()]


@pytest.mark.parametrize("name", NAMES)
def test_a_nuisance_has_no_more_false_events_than_are_known(name: str) -> None:
    assert tried(by_name()[name], seconds=SHORT).false_events <= FALSE_IN_SHORT.get(name, 0)


def test_what_is_known_is_known_of_nuisances() -> None:
    assert {*FALSE_IN_AN_HOUR, *FALSE_IN_SHORT} <= set(NAMES)
