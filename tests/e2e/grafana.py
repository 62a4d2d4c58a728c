"""What of Grafana a proxy in front of it needs: who is signed in, who administers, and sessions that must be renewed.

No Grafana can be had where tests run. This one keeps to its HTTP API, and to what became of sessions in Grafana 10.4:
a session is renewed by `/user/auth-tokens/rotate`, and until then every request with it is 401.
"""

import threading
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

FRAME = """<!doctype html><title>a dashboard</title><h1>Dashboard</h1>
<img src="{picture}"><iframe src="{page}"></iframe><p id="seen"></p><script>setInterval(() => {{
  const inside = document.querySelector("iframe").contentDocument;
  document.getElementById("seen").textContent = `picture ${{document.querySelector("img").naturalWidth}} wide; `
    + (inside ? `in the frame: ${{inside.body.innerText}} video ` : "frame closed")
    + (inside?.querySelector("video")?.readyState ?? "");
}}, 100)</script>"""


class Handler(BaseHTTPRequestHandler):
    """Its sessions are the names of roles: `viewer`, `admin`, and `old`, which is a viewer's that must be renewed."""

    protocol_version = "HTTP/1.1"

    @property
    def session(self) -> str:
        found = SimpleCookie(self.headers.get("Cookie", "")).get("grafana_session")
        return found.value if found else ""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path:
            case "/api/user":
                self._answer(HTTPStatus.OK if self.session in ("viewer", "admin") else HTTPStatus.UNAUTHORIZED)
            case "/api/org/users":
                allowed = {"admin": HTTPStatus.OK, "viewer": HTTPStatus.FORBIDDEN}
                self._answer(allowed.get(self.session, HTTPStatus.UNAUTHORIZED))
            case "/user/auth-tokens/rotate" if self.session == "old":
                back = SimpleCookie(self.headers.get("Cookie", "")).get("redirect_to")
                self._answer(HTTPStatus.FOUND, Location=back.value if back else "/", **_session("viewer"))
            case "/user/auth-tokens/rotate":
                self._answer(HTTPStatus.FOUND, Location="/login")
            case "/sign-in":
                self._answer(HTTPStatus.FOUND, Location=query["then"], **_session("viewer"))
            case "/frame":
                self._answer(HTTPStatus.OK, FRAME.format(**query), **{"Content-Type": "text/html"})
            case _:
                self._answer(HTTPStatus.OK, f"Grafana has {self.headers.get('Authorization')}")

    def do_POST(self) -> None:
        is_old = self.path == "/api/user/auth-tokens/rotate" and self.session == "old"
        self._answer(HTTPStatus.OK, "{}", **_session("viewer")) if is_old else self._answer(HTTPStatus.UNAUTHORIZED)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: HTTPStatus, text: str = "", **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _session(role: str) -> dict[str, str]:
    return {"Set-Cookie": f"grafana_session={role}; Path=/; HttpOnly; SameSite=Lax"}


class Grafana:
    """On a free port of the loopback while the block runs."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.port = self._server.server_port

    def __enter__(self) -> "Grafana":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
