"""How the tests are shared out where two workers run them (`make test`): by module, and those that record together.

A recorder beside another recorder, or beside its own cameras' faults, would measure the machine and not itself. So all
that record in real time run one after another on one worker, and what only computes or waits on the other.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent
RECORDING = (
    "bench/test_soak.py",
    "e2e",
    "faults/cameras",
    "faults/disks",
    "faults/test_clock.py",
    "faults/test_flood.py",
    "faults/test_processes.py",
    "faults/test_zombies.py",
    "ingest/test_camera.py",
    "nvr/test_demo.py",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Name the worker's group as early as can be: pytest-xdist reads it before the tests are put in order."""
    item.add_marker(pytest.mark.xdist_group("recording" if _records(item) else str(item.path.relative_to(ROOT))))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=_records, reverse=True)


def _records(item: pytest.Item) -> bool:
    return any(item.path.is_relative_to(ROOT / place) for place in RECORDING)
