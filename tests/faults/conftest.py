"""Tests of faults name their row with `@pytest.mark.fault(number)` and say what they measured through `measured`."""

from collections.abc import Callable, Iterable

import pytest

from tests.faults.rows import ROWS

Measured = Callable[[str], None]


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("fault"):
            assert mark.args[0] in ROWS, f"{item.nodeid}: there is no row {mark.args[0]}"
            item.user_properties.append(("fault", mark.args[0]))


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Say in a few words what was measured: `measured("lost 0.4 s of a 3 s outage")`."""
    said: list[str] = []
    request.node.user_properties.append(("measured", said))
    return said.append
