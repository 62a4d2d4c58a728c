"""The end of a process whose threads may wait for a disk that hangs: they get a moment, and are left behind.

asyncio joins the threads of its pool when it ends, and Python does so once more: for as long as the disk hangs. Nobody
joins a `OneThread`; but where one hangs in the embedded ClickHouse, the engine's own end of the process waits for it.
"""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from nvr.one_thread import at_work

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""How long what goes on in threads may take at the end."""

_THREADS = "aside"


@contextlib.asynccontextmanager
async def prompt_departure(patience_seconds: float = PATIENCE_SECONDS) -> AsyncIterator[None]:
    """What asyncio does in threads meanwhile holds up the process no longer than this: it ends without them."""
    pool = ThreadPoolExecutor(thread_name_prefix=_THREADS)
    asyncio.get_running_loop().set_default_executor(pool)
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        pool.shutdown(wait=False)
        if hanging := await _hanging(patience_seconds):
            _leave(error, hanging)


async def _hanging(patience_seconds: float) -> list[str]:
    """The names of the threads that are still at work after all patience; the event loop goes on meanwhile."""
    deadline = time.monotonic() + patience_seconds
    while names := at_work() + _pooled():
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.02)
    return names


def _pooled() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(_THREADS)]


def _leave(error: BaseException | None, hanging: Sequence[str]) -> None:
    """By code 1 where there was an error, which nobody else comes to tell."""
    if error is not None:
        log.critical("the recorder ends: %s", error, exc_info=error)
    log.error("the process ends without what waits for a disk that hangs: %s", ", ".join(hanging))
    os._exit(1 if error else 0)
