"""A real ClickHouse over HTTP that a test can kill, freeze and start again: what an outage of a server is made of."""

import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from exporters.clickhouse.client import Database, connect
from tests.e2e.live import free_port

T = TypeVar("T")


class ClickHouseServer:
    """The engine on `directory`, always on the same port."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.dsn = f"http://nvr:canary-password@127.0.0.1:{self.port}/nvr"
        self._command = [sys.executable, "-m", "tests.exporters.clickhouse.chdb_server", str(self.port), str(directory)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert self._process.stdout
        assert self._process.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        """SIGKILL: connections break, and later ones are refused."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def freeze(self) -> None:
        """SIGSTOP: connections are accepted by the kernel, and nothing ever answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def ask(self, scenario: Callable[[Database], Awaitable[T]]) -> T:
        database = await connect(self.dsn)
        try:
            return await scenario(database)
        finally:
            await database.close()

    def __enter__(self) -> "ClickHouseServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
