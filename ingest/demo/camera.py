"""A synthetic camera as its owner handles it: plugged in, frozen, thawed, unplugged."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType

from ingest.ffmpeg import dies_with_parent
from nvr.errors import EnvironmentNotReady

HOST = "127.0.0.1"
STREAM = "main"
"""The path of the only stream; any other is not found."""

STARTUP_SECONDS = 20.0


class DemoCamera:
    """One camera with its own process and an address that stays its own while it is unplugged.

    To be started from the main thread only: the process dies with the thread that started it.
    """

    def __init__(self, name: str = "camera") -> None:
        self.name = name
        self._process: subprocess.Popen[bytes] | None = None
        self._told_before = 0
        self._log = tempfile.NamedTemporaryFile(prefix=f"{name}-", suffix=".log")  # noqa: SIM115  as long as the camera
        # Bound and never listening: the address answers "connection refused", and nobody else is given it.
        self._address = socket.socket()
        self._address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._address.bind((HOST, 0))

    @property
    def port(self) -> int:
        return int(self._address.getsockname()[1])

    @property
    def url(self) -> str:
        return f"rtsp://{HOST}:{self.port}/{STREAM}"

    @property
    def pid(self) -> int:
        """The process that serves the stream. Raises RuntimeError where the camera is unplugged."""
        if self._process is None:
            raise RuntimeError(f"camera {self.name} is not running")
        return self._process.pid

    @property
    def played_at(self) -> list[datetime]:
        """When each client's PLAY began, over all its lives: the moment of the clip's first picture."""
        lines = (line.split(" ", 1) for line in self._told())
        return [datetime.fromisoformat(words[1]) for words in lines if words[0] == "played"]

    def start(self, clip: Path) -> None:
        """Plug it in, playing `clip`, and wait until it can be reached."""
        self.begin(clip)
        self.wait()

    def begin(self, clip: Path) -> None:
        """Plug it in without waiting: for many at once."""
        self.kill()
        self._told_before = len(self._told())
        command = [sys.executable, "-m", "ingest.demo.rtsp", str(clip.resolve()), str(self.port)]
        with Path(self._log.name).open("ab") as log:
            # A session of its own: Ctrl-C in a terminal is for whoever handles the camera.
            self._process = subprocess.Popen(
                dies_with_parent(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Until it can be reached. Raises EnvironmentNotReady, saying why, where it ends instead."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while "listening" not in self._told()[self._told_before :]:
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                reason = (self._told()[self._told_before :] or ["it said nothing"])[-1]
                self.kill()
                raise EnvironmentNotReady(f"camera {self.name} did not start: {reason}")
            time.sleep(0.02)

    def freeze(self) -> None:
        """The camera hangs: connections stay, nothing comes."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on, with the present picture."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Unplug it; `start` brings it back under the same address."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Unplug it for good and give its address back."""
        self.kill()
        self._address.close()
        self._log.close()

    def __enter__(self) -> "DemoCamera":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _told(self) -> list[str]:
        return Path(self._log.name).read_text(errors="replace").splitlines()
