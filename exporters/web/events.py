"""Motion events, newest first, page by page."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.cameras import time_json
from exporters.web.cursor import Cursor
from exporters.web.health import FRESH
from exporters.web.parameters import only, optional_camera, parse_number, parse_span
from exporters.web.sources import sources_of
from nvr.model import MotionEvent, isoformat

DEFAULT_SPAN, LONGEST_SPAN = timedelta(days=1), timedelta(days=3660)
DEFAULT_LIMIT, MOST = 100, 1000


async def events(request: Request) -> Response:
    query = request.query_params
    only(query, "camera", "from", "to", "limit", "next")
    sources = sources_of(request)
    camera = optional_camera(request, sources)
    limit = parse_number(query, "limit", DEFAULT_LIMIT, 1, MOST)
    span = parse_span(query, sources, default=DEFAULT_SPAN, longest=LONGEST_SPAN)
    cursor = Cursor.decode(query["next"]) if "next" in query else Cursor(span.end)
    end = min(cursor.end, span.end)
    found = []
    if span.start < end:
        found = await sources.past.motion_events(camera, span.start, end, limit=limit + 1, offset=cursor.skip)
    page = found[:limit]
    more = cursor.after([event.start for event in page]).encode() if len(found) > limit else None
    return JSONResponse({"events": [event_json(event) for event in page], "next": more}, headers=FRESH)


def event_json(event: MotionEvent) -> dict[str, Any]:
    query = urlencode({"camera": event.camera, "t": isoformat(event.start)})
    return {
        "id": str(event.id),
        "camera": event.camera,
        "start": isoformat(event.start),
        "end": time_json(event.end),
        "peak": round(event.peak, 6),
        "box": [round(fraction, 6) for fraction in event.box],
        "zones": list(event.zones),
        "footage_start": isoformat(event.footage_start),
        "footage_end": time_json(event.footage_end),
        "snapshot_url": f"/snapshot.jpg?{query}",
        "play_url": f"/play?{query}",
    }
