"""Reading the configuration anew, from a real file that editors, operators and mistakes change."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest

from nvr.change import Change
from nvr.config.file import ConfigFile
from nvr.reloading import Reloading
from nvr.settings import Settings
from nvr.systemd import ServiceManager

DOOR = "cameras: {door: {record: 'rtsp://viewer:${PASSWORD}@camera.example/door'}}\n"
YARD = "cameras: {yard: {record_file: ./secrets/yard}}\n"


class Told:
    """What a reload said and did."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.used: list[datetime] = []
        self.refused = 0
        self.secrets: set[str] = set()

    async def apply(self, change: Change, _: Settings) -> None:
        self.changes.append(change)

    def configuration_used(self, time: datetime) -> None:
        self.used.append(time)

    def configuration_refused(self) -> None:
        self.refused += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def file(tmp_path: Path, told: Told) -> ConfigFile:
    (tmp_path / "nvr.yaml").write_text(DOOR)
    (tmp_path / "secrets").mkdir()
    write_secret(tmp_path, "rtsp://viewer:canary-1@camera.example/yard")
    return ConfigFile(tmp_path / "nvr.yaml", {"PASSWORD": "canary-0"}, told.secrets.update)


def write_secret(folder: Path, text: str) -> None:
    (folder / "secrets" / "yard").write_text(text)
    (folder / "secrets" / "yard").chmod(0o600)


def watched(file: ConfigFile, told: Told, story: Callable[[Reloading], Awaitable[None]]) -> None:
    """Run a story beside what watches the file."""

    async def beside() -> None:
        reloading = Reloading(file, file.read(), told.apply, telemetry=told, service=ServiceManager())
        running = asyncio.create_task(reloading.run())
        try:
            await story(reloading)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    asyncio.run(beside())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  what is waited for is many things
            await asyncio.sleep(0.02)


def test_a_file_that_is_written_or_replaced_is_read(file: ConfigFile, told: Told, tmp_path: Path) -> None:
    async def story(_: Reloading) -> None:
        file.path.write_text(YARD)
        await until(lambda: len(told.changes) == 1)
        (tmp_path / ".nvr.yaml.swp").write_text(DOOR)
        (tmp_path / ".nvr.yaml.swp").replace(file.path)
        await until(lambda: len(told.changes) == 2)
        file.path.rename(tmp_path / "nvr.yaml~")  # as some editors do, and write the new one later
        await asyncio.sleep(0.5)
        file.path.write_text(YARD)
        await until(lambda: len(told.changes) == 3)

    watched(file, told, story)
    assert [(change.added, change.removed) for change in told.changes] == [
        (("yard",), ("door",)),
        (("door",), ("yard",)),
        (("yard",), ("door",)),
    ]
    assert told.refused == 0


def test_a_secret_that_changes_begins_its_camera_anew_and_is_kept_secret(
    file: ConfigFile, told: Told, tmp_path: Path
) -> None:
    file.path.write_text(YARD)

    async def story(_: Reloading) -> None:
        write_secret(tmp_path, "rtsp://viewer:canary-2@camera.example/yard")
        await until(lambda: bool(told.changes))

    watched(file, told, story)
    assert told.changes == [Change(restarted=("yard",))]
    assert {"canary-1", "canary-2"} <= told.secrets


def test_a_file_behind_links_is_watched_where_it_lies(file: ConfigFile, told: Told, tmp_path: Path) -> None:
    """As Kubernetes mounts it: the folder is exchanged, and no file is written."""
    for version, text in (("1", DOOR), ("2", YARD.replace("./secrets/yard", str(tmp_path / "secrets" / "yard")))):
        (tmp_path / f"..{version}").mkdir()
        (tmp_path / f"..{version}" / "nvr.yaml").write_text(text)
    (tmp_path / "..data").symlink_to("..1")
    file.path.unlink()
    file.path.symlink_to("..data/nvr.yaml")

    async def story(_: Reloading) -> None:
        (tmp_path / "..new").symlink_to("..2")
        (tmp_path / "..new").replace(tmp_path / "..data")
        await until(lambda: bool(told.changes))

    watched(file, told, story)
    assert told.changes == [Change(added=("yard",), removed=("door",))]


def test_what_cannot_be_used_changes_nothing_and_is_told_with_the_remedy(
    file: ConfigFile, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(reloading: Reloading) -> None:
        before = reloading.settings
        file.path.write_text("cameras:\n  door: {record: 'rtsp://viewer:canary-3@camera.example/x', audio: loud}\n")
        await until(lambda: told.refused == 1)
        assert reloading.settings is before
        file.path.write_text(DOOR)
        await until(lambda: bool(told.used))

    with caplog.at_level(logging.INFO):
        watched(file, told, story)
    assert f"{file.path}:2: cameras.door.audio: is not one of its words, got loud; write auto or off" in caplog.text
    assert "canary" not in caplog.text
    assert told.changes == [Change()]


def test_a_signal_has_it_read_although_nothing_changed(file: ConfigFile, told: Told) -> None:
    async def story(reloading: Reloading) -> None:
        reloading.ask()
        await until(lambda: bool(told.used))

    watched(file, told, story)
    assert told.changes == [Change()]


def test_a_file_that_is_gone_is_told_once(file: ConfigFile, told: Told) -> None:
    async def story(_: Reloading) -> None:
        file.path.unlink()
        await until(lambda: told.refused > 0)
        await asyncio.sleep(2.0)

    watched(file, told, story)
    assert told.refused == 1


def test_the_service_manager_is_told(file: ConfigFile, told: Told) -> None:
    class Heard(ServiceManager):
        said: list[str] = []

        def tell(self, **state: str | int) -> None:
            self.said += state

    async def story() -> None:
        await Reloading(file, file.read(), told.apply, telemetry=told, service=Heard()).reload()

    asyncio.run(story())
    assert Heard.said == ["RELOADING", "MONOTONIC_USEC", "READY"]
