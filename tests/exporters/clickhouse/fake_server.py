"""A stand-in for a ClickHouse server, only to see what the HTTP path sends; it stores nothing and knows no SQL.

The machine that runs the tests has no server. What the engine does with a token is tested on the embedded one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Seen:
    """Each request's query parameters and body, and what to answer."""

    port: int = 0
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    refuse_with: str = ""
    hang: threading.Event | None = None
    """Where there is one, inserts and queries wait for it before they are answered."""


@contextmanager
def fake_server() -> Iterator[Seen]:
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parameters = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
            seen.requests.append((parameters, body))
            if seen.hang:
                seen.hang.wait(30)
            if seen.refuse_with:
                self._answer(500, seen.refuse_with.encode())
            else:
                self._answer(200, _answer(parameters.get("query", "") + body))

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(statement: str) -> bytes:
    if "version()" in statement:
        return b"26.9.2.1\tUTC\n"
    if "system.databases" in statement:
        return b"\x01\x01\x07count()\x06UInt64" + (0).to_bytes(8, "little")
    return b""
