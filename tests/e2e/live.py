"""An installed recorder as its user runs it: `nvr run` in a process of its own, asked over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import yaml

from nvr.clock import utc_now

NVR = Path(sys.executable).with_name("nvr")
READY_SECONDS = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveRecorder:
    """`nvr run` on a configuration in `folder`. Its log is `log`."""

    def __init__(
        self,
        folder: Path,
        cameras: dict[str, Any],
        *,
        segment: str = "5s",
        environment: Mapping[str, str] | None = None,
        storage: Mapping[str, Any] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder, self.port = folder, free_port()
        self._environment = {**os.environ, **(environment or {})}
        self.config, self.log = folder / "nvr.yaml", folder / "nvr.log"
        self.recordings = folder / "recordings"
        settings = {
            "site": "test",
            "timezone": "Europe/Berlin",
            "storage": {"path": "./recordings", "segment": segment, **(storage or {})},
            "database": {"dsn": "chdb:///./data/clickhouse"},
            "web": {"listen": f"127.0.0.1:{self.port}"},
            "cameras": cameras,
            **(more or {}),
        }
        self.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20.0)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        with self.log.open("ab") as log:
            command = [str(NVR), "run", "-c", str(self.config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment)
        self.wait_for(self._is_ready, READY_SECONDS)

    def stop(self) -> float:
        """SIGTERM; returns how many seconds it took to end, which must be by code 0."""
        assert self._process is not None
        began = time.monotonic()
        self._process.terminate()
        assert self._process.wait(timeout=20) == 0, self.log.read_text()
        self._process = None
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def children(self) -> list[int]:
        """The ffmpeg processes that it has now."""
        return children_of(self.pid)

    def timeline(self, camera: str) -> Any:
        """The last ten minutes of a camera."""
        now = utc_now()
        return self.get(
            "/api/timeline", camera=camera, **{"from": (now - timedelta(minutes=10)).isoformat(), "to": now.isoformat()}
        )

    def get(self, path: str, **parameters: str) -> Any:
        """The JSON of an answer 200."""
        answer = self.http.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def metric(self, name: str, **labels: str) -> float:
        """The value of the one series that has these labels; 0.0 where there is none."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        lines = [
            line
            for line in self.http.get("/metrics").text.splitlines()
            if line.split("{")[0] == name and all(label in line for label in wanted)
        ]
        assert len(lines) < 2, lines
        return float(lines[0].rsplit(" ", 1)[1]) if lines else 0.0

    def command(self, *arguments: str) -> Any:
        """The JSON that another `nvr` command prints."""
        return json.loads(self.printed(*arguments, "--json"))

    def printed(self, *arguments: str) -> str:
        """What another `nvr` command prints."""
        command = [str(NVR), *arguments, "-c", str(self.config)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, f"not within {seconds} s:\n{self.log.read_text()[-4000:]}"
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def __enter__(self) -> "LiveRecorder":
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()
        self.http.close()


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def children_of(pid: int) -> list[int]:
    """A process's children, ended ones among them that it has not waited for; its main thread starts them all."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
