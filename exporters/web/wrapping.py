"""What is done around every request: it is measured, and its answer carries the security headers."""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exporters.web.sources import RequestTelemetry

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
OTHER = "other"


class Measured:
    """Observes each request under its route's pattern, so that the label stays bounded."""

    def __init__(self, app: ASGIApp, telemetry: RequestTelemetry, patterns: Mapping[object, str]) -> None:
        self._app, self._telemetry, self._patterns = app, telemetry, patterns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        try:
            await self._app(scope, receive, send)
        finally:
            route = self._patterns.get(scope.get("endpoint"), OTHER)
            method = scope["method"] if scope["method"] in METHODS else OTHER
            self._telemetry.request_served(route, method, time.monotonic() - began)


class Secured:
    """Nothing runs, loads or frames but what is ours; Grafana alone may frame our pages."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_secured)


def security_headers(grafana_url: str = "") -> dict[str, str]:
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Content-Security-Policy": content_policy(grafana_url),
    }


def content_policy(grafana_url: str) -> str:
    grafana = urlsplit(grafana_url)
    framer = f" {grafana.scheme}://{grafana.netloc}" if grafana.scheme in ("http", "https") else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'{framer}"
    )
