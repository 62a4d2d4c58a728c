"""One address for the page, the dashboards' files, the recorder and Prometheus, as a reverse proxy has it."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.grafana.dashboards import FOLDER

HERE = Path(__file__).parent
KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@contextlib.contextmanager
def serving(upstreams: Mapping[str, str], bundle: Path | None = None) -> Iterator[str]:
    """`upstreams` has the address behind each prefix, `bundle` what /scenes/ is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, body: bytes) -> None:
            for prefix, upstream in upstreams.items():
                if self.path.startswith(prefix):
                    address = f"{upstream}/{self.path.removeprefix(prefix)}"
                    answer = httpx.request(
                        self.command, address, content=body, timeout=30, trust_env=False, follow_redirects=True
                    )
                    return self._send(answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
            file = _file(self.path.partition("?")[0], bundle)
            if not file.is_file():
                return self._send(404, "text/plain", b"")
            return self._send(200, KINDS[file.suffix], file.read_bytes())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def _file(path: str, bundle: Path | None) -> Path:
    if bundle and path.startswith("/scenes/"):
        return bundle / (path.removeprefix("/scenes/") or "index.html")
    if path.startswith("/dashboards/"):
        return FOLDER / Path(path).name
    return HERE / (Path(path).name if path.startswith("/pictures/") else "page.html")
