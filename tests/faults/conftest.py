"""Tests of faults name their row with `@pytest.mark.fault(number)` and say what they measured through `measured`."""

import os
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import pytest

from tests.faults.report import Finding, page
from tests.faults.rows import ROWS

FINDINGS = pytest.StashKey[dict[str, Finding]]()

Measured = Callable[[str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults-page", type=Path, help="write what the tests of faults measured to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number): the row of the table of faults that a test proves")
    config.stash[FINDINGS] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: Iterable[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("fault"):
            assert mark.args[0] in ROWS, f"{item.nodeid}: there is no row {mark.args[0]}"
            config.stash[FINDINGS].setdefault(item.nodeid, Finding(mark.args[0], item.name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if finding := item.config.stash[FINDINGS].get(item.nodeid):
        finding.seconds += report.duration
        if report.when == "call" or report.outcome != "passed":
            finding.outcome = report.outcome
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if target := session.config.getoption("--faults-page", default=None):
        target.write_text(page(session.config.stash[FINDINGS].values()), encoding="utf-8")


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Say in a few words what was measured: `measured("lost 0.4 s of a 3 s outage")`."""
    return request.config.stash[FINDINGS][request.node.nodeid].measured.append


@pytest.fixture
def as_root() -> None:
    """For what only root may do: namespaces, mounts, loop devices."""
    if os.geteuid() != 0:
        pytest.skip("needs root: mounts and loop devices")
