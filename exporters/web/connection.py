"""One client's connection: dropped where its requests do not arrive, or its answers are not taken.

uvicorn alone keeps half-sent requests and unread answers for ever (60 of them were all open after 30 s), so each
connection has a deadline by which a request must have arrived whole, and a pace at which an answer must be taken.
"""

import asyncio
import fcntl
import socket
import struct
import termios
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
"""From a request's first byte, or from the connection, to its last."""
READ_SECONDS = 5.0
LEAST_READ_BYTES = 16 * 1024
"""So much of an answer must be taken in each such time; a picture of footage is larger than that."""
MOST_CONNECTIONS = 256
"""Beyond them whoever has been asking for the longest must go: a flood must not use up the recorder's files."""


class DeadlineProtocol(H11Protocol):
    """Closes a connection whose request is not whole by its deadline, or whose answer nobody takes.

    Dripping bytes does not move the deadline of a request.
    """

    request_seconds = REQUEST_SECONDS
    read_seconds = READ_SECONDS
    most_connections = MOST_CONNECTIONS

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None
        self._pace: asyncio.TimerHandle | None = None
        self._quiet_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # to be told of every byte that the client does not take
        self._quiet_since = self.loop.time()
        self._set_deadline()
        if len(self.connections) > self.most_connections:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._follow_request()

    def on_response_complete(self) -> None:
        """The next request may have arrived in part already."""
        super().on_response_complete()
        self._quiet_since = self.loop.time()
        if self.conn.trailing_data[0]:
            self._follow_request()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        self._clear_pace()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        self._clear_pace()
        super().connection_lost(exc)

    def _follow_request(self) -> None:
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._set_deadline()
        else:
            self._clear_deadline()

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.request_seconds, self._drop)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expect_reading(self) -> None:
        self._pace = self.loop.call_later(self.read_seconds, self._judge_pace, self._untaken_bytes())

    def _judge_pace(self, untaken_before: int) -> None:
        if untaken_before - self._untaken_bytes() < LEAST_READ_BYTES:
            self._drop()
        else:
            self._expect_reading()

    def _untaken_bytes(self) -> int:
        """Ours, and what the kernel has taken over from us: it does so in lumps, of megabytes at times."""
        (queued,) = struct.unpack("i", fcntl.ioctl(self._socket().fileno(), termios.TIOCOUTQ, bytes(4)))
        return self.transport.get_write_buffer_size() + int(queued)

    def _clear_pace(self) -> None:
        if self._pace is not None:
            self._pace.cancel()
            self._pace = None

    def _make_room(self) -> None:
        """Who has been asking nothing whole for the longest goes; where all others are being answered, it is this."""
        quiet = [each for each in self.connections if isinstance(each, DeadlineProtocol) and each._is_quiet()]
        min(quiet, key=lambda each: each._quiet_since)._drop()

    def _is_quiet(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _drop(self) -> None:
        """At once, and with what the kernel still holds for the client."""
        self._socket().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _socket(self) -> socket.socket:
        connection: socket.socket = self.transport.get_extra_info("socket")
        return connection
