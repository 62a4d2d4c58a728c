"""Motion events, newest first, page by page."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.cameras import time_json
from exporters.web.health import FRESH
from exporters.web.paging import parse_paging
from exporters.web.parameters import only
from exporters.web.sources import sources_of
from nvr.model import MotionEvent, isoformat


async def events(request: Request) -> Response:
    only(request.query_params, "camera", "from", "to", "limit", "next")
    sources = sources_of(request)
    wanted = parse_paging(request, sources)
    found = []
    if not wanted.is_empty:
        found = await sources.past.motion_events(
            wanted.camera, wanted.start, wanted.end, limit=wanted.limit + 1, offset=wanted.cursor.skip
        )
    page = found[: wanted.limit]
    more = wanted.next_page([event.start for event in page], len(found))
    return JSONResponse(
        {"events": [event_json(event, sources.web.prefix) for event in page], "next": more}, headers=FRESH
    )


def event_json(event: MotionEvent, prefix: str) -> dict[str, Any]:
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
        "snapshot_url": f"{prefix}/snapshot.jpg?{query}",
        "play_url": f"{prefix}/play?{query}",
    }
