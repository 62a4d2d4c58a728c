"""A child process that cannot be forgotten: it dies with us, is drained, is stopped for certain, and is reaped.

Spawn from the main thread only: the kernel ends such a child when the thread that spawned it ends.
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.causes import classify_exit, classify_line, rank
from ingest.ffmpeg import Command, dies_with_parent, within
from nvr.masking import mask_url
from nvr.model import Cause

log = logging.getLogger(__name__)

TERM_SECONDS = 2.0
"""How long a child may take to end after SIGTERM before it is killed."""

LOG_LINES_A_MINUTE = 20
"""How many of a child's lines are logged in a minute; the others are counted."""

SAID_SECONDS = 15.0
"""For so long what a child has said may explain its end."""

LOGGED_CHARACTERS = 1000
"""More of a line is not logged."""

_LINE_LIMIT = 64 * 1024


def _ignore(_line: str) -> None:
    """Nobody listens."""


def _now() -> float:
    return asyncio.get_running_loop().time()


class Child:
    """A running ffmpeg."""

    def __init__(
        self, process: asyncio.subprocess.Process, name: str, listen: Callable[[str], None], level: int
    ) -> None:
        self._process, self.name, self._listen, self._level = process, name, listen, level
        self._said: tuple[Cause, float] | None = None
        self._quota, self._quota_since, self._suppressed = LOG_LINES_A_MINUTE, 0.0, 0
        self._draining = asyncio.create_task(self._drain(), name=f"drain {name}")

    @classmethod
    async def spawn(
        cls,
        command: Command,
        *,
        name: str,
        pass_fds: Sequence[int] = (),
        folder: Path | None = None,
        stdout: int = asyncio.subprocess.DEVNULL,
        listen: Callable[[str], None] = _ignore,
        level: int = logging.WARNING,
    ) -> "Child":
        """Start `command`, in `folder`; `listen` gets each line of its standard error, which may hold credentials.

        Errors that it reports are logged at `level`.
        """
        arguments = within(folder, command.arguments) if folder else command.arguments
        process = await asyncio.create_subprocess_exec(
            *dies_with_parent(arguments),
            stdin=asyncio.subprocess.PIPE if command.stdin else asyncio.subprocess.DEVNULL,
            stdout=stdout,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=pass_fds,
            limit=_LINE_LIMIT,
            start_new_session=True,  # Ctrl-C in a terminal is for us, and we stop it in good order
        )
        if process.stdin is not None:
            process.stdin.write(command.stdin)
            process.stdin.close()
        return cls(process, name, listen, level)

    @property
    def cause_said(self) -> Cause | None:
        """The most specific cause that its standard error has named in the last seconds."""
        if self._said is None or _now() - self._said[1] > SAID_SECONDS:
            return None
        return self._said[0]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def wait(self) -> Cause:
        """Wait for an end that nobody asked for, and say why it came."""
        returncode = await self._process.wait()
        await asyncio.wait([self._draining], timeout=1.0)
        return classify_exit(returncode, self.cause_said)

    async def stop(self, patience_seconds: float = TERM_SECONDS) -> None:
        """SIGTERM, then SIGKILL, then reap. A process in uninterruptible sleep is left behind, and said so."""
        self._level = logging.DEBUG  # what it says of its own end is no news
        if self.running:
            self._signal(signal.SIGTERM)
            self._signal(signal.SIGCONT)  # one that was stopped hears it too
            await self._ended_within(patience_seconds)
        if self.running:
            self._signal(signal.SIGKILL)
            if not await self._ended_within(TERM_SECONDS):
                log.error("%s (pid %d) does not end: its file system hangs", self.name, self.pid)
        self._draining.cancel()

    def _signal(self, number: signal.Signals) -> None:
        # Not through the process object: it would reap a process that ended just now, behind its watcher's back.
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def _ended_within(self, seconds: float) -> bool:
        # Not wait_for: in Python 3.11 it swallows a cancellation that comes as its future is done.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._process.wait()
        return not self.running

    async def _drain(self) -> None:
        """Read standard error to its end: an unread pipe would stop the recording when it is full."""
        assert self._process.stderr is not None
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:  # a line beyond the limit: the reader has dropped it
                continue
            if not line:
                return
            self._heard(line.decode(errors="replace").strip())

    def _heard(self, line: str) -> None:
        self._listen(line)
        if "[info]" in line:
            return
        cause = classify_line(line) if "[warning]" not in line else None
        if cause and ((said := self.cause_said) is None or rank(cause) <= rank(said)):
            self._said = (cause, _now())
        self._log(line)

    def _log(self, line: str) -> None:
        now = _now()
        if now - self._quota_since > 60.0:
            if self._suppressed:
                log.warning("%s: %d more lines suppressed", self.name, self._suppressed)
            self._quota, self._quota_since, self._suppressed = LOG_LINES_A_MINUTE, now, 0
        if self._quota:
            self._quota -= 1
            log.log(
                logging.DEBUG if "[warning]" in line else self._level, "%s: %s", self.name, _legible(mask_url(line))
            )
        else:
            self._suppressed += 1


def _legible(line: str) -> str:
    """A line as it may stand in a log: garbage must not write to the terminal of whoever reads it."""
    shown = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line[:LOGGED_CHARACTERS]
    )
    return shown if len(line) <= LOGGED_CHARACTERS else f"{shown} ..."
