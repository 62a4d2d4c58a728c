"""The built-in evaluator: what lasts is told once, what is over too, and a restart changes neither."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exporters.notify.builtin import Evaluator, conditions
from nvr.alert import Alert
from nvr.model import CameraState
from nvr.settings import ChannelSettings
from tests.exporters.notify.alerts import NOON
from tests.exporters.notify.desk import Desk
from tests.exporters.statuses import SINK, FixedStatus, camera_status, volume_status

SECOND = timedelta(seconds=1)
NOWHERE = ChannelSettings("chat", "json://127.0.0.1:1/", "chat")


class Watch:
    """An evaluator whose clock is turned by `after`."""

    def __init__(self, folder: Path) -> None:
        self.status = FixedStatus([camera_status("yard")], [volume_status("yard")])
        self.desk = Desk(folder, NOON, NOWHERE)
        self.begin()

    def begin(self) -> None:
        self.evaluator = Evaluator(self.status, "home", self.desk.notifier, lambda: self.desk.time)

    def see(self, state: CameraState) -> None:
        self.status.camera_statuses = [camera_status("yard", state)]

    async def after(self, seconds: int) -> None:
        for _ in range(seconds // 5):
            self.desk.time += 5 * SECOND
            await self.evaluator.run_once()

    def told(self) -> list[str]:
        return [fact.event for fact in self.desk.facts.kept if isinstance(fact, Alert)]


def watching(folder: Path, scenario: Callable[[Watch], Awaitable[None]]) -> None:
    async def run() -> None:
        watch = Watch(folder)
        try:
            await scenario(watch)
        finally:
            await watch.desk.notifier.close()

    asyncio.run(run())


def test_a_camera_that_stays_away_is_told_once_and_its_return_too(tmp_path: Path) -> None:
    async def scenario(watch: Watch) -> None:
        await watch.after(60)
        watch.see(CameraState.OFFLINE)
        await watch.after(30)
        assert watch.told() == []
        await watch.after(60)
        assert watch.told() == ["CAMERA_OFFLINE"]
        watch.see(CameraState.HEALTHY)
        await watch.after(30)
        assert watch.told() == ["CAMERA_OFFLINE", "CAMERA_RECOVERED"]

    watching(tmp_path, scenario)


def test_a_short_outage_and_a_camera_that_is_stopped_are_not_told(tmp_path: Path) -> None:
    async def scenario(watch: Watch) -> None:
        watch.see(CameraState.STALE)
        await watch.after(25)
        watch.see(CameraState.STOPPED)
        await watch.after(300)
        assert watch.told() == []

    watching(tmp_path, scenario)


def test_a_restart_neither_repeats_nor_forgets(tmp_path: Path) -> None:
    async def scenario(watch: Watch) -> None:
        watch.see(CameraState.OFFLINE)
        await watch.after(60)
        watch.begin()
        watch.see(CameraState.STARTING)
        await watch.after(60)
        assert watch.told() == ["CAMERA_OFFLINE"]
        watch.see(CameraState.HEALTHY)
        await watch.after(30)
        assert watch.told() == ["CAMERA_OFFLINE", "CAMERA_RECOVERED"]

    watching(tmp_path, scenario)


def test_what_goes_on_is_repeated_every_five_minutes(tmp_path: Path) -> None:
    async def scenario(watch: Watch) -> None:
        watch.see(CameraState.OFFLINE)
        await watch.after(930)
        assert watch.told() == ["CAMERA_OFFLINE"] * 4

    watching(tmp_path, scenario)


def test_it_says_that_the_rules_are_the_better_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(watch: Watch) -> None:
        await watch.after(5)

    watching(tmp_path, scenario)
    assert "Prometheus with prometheus/rules finds far more" in caplog.text


def test_storage_and_database_are_watched() -> None:
    fine = volume_status("yard")

    def events(used: int = 500, *, writable: bool = True, up: bool = True) -> list[str]:
        volume = replace(fine, budget_bytes=1000, used_bytes=used, writable=writable)
        return [each.name for each in conditions("home", [], [volume], replace(SINK, up=up))]

    assert events() == []
    assert events(851) == ["NvrStorageLow"]
    assert events(951) == ["NvrStorageCritical"]
    assert events(writable=False) == ["NvrStorageNotWritable"]
    assert events(up=False) == ["NvrEventSinkFailing"]
