"""The service manager of a real recorder is told when recording has begun, that it lives, and that it stops."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.demo.camera import DemoCamera
from tests.e2e.live import LiveRecorder, free_port

WATCHDOG_SECONDS = 4.0


class Manager:
    """A datagram socket, and all that was heard on it."""

    def __init__(self, address: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(address))
        self.heard: list[dict[str, str]] = []

    def listen(self, seconds: float) -> list[dict[str, str]]:
        """What is said within so many seconds."""
        new, deadline = [], time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                text = self._socket.recv(4096).decode()
            except TimeoutError:
                break
            new.append(dict(line.split("=", 1) for line in text.split("\n")))
        self.heard += new
        return new

    def until(self, name: str, value: str, seconds: float = 20.0) -> dict[str, str]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.listen(0.2):
                if message.get(name) == value:
                    return message
        raise AssertionError(f"{name}={value} was not said: {self.heard}")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    manager = Manager(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", str(int(WATCHDOG_SECONDS * 1e6)))
    yield manager
    manager.close()


def test_the_service_manager_is_told_what_is_true(manager: Manager, clips: dict[str, Path], tmp_path: Path) -> None:
    with DemoCamera("door") as camera:
        camera.start(clips["door"])
        cameras = {
            "door": {"record": camera.url},
            "absent": {"record": f"rtsp://127.0.0.1:{free_port()}/main"},
        }
        with LiveRecorder(tmp_path, cameras) as recorder:
            ready = manager.until("READY", "1")
            beat = manager.until("STATUS", "1 of 2 cameras recording")
            assert beat["WATCHDOG"] == "1"

            os.kill(recorder.pid, signal.SIGSTOP)
            manager.listen(0.5)  # what was on its way
            assert manager.listen(WATCHDOG_SECONDS) == []
            os.kill(recorder.pid, signal.SIGCONT)
            manager.until("WATCHDOG", "1", WATCHDOG_SECONDS)

            children = [Path(f"/proc/{pid}/environ").read_bytes() for pid in recorder.children()]
            assert not any(b"NOTIFY_SOCKET" in environ for environ in children)
            recorder.stop()
            manager.until("STOPPING", "1")
            assert not any("READY" in message for message in manager.heard[manager.heard.index(ready) + 1 :])
