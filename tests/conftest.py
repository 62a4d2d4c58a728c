"""How the tests are shared out where two workers run them (`make test`): by file, and those that record together.

A recorder beside another recorder, or beside its own cameras' faults, would measure the machine and not itself. So all
that record in real time run one after another on one worker, and what only computes or waits on the other.
"""

import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.faults.faults_page import FaultsPage

RECORDING = (
    "tests/bench/test_soak.py",
    "tests/e2e/",
    "tests/grafana/test_live.py",
    "tests/faults/cameras/",
    "tests/faults/disks/",
    "tests/faults/test_clock.py",
    "tests/faults/test_flood.py",
    "tests/faults/test_processes.py",
    "tests/faults/test_zombies.py",
    "tests/ingest/test_camera.py",
    "tests/nvr/test_demo.py",
)


class SharedOut(LoadScopeScheduling):  # type: ignore[misc]  # the library is not typed
    """One group for all that record, and one for each other file."""

    def _split_scope(self, nodeid: str) -> str:
        return "recording" if nodeid.startswith(RECORDING) else nodeid.split("::", 1)[0]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults-page", type=Path, help="write what the tests of faults measured to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number): the row of the table of faults that a test proves")
    target = config.getoption("--faults-page")
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FaultsPage(target))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SharedOut:
    return SharedOut(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=lambda item: item.nodeid.startswith(RECORDING), reverse=True)


@pytest.fixture
def as_root() -> None:
    """For what only root may do: namespaces, mounts, loop devices."""
    if os.geteuid() != 0:
        pytest.skip("needs root: mounts and loop devices")
