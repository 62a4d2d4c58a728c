"""The programs that a demonstration runs beside its cameras: the recorder, and Prometheus where it is installed."""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from ingest.ffmpeg import dies_with_parent
from nvr.errors import EnvironmentNotReady

STOP_SECONDS = 15.0
"""How long a child may take to end by itself; the recorder finishes its segments within five."""


GRAPH = "?g0.expr=nvr_camera_up&g0.tab=0"
"""Which cameras are up, as a graph: the query that all of Prometheus's user interfaces understand."""

MONITOR_SECONDS = 5.0


class Child:
    """A program that runs while it is entered, with its output in a log of its own."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name, self.log = name, log
        self._command = command

    def __enter__(self) -> "Child":
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in a terminal is for the demonstration, which then ends everything in order.
            self._process = subprocess.Popen(
                dies_with_parent(self._command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def check(self) -> None:
        """Raises EnvironmentNotReady where it has ended, with the last that it said."""
        if (code := self._process.poll()) is not None:
            said = self.log.read_text(errors="replace").strip().splitlines()
            last = said[-1] if said else "it said nothing"
            raise EnvironmentNotReady(f"the {self.name} ended with code {code}: {last}", hint=f"its log is {self.log}")


def recorder(directory: Path, config: Path) -> Child:
    command = [sys.executable, "-m", "nvr.cli", "run", "--config", str(config)]
    return Child("recorder", command, directory / "nvr.log")


def prometheus(directory: Path, config: Path, port: int) -> Child | None:
    """None where Prometheus is not installed."""
    program = shutil.which("prometheus")
    if program is None:
        return None
    address, data = f"127.0.0.1:{port}", directory / "prometheus"
    flags = {"config.file": config, "storage.tsdb.path": data, "web.listen-address": address, "log.level": "warn"}
    command = [program, *(f"--{flag}={value}" for flag, value in flags.items())]
    return Child("Prometheus", command, directory / "prometheus.log")


def start_page(port: int) -> str:
    """Prometheus's page with a graph on it. Where that is differs: Debian's has only the classic pages."""
    here = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + MONITOR_SECONDS
    while time.monotonic() < deadline:
        try:
            return f"{here}{_path_of_graphs(httpx.get(f'{here}/', trust_env=False).headers)}{GRAPH}"
        except httpx.HTTPError:
            time.sleep(0.1)
    return here


def alerts_page(start: str) -> str:
    """Prometheus's page of alerts, beside that with a graph."""
    return urlsplit(start)._replace(path=f"{urlsplit(start).path.rpartition('/')[0]}/alerts", query="").geturl()


def _path_of_graphs(headers: httpx.Headers) -> str:
    """Where Prometheus's first page leads: `/classic/graph`, `/graph` or, from version 3 on, `/query`."""
    return str(urlsplit(headers.get("Location", "/graph")).path)
