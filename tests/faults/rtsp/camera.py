"""A faulty camera as a test handles it: started, told how to behave, stopped."""

import json
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

from ingest.ffmpeg import dies_with_parent

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30.0
"""How long the process may take to do as it is told."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the process must know: its port, its clips by name with path and codec, sound, and the first behaviour."""

    port: int
    fps: int
    clips: Mapping[str, tuple[str, str]]
    audio: str
    behaviour: Mapping[str, Any]


class FaultyCamera:
    """A camera with its own process and an address of its own, also while it refuses connections.

    To be started from the main thread only: the process dies with the thread that started it.
    """

    def __init__(self, fps: int, clips: Mapping[str, Path], audio: Path | None = None, **behaviour: Any) -> None:
        """The suffix of a clip's file is its codec. The first of them is played where `behaviour` names no other."""
        # Bound and never listening: the address answers "connection refused", and nobody else is given it.
        self._address = socket.socket()
        self._address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._address.bind((HOST, 0))
        files = {name: (str(path), path.suffix.lstrip(".")) for name, path in clips.items()}
        behaviour = {"clip": next(iter(clips)), **behaviour}
        self._plan = Plan(self.port, fps, files, str(audio or ""), behaviour)
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[datetime | None] = queue.Queue()
        self._told: list[tuple[str, datetime]] = []

    @property
    def port(self) -> int:
        return int(self._address.getsockname()[1])

    def url(self, account: str = "") -> str:
        return f"rtsp://{account}{HOST}:{self.port}/main"

    def times(self, event: Literal["played", "denied"]) -> list[datetime]:
        """When clients began to be served, or were denied for what they gave as a password."""
        return [time for what, time in list(self._told) if what == event]

    def begin(self) -> None:
        """Start without waiting: for many at once."""
        command = dies_with_parent([sys.executable, "-m", "tests.faults.rtsp"])
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self._process.stdout is not None
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        self._say(asdict(self._plan))

    def wait(self) -> None:
        """Until it serves."""
        self._answer()

    def behave(self, **changes: Any) -> datetime:
        """From the returned moment on it has these values of `Behaviour`."""
        self._say(changes)
        return self._answer()

    def hang_up(self, manner: Literal["FIN", "RST"] = "RST", **changes: Any) -> datetime:
        """End every session, and behave so from then on."""
        return self.behave(hang_up=manner, **changes)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                pipe.close()
        self._address.close()

    def __enter__(self) -> "FaultyCamera":
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answer(self) -> datetime:
        answer = self._answers.get(timeout=PATIENCE_SECONDS)
        assert answer is not None, "the camera's process has ended"
        return answer

    def _say(self, words: Mapping[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def _listen(self, told: IO[str]) -> None:
        for line in told:
            event, _, seconds = line.strip().partition(" ")
            time = datetime.fromtimestamp(float(seconds), UTC)
            if event in ("listening", "done"):
                self._answers.put(time)
            else:
                self._told.append((event, time))
        self._answers.put(None)
