"""Tests of faults name their row with `@pytest.mark.fault(number)` and say what they measured through `measured`."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.faults.report import Finding, page
from tests.faults.rows import ROWS

Measured = Callable[[str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults-page", type=Path, help="write what the tests of faults measured to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number): the row of the table of faults that a test proves")
    target = config.getoption("--faults-page", default=None)
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FaultsPage(target))


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("fault"):
            assert mark.args[0] in ROWS, f"{item.nodeid}: there is no row {mark.args[0]}"
            item.user_properties.append(("fault", mark.args[0]))


class FaultsPage:
    """Gathers what the tests say, in this process or in a worker's, and writes the page at the end."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._findings: dict[str, Finding] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        said = dict(report.user_properties)  # of a test that was tried again, what it said last
        if "fault" not in said:
            return
        name = report.nodeid.rpartition("::")[2]
        finding = self._findings.setdefault(report.nodeid, Finding(int(str(said["fault"])), name))
        finding.seconds += report.duration
        if report.when == "call" or report.outcome != "passed":
            measured = said.get("measured", [])
            assert isinstance(measured, list)
            finding.measured, finding.outcome = measured, report.outcome

    def pytest_sessionfinish(self) -> None:
        self._target.write_text(page(self._findings.values()), encoding="utf-8")


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Say in a few words what was measured: `measured("lost 0.4 s of a 3 s outage")`."""
    said: list[str] = []
    request.node.user_properties.append(("measured", said))
    return said.append


@pytest.fixture
def as_root() -> None:
    """For what only root may do: namespaces, mounts, loop devices."""
    if os.geteuid() != 0:
        pytest.skip("needs root: mounts and loop devices")
