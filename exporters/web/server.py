"""uvicorn as one task of many: it leaves the signals alone, and ends when told."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from exporters.web.connection import DeadlineProtocol
from nvr.errors import EnvironmentNotReady

IDLE_SECONDS = 15
"""How long a connection is kept for a next request; Prometheus and pages come back sooner."""
SHUTDOWN_SECONDS = 2
MOST_HEADER_BYTES = 16 * 1024
BACKLOG = 128


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process' signals belong to its supervisor."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one, which `getsockname` tells. Raises EnvironmentNotReady."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise EnvironmentNotReady(f"cannot listen on {host}", hint="is web.listen an address of this host?") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        hint = "is another recorder running? choose another port in web.listen"
        raise EnvironmentNotReady(f"cannot listen on {host}:{port}, {error.strerror}", hint=hint) from error
    listener.setblocking(False)
    return listener


async def serve(
    app: ASGIApp,
    host: str,
    port: int,
    *,
    stop: asyncio.Event | None = None,
    listening: Callable[[int], None] | None = None,
    protocol: type[DeadlineProtocol] = DeadlineProtocol,
) -> None:
    """Serve until `stop` is set or the task is cancelled; `listening` is told the port once requests are accepted."""
    listener = listen(host, port)
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        backlog=BACKLOG,
    )
    bound: int = listener.getsockname()[1]
    server = Server(config, lambda: listening(bound) if listening else None)
    with listener:
        running = asyncio.create_task(server.serve([listener]))
        try:
            await _until(stop, running)
        finally:
            server.should_exit = True
            await running


async def _until(stop: asyncio.Event | None, running: asyncio.Task[None]) -> None:
    if stop is None:
        await asyncio.shield(running)
        return
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((stopped, running), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
