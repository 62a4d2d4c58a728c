"""What a signed link of a notification opens: one stretch of one camera's footage, and nothing else.

The page works without a script and without a token: it brings its own style, which the policy names by its hash.
"""

import asyncio
import base64
import hashlib
import html
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from exporters.notify.links import Grant
from exporters.web import media
from exporters.web.errors import RequestError, shown
from exporters.web.pages import FOLDER
from exporters.web.parameters import only
from exporters.web.sources import Sources, sources_of
from nvr.model import Segment, isoformat

LOADED_AT_ONCE = 4
"""A day has hundreds of files: the others are fetched when they are played."""

HINT = "the link has expired, or was cut off: take the newest one, or open the recorder itself"


async def watch(request: Request) -> Response:
    """The page."""
    only(request.query_params, "camera", "from", "to", "expires", "signature")
    sources = sources_of(request)
    grant = await _granted(request, sources)
    segments = await asyncio.to_thread(sources.store.segments, grant.camera, grant.start, grant.end)
    text = _page(grant, segments, request.url.query, sources)
    style = text[text.index("<style>") + len("<style>") : text.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; media-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(text, headers=headers)


async def footage(request: Request) -> Response:
    """One file of it, with byte ranges."""
    only(request.query_params, "camera", "from", "to", "expires", "signature")
    sources = sources_of(request)
    grant, name = await _granted(request, sources), request.path_params["segment"]
    found = await asyncio.to_thread(sources.store.segments, grant.camera, grant.start, grant.end)
    if name not in (segment.id for segment in found):
        raise RequestError(404, f"this link does not open {shown(name)}", hint=HINT)
    return await media.served(request, name)


async def _granted(request: Request, sources: Sources) -> Grant:
    grant = None
    if sources.links:
        await asyncio.to_thread(sources.links.refresh)
        grant = sources.links.granted(request.query_params, sources.now())
    if grant is None:
        raise RequestError(403, "this link opens nothing", hint=HINT)
    return grant


def _page(grant: Grant, segments: list[Segment], query: str, sources: Sources) -> str:
    zone = sources.timezone
    videos = "\n".join(
        _video(segment, html.escape(query), zone, "metadata" if number < LOADED_AT_ONCE else "none")
        for number, segment in enumerate(segments)
    )
    nothing = "<p>There is no footage of this time: it was not recorded, or has been deleted.</p>"
    values = {
        "CAMERA": html.escape(grant.camera),
        "SITE": html.escape(sources.site),
        "FROM": f"{grant.start.astimezone(zone):%a %d %b %Y %H:%M:%S}",
        "TO": f"{grant.end.astimezone(zone):%H:%M:%S %Z}",
        "PLAY": html.escape(f"play?camera={grant.camera}&t={isoformat(grant.start)}"),
        "VIDEOS": videos or nothing,
    }
    text = (FOLDER / "watch.html").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _video(segment: Segment, query: str, zone: ZoneInfo, preload: str) -> str:
    times = f"{segment.start.astimezone(zone):%H:%M:%S} to {segment.end.astimezone(zone):%H:%M:%S}"
    source = f"watch/{segment.id}.mp4?{query}"
    return (
        f'<figure><video controls preload="{preload}" src="{source}"></video><figcaption>{times}</figcaption></figure>'
    )
