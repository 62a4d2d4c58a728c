"""Requests as no honest client sends them: the bytes go out as they are written."""

import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where the connection was closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(port: int, target: bytes, *headers: bytes, host: bytes = b"localhost", method: bytes = b"GET") -> Answer:
    """One request on a connection of its own."""
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *headers, b"", b""]
    return send(port, b"\r\n".join(lines))


def send(port: int, request: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        received = b""
        try:
            connection.sendall(request)
            while part := connection.recv(1 << 16):
                received += part
        except ConnectionError:
            pass  # refused before it was read whole; what was said until then counts
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return Answer(int(first.split()[1]) if first else 0, headers, body)
