"""The trace that is being worked on, if any: logs and measurements carry its id, so that one leads to the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ACTIVE: ContextVar[str] = ContextVar("active_trace", default="")


def active_trace() -> str:
    """Its id, 32 hexadecimal digits; empty where nothing is traced."""
    return _ACTIVE.get()


@contextmanager
def within(trace: str) -> Iterator[None]:
    """What is done inside belongs to that trace."""
    token = _ACTIVE.set(trace)
    try:
        yield
    finally:
        _ACTIVE.reset(token)
