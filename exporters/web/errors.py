"""Errors as answers: each becomes JSON `{"error", "hint"}` with the right status, and none tells a secret.

Only a browser that misses a page is shown one.
"""

import html
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from exporters.web.pages import FOLDER
from nvr.errors import DatabaseError, NvrError

SHOWN = 80
"""Characters of a refused value that an answer repeats."""


class RequestError(NvrError):
    """A request that cannot be answered as it was asked."""

    def __init__(self, status: int, message: str, *, hint: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status, self.headers = status, headers


def shown(value: str) -> str:
    """A value of the request, safe to repeat: short, and with nothing unprintable."""
    cut = value if len(value) <= SHOWN else value[:SHOWN] + "…"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cut)


def answer(status: int, error: str, hint: str = "", headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": error, "hint": hint}, status, dict(headers or {}) | {"Cache-Control": "no-store"})


async def refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    return answer(error.status, error.message, error.hint, error.headers)


async def database_away(_: Request, error: Exception) -> Response:
    assert isinstance(error, DatabaseError)
    return answer(
        503,
        "the database does not answer",
        "footage and gaps are there; events and heatmaps come back",
        {"Retry-After": "5"},
    )


async def failed(_: Request, error: Exception) -> Response:
    """What the volume or ffmpeg could not do. The message may name a path of the host, so it stays in the log."""
    assert isinstance(error, NvrError)
    return answer(503, "this cannot be read just now", "the recorder's log says why", {"Retry-After": "5"})


async def http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and "text/html" in request.headers.get("Accept", ""):
        return lost(request.scope["path"])
    if error.status_code == 404:
        return answer(404, f"there is nothing at {shown(request.url.path)}", "docs/reference/http.md lists all routes")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "GET")
        return answer(405, f"{shown(request.method)} is not possible here", f"use {allowed}", error.headers)
    return answer(error.status_code, error.detail, "", error.headers)


def lost(path: str) -> Response:
    """The page for a browser that asked for one that is not there. Its links climb, so that a proxy's prefix holds."""
    page = (FOLDER / "lost.html").read_text().replace("UP", "../" * (path.count("/") - 1))
    return HTMLResponse(page.replace("PATH", html.escape(shown(path))), 404, {"Cache-Control": "no-store"})


async def bug(request: Request, _: Exception) -> Response:
    """uvicorn logs the traceback and closes the connection, so no client may put its next request on it."""
    request.app.state.sources.telemetry.failed("web")
    hint = "its log has the traceback; please report it"
    headers = request.app.state.security_headers | {"Connection": "close"}  # this is outside of all middleware
    return answer(500, "the recorder made a mistake", hint, headers)
