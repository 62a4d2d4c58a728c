"""The beat: at which whatever has come meanwhile is fetched, of one camera after another.

One picture at a time is dear, however few there are: the program and the scenes it looks at have left the processor's
caches by the time the next one comes. Pictures that came a moment apart are therefore fetched and judged in a row.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BEAT_SECONDS = 0.1
"""How long a picture may wait. A pipe holds four pictures: a camera of 30 a second fills most of one meanwhile."""

HURRY_SECONDS = 0.005
"""How soon the next beat comes where a pipe was nearly full: a child that waits to go on writing does not wait long."""


class Beat:
    """Calls its listeners one after another, again and again while there are any. For use within one event loop.

    A listener returns whether there is more to come than can wait for the next beat.
    """

    def __init__(self, seconds: float = BEAT_SECONDS) -> None:
        self._seconds = seconds
        self._listeners: dict[Callable[[], bool], None] = {}
        self._next: asyncio.TimerHandle | None = None

    @contextmanager
    def calling(self, listener: Callable[[], bool]) -> Iterator[None]:
        """While it lasts, the listener is called at every beat."""
        self._listeners[listener] = None
        if self._next is None:
            self._wait(self._seconds)
        try:
            yield
        finally:
            del self._listeners[listener]
            if self._next and not self._listeners:
                self._next.cancel()
                self._next = None

    def _strike(self) -> None:
        wait = self._seconds
        try:
            hurry = [listener() for listener in list(self._listeners)]
            wait = HURRY_SECONDS if any(hurry) else wait
        finally:
            if self._listeners:
                self._wait(wait)

    def _wait(self, seconds: float) -> None:
        self._next = asyncio.get_running_loop().call_later(seconds, self._strike)
