"""One thread that does what it is given, in order, and that a process may end without.

`ThreadPoolExecutor` joins its threads when the process ends: a disk that hangs, or a server that no longer answers,
would hold up the exit.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar
from weakref import WeakSet

P = ParamSpec("P")
T = TypeVar("T")

_all: "WeakSet[OneThread]" = WeakSet()


class OneThread(Executor):
    """An executor for `run_in_executor`. Its thread starts with the first call; nothing is to follow `shutdown`."""

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self.name = name
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._is_shut = self.is_at_work = False
        _all.add(self)

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._is_shut:
            raise RuntimeError(f"the thread {self.name} was closed")
        future: Future[T] = Future()
        self._calls.put((future, partial(function, *args, **kwargs)))
        if self._thread.ident is None:
            self._thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the thread end after the calls that were made; waiting for it and cancelling them are not offered."""
        assert not wait
        assert not cancel_futures
        self._is_shut = True
        self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            self.is_at_work = True
            _run(*call)
            self.is_at_work = False
            del call  # nothing of it lives on while the thread waits


def at_work() -> list[str]:
    """The names of those that are doing something, or may hang in it."""
    return sorted(thread.name for thread in _all if thread.is_at_work)


def _run(future: Future[Any], function: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = function()
    except BaseException as error:  # noqa: BLE001  Not ours to judge: it is raised where the result is awaited.
        future.set_exception(error)
    else:
        future.set_result(result)
