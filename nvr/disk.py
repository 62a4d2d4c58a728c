"""Work on a disk that may hang, done aside: whoever waits for it can stop waiting, and so can the end of the process.

A thread that waits for a frozen file system cannot be ended. Those of asyncio's own pool are few, shared by all, and
joined when the process ends; this one is a daemon, and holds up only what is to be done on the same disk after it.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from nvr.one_thread import OneThread

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class DiskThread:
    """Does one thing after another, in the order in which they were asked for. What was begun is always finished.

    Nothing is to be asked for after `close`: it would be done beside what the thread is still at, and not after it.
    """

    def __init__(self, name: str) -> None:
        self._thread = OneThread(name)

    async def do(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """The result of `work`, or what it raises. Cancelled before it is begun, it is not done at all."""
        return await asyncio.wrap_future(self._thread.submit(work, *arguments, **named))

    def later(self, work: Callable[[], None]) -> None:
        """Have it done without waiting for it; what it raises is a bug, and logged."""
        self._thread.submit(work).add_done_callback(_log_bug)

    async def settle(self, seconds: float) -> bool:
        """Wait until all is done that was asked for; False where that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                await self.do(lambda: None)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """End the thread when it has done what it was asked for."""
        self._thread.shutdown(wait=False)


def _log_bug(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("work on the disk failed", exc_info=error)
