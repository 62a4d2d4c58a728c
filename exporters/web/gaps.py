"""Missing footage and its causes, newest first, page by page. Answered by the store, so also without the database."""

import asyncio
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.cameras import time_json
from exporters.web.health import FRESH
from exporters.web.paging import parse_paging
from exporters.web.parameters import only
from exporters.web.sources import sources_of
from nvr.model import Gap, isoformat


async def gaps(request: Request) -> Response:
    only(request.query_params, "camera", "from", "to", "limit", "next")
    sources = sources_of(request)
    wanted = parse_paging(request, sources)
    found = []
    if not wanted.is_empty:
        found = await asyncio.to_thread(sources.store.gaps, wanted.camera, wanted.start, wanted.end)
    newest_first = sorted(found, key=lambda gap: (-gap.start.timestamp(), gap.camera))[wanted.cursor.skip :]
    page = newest_first[: wanted.limit]
    more = wanted.next_page([gap.start for gap in page], len(newest_first))
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
