"""The beat: at which whatever has come meanwhile is fetched, of one camera after another.

One picture at a time is dear, however few there are: the program and the scenes it looks at have left the processor's
caches by the time the next one comes, and each waking costs besides. Pictures that came a moment apart are therefore
fetched and judged in a row. One camera alone has nobody to wait for: its pictures are fetched as they come.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

BEAT_SECONDS = 0.1
"""How long a picture may wait. A pipe holds four pictures: a camera of 30 a second fills most of one meanwhile."""

HURRY_SECONDS = 0.005
"""How soon the next beat comes where a pipe was nearly full: a child that waits to go on writing does not wait long."""


class Listener(Protocol):
    """Someone who reads from the descriptor `end`, which must not block."""

    @property
    def end(self) -> int: ...

    @property
    def is_awaited(self) -> bool:
        """Whether it matters now when something comes: it is fetched at once then, though handed on at the beat."""

    def fetch(self) -> bool:
        """Read what is there; returns whether more is to come than can wait for the next beat. Called again after the
        end, it takes `end` from the loop."""

    def hand_on(self) -> None:
        """Pass on what was fetched."""


class Beat:
    """Calls its listeners one after another, again and again while there are any. For use within one event loop."""

    def __init__(self, seconds: float = BEAT_SECONDS) -> None:
        self._seconds = seconds
        self._listeners: list[Listener] = []
        self._next: asyncio.TimerHandle | None = None
        self._at_once: dict[int, Callable[[], bool]] = {}
        """What is called as soon as something came, by descriptor."""

    @contextmanager
    def calling(self, listener: Listener) -> Iterator[None]:
        """While it lasts, the listener is called at every beat."""
        self._listeners.append(listener)
        self._arrange()
        try:
            yield
        finally:
            self._listeners.remove(listener)
            self._call_at_once(listener, None)
            self._arrange()

    @property
    def _are_several(self) -> bool:
        return len(self._listeners) > 1

    def _arrange(self) -> None:
        self._attend()
        if self._are_several and self._next is None:
            self._next = asyncio.get_running_loop().call_later(self._seconds, self._strike)
        elif not self._are_several and self._next is not None:
            self._next.cancel()
            self._next = None

    def _attend(self) -> None:
        for each in self._listeners:
            awaited = each.fetch if each.is_awaited else None
            self._call_at_once(each, awaited if self._are_several else self._call)

    def _call_at_once(self, listener: Listener, call: Callable[[], bool] | None) -> None:
        if self._at_once.get(listener.end) == call:
            return
        if call is None:
            del self._at_once[listener.end]
            asyncio.get_running_loop().remove_reader(listener.end)
        else:
            self._at_once[listener.end] = call
            asyncio.get_running_loop().add_reader(listener.end, call)

    def _strike(self) -> None:
        wait = self._seconds
        try:
            wait = HURRY_SECONDS if self._call() else wait
        finally:
            self._attend()
            if self._next is not None:
                self._next = asyncio.get_running_loop().call_later(wait, self._strike)

    def _call(self) -> bool:
        """All of them; returns whether anyone is in a hurry."""
        called = list(self._listeners)
        hurry = [each.fetch() for each in called]
        for each in called:
            each.hand_on()
        return any(hurry)
