"""The cameras that run while the configuration changes, on a real store."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from ingest import catalogue_file
from ingest.ffmpeg import executable
from ingest.store import Store
from ingest.surroundings import Surroundings
from nvr.change import Change
from nvr.clock import UtcClock
from nvr.roster import Roster
from nvr.settings import CameraSettings
from tests.ingest.conftest import KeptFacts
from tests.nvr.test_reloading import until

DOOR, YARD = (CameraSettings(name, "/dev/null") for name in ("door", "yard"))


@contextlib.asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[tuple[Roster, Store]]:
    """A roster that records the door."""
    store, metrics = Store(folder / "recordings"), Metrics("test", CollectorRegistry())
    around = Surroundings(executable(), store, 2.0, KeptFacts(), metrics, UtcClock())
    roster = Roster({"door": DOOR}, around, named=metrics.add, forgotten=metrics.forget)
    async with asyncio.TaskGroup() as tasks, roster.at_work(tasks):
        yield roster, store
    store.close()


def test_a_disk_that_refuses_keeps_a_new_camera_waiting_and_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_file, "PATIENCE_SECONDS", 0.2)

    async def story() -> None:
        async with at_work(tmp_path) as (roster, store):
            async with asyncio.timeout(30):
                await until(lambda: not roster.waiting())
                with store.catalogue._file._held():  # as by a thread that waits for the disk
                    applying = asyncio.create_task(roster.apply(Change(added=("yard",)), {"door": DOOR, "yard": YARD}))
                    await until(lambda: "yard cannot be recorded yet" in caplog.text)
                    assert list(roster.names) == ["door"]
                await applying
            assert list(roster.names) == ["door", "yard"]
            assert not roster.ended()

    with caplog.at_level(logging.ERROR, "nvr.roster"):
        asyncio.run(story())
    assert [record.name for record in caplog.records].count("nvr.roster") == 1


def test_a_recorder_that_stops_while_a_camera_leaves_ends(tmp_path: Path) -> None:
    async def story() -> None:
        async with asyncio.timeout(30), at_work(tmp_path) as (roster, _):
            await until(lambda: not roster.waiting())
            leaving = asyncio.create_task(roster.apply(Change(removed=("door",)), {}))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert not roster.ended()
            leaving.cancel()

    asyncio.run(story())
