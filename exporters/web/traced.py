"""Follows each request as a trace, or as a part of the caller's, where tracing is on."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exporters.tracing.span import Context, Span
from exporters.web.wrapping import METHODS, OTHER
from nvr.clock import utc_now
from nvr.trace import within

QUIET = frozenset({"/metrics", "/healthz", "/readyz"})
"""Asked every few seconds by machines: traced only where their caller traces."""

_TRACEPARENT = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})", re.ASCII)


def caller_of(header: str | None) -> tuple[Context | None, bool]:
    """Who calls, by the W3C's `traceparent`, and whether it wants this traced."""
    found = _TRACEPARENT.fullmatch(header or "")
    if not found or not int(found["trace"], 16) or not int(found["span"], 16):
        return None, True
    return Context(found["trace"], found["span"]), bool(int(found["flags"], 16) & 1)


class Traced:
    """Nothing of a request is told but its route's pattern, method and status: addresses hold secrets."""

    def __init__(
        self,
        app: ASGIApp,
        record: Callable[[Span], None],
        patterns: Mapping[object, str],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._app, self._record, self._patterns, self._now = app, record, patterns, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller, wanted = caller_of(Headers(scope=scope).get("traceparent"))
        if not wanted or (caller is None and scope["path"] in QUIET):
            await self._app(scope, receive, send)
            return
        context = Context.new(caller.trace if caller else "")
        start, status = self._now(), 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with within(context.trace):
                await self._app(scope, receive, send_noted)
        except Exception:
            status = status or 500  # It is answered outside of us.
            raise
        finally:
            self._record(self._span(scope, context, caller, start, status))

    def _span(self, scope: Scope, context: Context, caller: Context | None, start: datetime, status: int) -> Span:
        route = self._patterns.get(scope.get("endpoint"), OTHER)
        method = scope["method"] if scope["method"] in METHODS else OTHER
        about = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        error = "" if 0 < status < 500 else "it was not answered" if not status else f"status {status}"
        parent = caller.span if caller else ""
        return Span(f"{method} {route}", context, start, self._now(), parent, about, error, kind="server")
