"""A ClickHouse server for tests: the real engine behind HTTP, as much of it as clickhouse-connect needs.

    python -m tests.exporters.clickhouse.chdb_server PORT DIRECTORY

It is a process of its own, so that a test can kill it, stop it, and start it again on the same port and data.
"""

import re
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import chdb

from exporters.clickhouse.client import EMBEDDED_LIMITS

_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*$")


class Engine:
    """One connection, one statement at a time: a session's `USE` must not come between another's two statements."""

    def __init__(self, directory: str) -> None:
        self._connection: Any = chdb.connect(f"{directory}?{urlencode(EMBEDDED_LIMITS)}")
        self._lock = threading.Lock()

    def answer(self, statement: bytes, database: str, values: dict[str, str]) -> bytes:
        found = _FORMAT.search(statement)
        form = found[1].decode() if found and b"JSONEachRow" not in found[1] else "TabSeparated"
        with self._lock:
            self._connection.query(f"USE `{database}`")
            return bytes(self._connection.query(statement.decode(), form, params=values).bytes())

    def close(self) -> None:
        with self._lock:
            self._connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        statement = b"\n".join(part for part in (asked.get("query", "").encode(), body) if part)
        values = {name[6:]: value for name, value in asked.items() if name.startswith("param_")}
        try:
            self._answer(200, self.engine.answer(statement, asked.get("database", "default"), values))
        except RuntimeError as error:
            self._answer(500, str(error).encode())

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status != 200 and (code := re.search(rb"Code: (\d+)", content)):
            self.send_header("X-ClickHouse-Exception-Code", code[1].decode())
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def main(port: int, directory: str) -> None:
    Handler.engine = Engine(directory)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print("ready", flush=True)
    server.serve_forever()
    Handler.engine.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
