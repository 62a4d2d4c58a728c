"""One camera's stretch of time: its segments with where to fetch them, why others are not there, its motion."""

import asyncio
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.events import event_json
from exporters.web.gaps import gap_json
from exporters.web.health import FRESH
from exporters.web.parameters import Span, only, parse_span, required_camera
from exporters.web.sources import Sources, sources_of
from nvr.errors import DatabaseError
from nvr.housekeeping import DeletedFootage
from nvr.model import MotionEvent, Segment, isoformat

DEFAULT_SPAN, LONGEST_SPAN = timedelta(hours=24), timedelta(days=8)
MOST_EVENTS = 5000


async def timeline(request: Request) -> Response:
    only(request.query_params, "camera", "from", "to")
    sources = sources_of(request)
    camera = required_camera(request, sources)
    span = parse_span(request.query_params, sources, default=DEFAULT_SPAN, longest=LONGEST_SPAN)
    segments = await asyncio.to_thread(sources.store.segments, camera, span.start, span.end)
    gaps = await asyncio.to_thread(sources.store.gaps, camera, span.start, span.end)
    deleted = await asyncio.to_thread(sources.store.deleted, camera, span.start, span.end)
    events, note = await _events(sources, camera, span)
    now, prefix = sources.now(), sources.web.prefix
    content = {
        "camera": camera,
        "from": isoformat(span.start),
        "to": isoformat(span.end),
        "segments": [segment_json(segment, prefix) for segment in segments],
        "gaps": [gap_json(gap, now) for gap in gaps],
        "deleted": [deleted_json(stretch) for stretch in deleted],
        "events": [event_json(event, prefix) for event in reversed(events)],
        "note": note,
    }
    return JSONResponse(content, headers=FRESH)


async def _events(sources: Sources, camera: str, span: Span) -> tuple[list[MotionEvent], str | None]:
    """Newest first. Footage plays without the database, so its absence is a note and not an error."""
    try:
        found = await sources.past.motion_events(camera, span.start, span.end, limit=MOST_EVENTS)
    except DatabaseError:
        return [], "motion events are missing here: the database does not answer"
    return found, f"only the last {MOST_EVENTS} motion events are here" if len(found) == MOST_EVENTS else None


def deleted_json(stretch: DeletedFootage) -> dict[str, Any]:
    return {"start": isoformat(stretch.start), "end": isoformat(stretch.end), "policy": stretch.policy}


def segment_json(segment: Segment, prefix: str) -> dict[str, Any]:
    return {
        "id": segment.id,
        "start": isoformat(segment.start),
        "end": isoformat(segment.end),
        "duration_seconds": round(segment.duration_seconds, 3),
        "size_bytes": segment.size_bytes,
        "codec": segment.codec,
        "width": segment.width,
        "height": segment.height,
        "complete": segment.complete,
        "clock_step_seconds": round(segment.clock_step_seconds, 3),
        "clock_offset_seconds": round(segment.clock_offset_seconds, 3),
        "url": f"{prefix}/media/segments/{segment.id}.mp4",
    }
