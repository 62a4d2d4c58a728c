"""Trying again: how long to wait, and the loop that does it."""

import asyncio
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from nvr.errors import NvrError

log = logging.getLogger(__name__)

CANCEL_SECONDS = 20.0
"""After so long without an end a task is cancelled once more: longer than finishing the files of a run may take."""


class Backoff:
    """Waits between `least` and a ceiling that doubles from `first` to `limit` seconds.

    They are spread over the whole range (full jitter), so that many do not come back at once.
    """

    def __init__(
        self,
        first: float = 0.5,
        limit: float = 30.0,
        *,
        least: float = 0.0,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._first, self._limit, self._least, self._draw = first, limit, least, draw
        self._failures = 0

    def next_seconds(self) -> float:
        """The wait after one more failure."""
        ceiling = min(self._limit, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return self._least + (ceiling - self._least) * self._draw()

    def reset(self) -> None:
        self._failures = 0


def auth_failure_backoff() -> Backoff:
    """For a wrong password: cameras lock accounts that try one too often."""
    return Backoff(60.0, 300.0, least=30.0)


class Turnstile:
    """Lets through so many a second: who comes alone does not wait, who come together follow one another.

    Cameras that failed together, as their switch did, would all start anew in the same moment.
    """

    def __init__(self, per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._interval, self._monotonic = 1.0 / per_second, monotonic
        self._next = -math.inf

    async def enter(self) -> None:
        """Wait for one's turn."""
        await asyncio.sleep(self._take_turn())

    def _take_turn(self) -> float:
        now = self._monotonic()
        turn = max(now, self._next)
        self._next = turn + self._interval
        return turn - now


async def cancelled(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks until they have ended: what a task happens to be waiting for may swallow a cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)


LEAST_SECONDS = 0.5
"""What ends sooner without an error is not begun again before: nothing that is supervised can take a whole core."""


async def supervise(
    name: str,
    run_once: Callable[[], Awaitable[None]],
    *,
    failed: Callable[[str], None],
    healthy_seconds: float = 60.0,
    backoff: Backoff | None = None,
) -> None:
    """Run `run_once` again and again, until cancelled. An `NvrError` is retried; any other exception is a bug.

    The first failure and the recovery are logged; `failed` counts each.
    """
    backoff = backoff or Backoff()
    failures = 0
    while True:
        started = time.monotonic()
        try:
            await run_once()
        except NvrError as error:
            failed(name)
            if time.monotonic() - started > healthy_seconds:
                backoff.reset()
                failures = 0
            wait = backoff.next_seconds()
            level = logging.DEBUG if failures else logging.ERROR
            log.log(level, "%s failed: %s; trying again in %.1f s", name, error, wait)
            failures += 1
            await asyncio.sleep(wait)
        else:
            if failures:
                log.info("%s works again after %d failures", name, failures)
            backoff.reset()
            failures = 0
            await asyncio.sleep(LEAST_SECONDS - (time.monotonic() - started))
