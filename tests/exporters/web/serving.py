"""The application behind a real uvicorn on a free port of the loopback, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import httpx
from starlette.types import ASGIApp

from exporters.web.app import create_app
from exporters.web.connection import DeadlineProtocol
from exporters.web.server import serve
from exporters.web.sources import Sources


@contextmanager
def serving(app: ASGIApp, protocol: type[DeadlineProtocol] = DeadlineProtocol) -> Iterator[int]:
    """Serves while the block runs; yields the port."""
    port: SimpleQueue[int] = SimpleQueue()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    task = serve(app, "127.0.0.1", 0, stop=stop, listening=port.put, protocol=protocol)
    thread = threading.Thread(target=lambda: loop.run_until_complete(task))
    thread.start()
    try:
        yield port.get(timeout=10)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@contextmanager
def client_of(sources: Sources, **options: dict[str, str]) -> Iterator[httpx.Client]:
    with (
        serving(create_app(sources)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30, **options) as client,  # type: ignore[arg-type]
    ):
        yield client
