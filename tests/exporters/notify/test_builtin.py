"""The built-in evaluator: what lasts is told once, what is over too, and a restart changes neither."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exporters.notify import builtin
from exporters.notify.addresses import Addresses
from exporters.notify.builtin import Evaluator, conditions
from nvr.alert import Alert
from nvr.model import CameraState
from nvr.settings import ChannelSettings, WebSettings
from tests.exporters.notify.alerts import NOON
from tests.exporters.notify.desk import Desk
from tests.exporters.statuses import SINK, FixedStatus, camera_status, volume_status
from tests.prometheus.story import groups

SECOND = timedelta(seconds=1)
LINKED = Addresses.of(WebSettings(external_url="https://nvr.example/nvr", grafana_url="https://grafana.example"), "")
NOWHERE = ChannelSettings("chat", "json://127.0.0.1:1/", "chat")


class Watch:
    """An evaluator whose clock is turned by `after`."""

    def __init__(self, folder: Path) -> None:
        self.status = FixedStatus([camera_status("yard")], [volume_status("yard")])
        self.desk = Desk(folder, NOON, NOWHERE)
        self.begin()

    def begin(self) -> None:
        self.evaluator = Evaluator(self.status, "home", self.desk.notifier, LINKED, lambda: self.desk.time)

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
        return [each.name for each in conditions("home", [], [volume], replace(SINK, up=up), NOON)]

    assert events() == []
    assert events(851) == ["NvrStorageLow"]
    assert events(951) == ["NvrStorageCritical"]
    assert events(writable=False) == ["NvrStorageNotWritable"]
    assert events(up=False) == ["NvrEventSinkFailing"]


def storage(used: int, *, made_room: int | None = None, broke_promise: int | None = None) -> list[str]:
    """What is found of a volume on which, so many minutes ago, footage went."""
    ago = [None if minutes is None else NOON - 60 * minutes * SECOND for minutes in (made_room, broke_promise)]
    volume = replace(volume_status("yard"), budget_bytes=1000, used_bytes=used, made_room=ago[0], broke_promise=ago[1])
    return [each.name for each in conditions("home", [], [volume], SINK, NOON)]


def test_a_volume_that_keeps_to_its_budget_is_as_it_should_be() -> None:
    assert storage(990, made_room=59) == []
    assert storage(960, made_room=1) == ["NvrStorageCritical"], "it is not full"
    assert storage(990) == ["NvrStorageCritical"], "nothing goes"
    assert storage(990, made_room=61) == ["NvrStorageCritical"], "nothing goes any more"
    assert storage(1060, made_room=1) == ["NvrStorageCritical"], "too little goes"


def test_a_promise_that_was_broken_is_told_however_full_it_is() -> None:
    assert storage(900, made_room=1, broke_promise=14) == ["NvrStorageCritical"]
    assert storage(990, made_room=1, broke_promise=14) == ["NvrStorageCritical"]
    assert storage(990, made_room=1, broke_promise=16) == []
    assert storage(990, made_room=1, broke_promise=-20) == [], "the clock was fast then"


def test_its_figures_are_those_of_the_rules() -> None:
    rules = {rule["record"]: rule["expr"] for group in groups() for rule in group["rules"] if "record" in rule}
    names = {"low": builtin.LOW_RATIO, "critical": builtin.CRITICAL_RATIO, "full": builtin.FULL_RATIO}
    for name, figure in (names | {"exceeded": builtin.EXCEEDED_RATIO}).items():
        assert rules[f"nvr:threshold:storage_{name}_ratio"] == f"vector({figure})"


def test_an_alert_leads_where_the_rules_lead(tmp_path: Path) -> None:
    async def scenario(watch: Watch) -> None:
        watch.see(CameraState.OFFLINE)
        await watch.after(60)
        [alert] = await watch.desk.notifier.firing()
        assert dict(alert.annotations) == {
            "summary": "Camera yard at home is offline",
            "runbook_url": "https://nvr.example/nvr/runbooks/NvrCameraOffline.md",
            "dashboard_url": "https://grafana.example/d/nvr-camera?var-site=home&var-camera=yard",
            "playback_url": "https://nvr.example/nvr/play?camera=yard",
        }

    watching(tmp_path, scenario)


def test_without_a_grafana_there_is_no_link_to_one_and_runbooks_are_where_the_documents_are() -> None:
    plain = Addresses.of(WebSettings(docs_url="https://docs.example/nvr"), "http://127.0.0.1:8080")
    assert plain.annotations("NvrStorageLow", "nvr-storage", "home") == {
        "runbook_url": "https://docs.example/nvr/docs/runbooks/NvrStorageLow.md"
    }
