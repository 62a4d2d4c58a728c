"""Work on a disk that may hang, done aside: whoever waits for it can stop waiting, and so can the end of the process.

A thread that waits for a frozen file system cannot be ended. Those of asyncio's own pool are few, shared by all, and
joined when the process ends; this one is a daemon, and holds up only what is to be done on the same disk after it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_Work = tuple[Future[Any], Callable[[], Any]]


class DiskThread:
    """Does one thing after another, in the order in which they were asked for. What was begun is always finished.

    Nothing is to be asked for after `close`: it would be done beside what the thread is still at, and not after it.
    """

    def __init__(self, name: str) -> None:
        self._name, self._is_closed = name, False
        self._waiting: SimpleQueue[_Work | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def do(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """The result of `work`, or what it raises. Cancelled before it is begun, it is not done at all."""
        return await asyncio.wrap_future(self._put(lambda: work(*arguments, **named)))

    def later(self, work: Callable[[], None]) -> None:
        """Have it done without waiting for it; what it raises is a bug, and logged."""
        self._put(work).add_done_callback(_log_bug)

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
        self._is_closed = True
        self._waiting.put(None)

    def _put(self, work: Callable[[], T]) -> Future[T]:
        if self._is_closed:
            raise RuntimeError(f"the thread {self._name} was closed")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        future: Future[T] = Future()
        self._waiting.put((future, work))
        return future

    def _run(self) -> None:
        while task := self._waiting.get():
            future, work = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001  it belongs to whoever waits for the result
                future.set_exception(error)
            del task, future, work  # nothing of it lives on while the thread waits


def _log_bug(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("work on the disk failed", exc_info=error)
