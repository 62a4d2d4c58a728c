"""What a kiosk's signed link opens: some cameras as they are now, and nothing else. For a display on a wall."""

import asyncio
import html

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from exporters.notify.links import KioskGrant
from exporters.web.errors import RequestError, shown
from exporters.web.pages import FOLDER
from exporters.web.parameters import known_camera, only
from exporters.web.snapshot import EDGE, take_latest
from exporters.web.sources import Sources, sources_of
from exporters.web.watch import HINT
from nvr.model import isoformat

WIDTH = 1280
UNSHARED = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""The address is the key: it must not get into a cache or into a referrer."""


async def kiosk(request: Request) -> Response:
    """The page. Its script asks for the pictures with the query that it was opened with."""
    only(request.query_params, "cameras", "expires", "signature")
    sources = sources_of(request)
    grant = await _granted(request, sources)
    figures = "\n".join(_figure(camera) for camera in grant.cameras)
    text = (FOLDER / "kiosk.html").read_text(encoding="utf-8")
    page = text.replace("{SITE}", html.escape(sources.site)).replace("{CAMERAS}", figures)
    return HTMLResponse(page.replace("{ZONE}", sources.timezone.key), headers=UNSHARED)


async def picture(request: Request) -> Response:
    """The latest picture of one of them; `X-Snapshot-Age` is how many seconds old it is."""
    only(request.query_params, "cameras", "expires", "signature")
    sources, camera = sources_of(request), request.path_params["camera"]
    grant = await _granted(request, sources)
    if camera not in grant.cameras:
        raise RequestError(404, f"this link does not show {shown(camera)}", hint=HINT)
    segment, content = await take_latest(
        request.app.state.pictures, sources, known_camera(camera, sources), width=WIDTH
    )
    time = max(segment.start, segment.end - EDGE)
    age = max(0.0, (sources.now() - time).total_seconds())
    headers = {"X-Snapshot-Time": isoformat(time), "X-Snapshot-Age": f"{age:.1f}"}
    return Response(content, media_type="image/jpeg", headers=UNSHARED | headers)


async def _granted(request: Request, sources: Sources) -> KioskGrant:
    grant = None
    if sources.links:
        await asyncio.to_thread(sources.links.refresh)
        grant = sources.links.kiosk_granted(request.query_params, sources.now())
    if grant is None:
        raise RequestError(403, "this link opens nothing", hint=HINT)
    return grant


def _figure(camera: str) -> str:
    """Camera names are plain, and so need no escaping."""
    return f'<figure data-camera="{camera}"><img alt="" hidden><p></p><figcaption>{camera}</figcaption></figure>'
