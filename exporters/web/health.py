"""Whether the process lives, and whether it records: the two routes that need no token."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.parameters import only
from exporters.web.sources import sources_of

FRESH = {"Cache-Control": "no-store"}


async def healthz(request: Request) -> Response:
    """It answers, so the event loop runs."""
    only(request.query_params)
    return JSONResponse({"status": "ok"}, headers=FRESH)


async def readyz(request: Request) -> Response:
    only(request.query_params)
    readiness = await sources_of(request).readiness()
    content = {"status": "ready" if readiness.ready else "not ready", "reasons": list(readiness.reasons)}
    return JSONResponse(content, 200 if readiness.ready else 503, headers=FRESH)
