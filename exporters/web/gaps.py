"""Missing footage and its causes, newest first, page by page. Answered by the store, so also without the database."""

import asyncio
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.cameras import time_json
from exporters.web.cursor import Cursor
from exporters.web.events import DEFAULT_LIMIT, DEFAULT_SPAN, LONGEST_SPAN, MOST
from exporters.web.health import FRESH
from exporters.web.parameters import only, optional_camera, parse_number, parse_span
from exporters.web.sources import sources_of
from nvr.model import Gap, isoformat


async def gaps(request: Request) -> Response:
    query = request.query_params
    only(query, "camera", "from", "to", "limit", "next")
    sources = sources_of(request)
    camera = optional_camera(request, sources)
    limit = parse_number(query, "limit", DEFAULT_LIMIT, 1, MOST)
    span = parse_span(query, sources, default=DEFAULT_SPAN, longest=LONGEST_SPAN)
    cursor = Cursor.decode(query["next"]) if "next" in query else Cursor(span.end)
    end = min(cursor.end, span.end)
    found = await asyncio.to_thread(sources.store.gaps, camera, span.start, end) if span.start < end else []
    newest_first = sorted(found, key=lambda gap: (-gap.start.timestamp(), gap.camera))[cursor.skip :]
    page = newest_first[:limit]
    more = cursor.after([gap.start for gap in page]).encode() if len(newest_first) > limit else None
    now = sources.now()
    return JSONResponse({"gaps": [gap_json(gap, now) for gap in page], "next": more}, headers=FRESH)


def gap_json(gap: Gap, now: datetime) -> dict[str, Any]:
    return {
        "id": gap.id,
        "camera": gap.camera,
        "start": isoformat(gap.start),
        "end": time_json(gap.end),
        "duration_seconds": round(((gap.end or now) - gap.start).total_seconds(), 3),
        "cause": gap.cause.value,
    }
