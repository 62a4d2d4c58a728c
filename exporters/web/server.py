"""uvicorn as one task of many: it leaves the signals alone, ends when told, and drops who never finishes asking.

uvicorn alone keeps half-sent requests for ever (60 of them were all open after 30 s), so each connection has a deadline
by which a request must have arrived whole.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from nvr.errors import EnvironmentNotReady

REQUEST_SECONDS = 10.0
"""From a request's first byte, or from the connection, to its last."""
IDLE_SECONDS = 15
"""How long a connection is kept for a next request; Prometheus and pages come back sooner."""
SHUTDOWN_SECONDS = 2
MOST_HEADER_BYTES = 16 * 1024
BACKLOG = 128


class DeadlineProtocol(H11Protocol):
    """Closes a connection whose request is not whole by its deadline. Dripping bytes does not move it."""

    request_seconds = REQUEST_SECONDS

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._follow_request()

    def on_response_complete(self) -> None:
        """The next request may have arrived in part already."""
        super().on_response_complete()
        if self.conn.trailing_data[0]:
            self._follow_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        super().connection_lost(exc)

    def _follow_request(self) -> None:
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._set_deadline()
        else:
            self._clear_deadline()

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.request_seconds, self.transport.abort)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


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
