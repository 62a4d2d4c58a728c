"""The path below which people reach us behind a proxy, as `web.external_url` has it.

What leaves carries it; what comes may or may not, since some proxies take it away and some do not.
"""

from collections.abc import Iterable

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from nvr.errors import ConfigError
from nvr.settings import WebSettings


def check_prefix(web: WebSettings, routes: Iterable[str], file: str = "nvr.yaml") -> None:
    """Raises ConfigError for one that begins like a route of ours: what is below it had two meanings."""
    first = web.prefix.split("/")[1] if web.prefix else ""
    if first and first in {route.split("/")[1] for route in routes}:
        hint = "choose another path: https://nvr.example/nvr"
        raise ConfigError(
            "has a path that the recorder itself uses", file=file, key="web.external_url", value=web.prefix, hint=hint
        )


class Prefixed:
    """Takes what is asked for below the prefix as if it were asked for without."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        app = self._app
        if self._prefix and path == self._prefix:
            query = scope["query_string"].decode("latin-1")
            app = RedirectResponse(f"{path.rpartition('/')[2]}/" + (f"?{query}" if query else ""), 307)
        elif self._prefix and path.startswith(f"{self._prefix}/"):
            scope = {**scope, "path": path.removeprefix(self._prefix)}
        await app(scope, receive, send)
