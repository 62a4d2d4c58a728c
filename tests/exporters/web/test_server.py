"""The server among others: it starts and ends when told, refuses to be exposed, and drops who never finishes asking."""

import asyncio
import contextlib
import signal
import socket
import time

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exporters.web.connection import DeadlineProtocol
from exporters.web.server import listen, serve
from nvr.errors import EnvironmentNotReady
from tests.exporters.web.serving import serving


class HastyProtocol(DeadlineProtocol):
    request_seconds = 1.0
    read_seconds = 0.5
    most_connections = 65


async def echo(request: Request) -> JSONResponse:
    return JSONResponse({"size": len(await request.body())})


async def large(_: Request) -> Response:
    return Response(bytes(8_000_000))


APP = Starlette(routes=[Route("/", echo, methods=["GET", "POST"]), Route("/large", large)])


def test_it_reports_its_port_and_ends_when_told() -> None:
    with serving(APP) as port:
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).json() == {"size": 0}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)


def test_it_ends_when_cancelled_and_leaves_the_signals_alone() -> None:
    async def run() -> None:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(serve(APP, "127.0.0.1", 0, listening=port.set_result))
        await port
        assert signal.getsignal(signal.SIGTERM) is before
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    before = signal.getsignal(signal.SIGTERM)
    asyncio.run(run())


def test_a_taken_port_is_a_clear_error() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(EnvironmentNotReady, match="another recorder"):
        listen("127.0.0.1", listener.getsockname()[1])


def test_an_address_of_another_host_is_a_clear_error() -> None:
    with pytest.raises(EnvironmentNotReady, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0)
    with pytest.raises(EnvironmentNotReady, match="an address of this host"):
        listen("nowhere.invalid", 0)


def is_closed(connection: socket.socket, within: float) -> bool:
    """Whether the other side closes within so many seconds of silence; what it says before does not matter."""
    connection.settimeout(within)
    try:
        while connection.recv(4096):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


HALF_SENT = [
    b"",
    b"GET / HT",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
]


@pytest.mark.parametrize("sent", HALF_SENT)
def test_a_half_sent_request_is_closed(sent: bytes) -> None:
    with serving(APP, HastyProtocol) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(sent)
        assert is_closed(connection, 3)


def test_dripping_bytes_does_not_move_the_deadline() -> None:
    with serving(APP, HastyProtocol) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            try:
                connection.sendall(b"X: y\r\n")
            except ConnectionError:
                break
            time.sleep(0.1)
        assert time.monotonic() < deadline


def test_a_second_request_that_is_half_sent_is_closed_too() -> None:
    with serving(APP, HastyProtocol) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        whole = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.sendall(whole + b"GET / HTTP/1.1\r\nX: ")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        assert is_closed(connection, 3)


def test_sixty_slow_clients_do_not_keep_another_waiting() -> None:
    with serving(APP, HastyProtocol) as port, contextlib.ExitStack() as open_connections:
        slow = [open_connections.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(60)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 200
        assert time.monotonic() - began < 1
        assert all(is_closed(connection, 3) for connection in slow)


def test_an_answer_may_take_longer_than_a_question() -> None:
    async def slow(_: Request) -> JSONResponse:
        await asyncio.sleep(1.5)
        return JSONResponse({})

    with serving(Starlette(routes=[Route("/", slow)]), HastyProtocol) as port:
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 200


def test_headers_without_end_are_refused() -> None:
    with serving(APP) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000)
        assert is_closed(connection, 3)


def test_nobody_keeps_a_connection_for_more_than_ten_seconds_without_asking_or_reading() -> None:
    assert DeadlineProtocol.request_seconds == 10
    assert DeadlineProtocol.read_seconds == 5


def slow_reader(port: int) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.connect(("127.0.0.1", port))
    connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection


def is_reset(connection: socket.socket) -> bool:
    """Whether the other side has given up; reading would be a sign of life."""
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


def test_who_does_not_take_the_answer_is_dropped() -> None:
    with serving(APP, HastyProtocol) as port, slow_reader(port) as connection:
        deadline = time.monotonic() + 10
        while not is_reset(connection):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_who_takes_the_answer_slowly_but_steadily_gets_all_of_it() -> None:
    with serving(APP, HastyProtocol) as port, slow_reader(port) as connection:
        received, began = 0, time.monotonic()
        while received < 8_000_000:
            part = connection.recv(65536)
            assert part, "it was dropped"
            received += len(part)
            if time.monotonic() - began < 2:
                time.sleep(0.02)


def test_a_flood_of_connections_drops_the_oldest_and_serves_the_newest() -> None:
    with serving(APP, HastyProtocol) as port, contextlib.ExitStack() as opened:
        flood = [opened.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(65)]
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 200
        assert is_closed(flood[0], 0.5)
        assert not is_closed(flood[-1], 0.05)
