"""What the tests of ingest share: a store, footage, and what was counted and kept."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from ingest.store import Store
from nvr.model import Fact
from tests.clips import make_fragmented

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class KeptFacts:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def put(self, fact: Fact) -> None:
        self.facts.append(fact)


@pytest.fixture
def facts() -> KeptFacts:
    return KeptFacts()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("test", CollectorRegistry())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "recordings")
    yield made
    made.close()


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of fragmented MP4 at 10 pictures a second."""
    return make_fragmented(tmp_path_factory.mktemp("footage") / "footage.mp4", 5)
