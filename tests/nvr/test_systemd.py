import asyncio
import logging
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nvr import systemd
from nvr.systemd import Pulse, ServiceManager


class Manager:
    """The service manager's end of the socket."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)

    def heard(self, seconds: float = 0.2) -> list[dict[str, str]]:
        """Every message up to so many seconds of silence."""
        self._socket.settimeout(seconds)
        messages: list[dict[str, str]] = []
        while True:
            try:
                text = self._socket.recv(4096).decode()
            except TimeoutError:
                return messages
            messages.append(dict(line.split("=", 1) for line in text.split("\n")))

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    address = str(tmp_path / "notify") if request.param == "path" else f"@nvr-test-{os.getpid()}"
    manager = Manager(address)
    yield manager
    manager.close()


def follow(service: ServiceManager, pulse: Pulse, seconds: float, *, blocked: float = 0.0) -> None:
    async def main() -> None:
        following = asyncio.create_task(service.follow(lambda: pulse))
        await asyncio.sleep(seconds)
        time.sleep(blocked)  # noqa: ASYNC251  as a C call that never returns would
        following.cancel()

    asyncio.run(main())


def test_it_is_told_over_both_kinds_of_socket(manager: Manager) -> None:
    service = ServiceManager(manager.address)
    service.ready()
    service.stopping()
    ready, stopping = manager.heard()
    assert (ready["READY"], stopping["STOPPING"]) == ("1", "1")
    assert ready["STATUS"]


def test_without_a_socket_nothing_is_done() -> None:
    service = ServiceManager.taken_from({})
    service.ready()
    follow(service, Pulse("all is well", True), 0.05)


def test_its_variables_are_taken_away_from_the_children() -> None:
    environ = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1", "PATH": "/bin"}
    ServiceManager.taken_from(environ)
    assert environ == {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("variables", "beats"),
    [
        ({"WATCHDOG_USEC": "100000"}, True),
        ({"WATCHDOG_USEC": "100000", "WATCHDOG_PID": str(os.getpid())}, True),
        ({"WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"}, False),
        ({"WATCHDOG_USEC": "0"}, False),
        ({"WATCHDOG_USEC": "soon"}, False),
        ({}, False),
    ],
)
def test_the_watchdog_is_fed_where_it_watches_this_process(
    manager: Manager, variables: dict[str, str], *, beats: bool
) -> None:
    service = ServiceManager.taken_from({"NOTIFY_SOCKET": manager.address, **variables})
    follow(service, Pulse("12 of 13 cameras recording", True), 0.5)
    heard = manager.heard()
    assert heard[0]["STATUS"] == "12 of 13 cameras recording"
    assert all(("WATCHDOG" in message) == beats for message in heard)
    assert len(heard) >= 3 if beats else len(heard) == 1


def test_a_blocked_loop_starves_the_watchdog(manager: Manager) -> None:
    service = ServiceManager(manager.address, watchdog_seconds=0.4)
    follow(service, Pulse("all is well", True), 0.0, blocked=1.0)
    assert len(manager.heard()) == 1


def test_what_has_ended_starves_the_watchdog_and_is_still_told(manager: Manager) -> None:
    service = ServiceManager(manager.address, watchdog_seconds=0.1)
    follow(service, Pulse("0 of 1 cameras recording", True, is_alive=False), 0.2)
    heard = manager.heard()
    assert heard
    assert all(message == {"STATUS": "0 of 1 cameras recording"} for message in heard)


def test_opening_the_files_asks_for_its_time_beforehand(manager: Manager) -> None:
    ServiceManager(manager.address).opening()
    [message] = manager.heard()
    assert message["EXTEND_TIMEOUT_USEC"] == str(systemd.OPENING_SECONDS * 10**6)


def test_a_long_start_asks_for_more_time(manager: Manager) -> None:
    follow(ServiceManager(manager.address, watchdog_seconds=1.0), Pulse("in order", is_started=False), 0.0)
    [message] = manager.heard()
    assert message == {"STATUS": "in order", "EXTEND_TIMEOUT_USEC": str(systemd.STARTING_SECONDS * 10**6)}


def test_a_manager_that_is_gone_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    service = ServiceManager(str(tmp_path / "gone"))
    with caplog.at_level(logging.WARNING):
        service.ready()
        service.ready()
    assert len(caplog.records) == 1
    assert "No such file" in caplog.text
