"""A picture of a camera, now or at any time of which there is footage."""

import asyncio
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from exporters.web.containment import contained_file
from exporters.web.errors import RequestError
from exporters.web.parameters import only, parse_flag, parse_number, parse_time, required_camera
from exporters.web.pictures import Pictures, Still
from exporters.web.placeholder import placeholder
from exporters.web.sources import Footage, Sources, sources_of
from nvr.errors import MediaError
from nvr.model import Gap, Segment, isoformat

NARROWEST, WIDEST = 16, 3840
LOOK_BACK = tuple(timedelta(minutes=minutes) for minutes in (10, 120, 2 * 1440, 31 * 1440))
"""How far back the latest picture is searched, each only where the one before found nothing."""
_INSTANT = timedelta(milliseconds=1)
EDGE = timedelta(seconds=0.3)
"""How far before the end of the newest footage a picture is surely written."""


async def snapshot(request: Request) -> Response:
    query = request.query_params
    only(query, "camera", "t", "width", "placeholder")
    sources = sources_of(request)
    camera = required_camera(request, sources)
    width = parse_number(query, "width", 0, NARROWEST, WIDEST) or None
    if not parse_flag(query, "placeholder", default=False):
        return await _taken(request, sources, camera, width)
    try:
        return await _taken(request, sources, camera, width)
    except (RequestError, MediaError) as error:
        if isinstance(error, RequestError) and error.status != 404:
            raise
        picture = await asyncio.to_thread(placeholder, width)
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=1"})


async def _taken(request: Request, sources: Sources, camera: str, width: int | None) -> Response:
    query = request.query_params
    if "t" in query:
        time = parse_time("t", query["t"], sources.timezone)
        segment = await find_at(sources, camera, time)
        picture = await take(request.app.state.pictures, sources.store, segment, time, width)
        sources.viewed(segment, "picture")
    else:
        segment, picture = await take_latest(request.app.state.pictures, sources, camera, width=width)
        time = segment.end - EDGE
    lasting = "t" in query and segment.complete
    headers = {
        "Cache-Control": f"private, max-age={3600 if lasting else 1}",
        "X-Snapshot-Time": isoformat(max(time, segment.start)),
    }
    return Response(picture, media_type="image/jpeg", headers=headers)


async def take(pictures: Pictures, store: Footage, segment: Segment, time: datetime, width: int | None = None) -> bytes:
    offset = max(0.0, (time - segment.start).total_seconds())
    narrowed = min(width, segment.width) if width and segment.width else width
    try:
        file = await asyncio.to_thread(contained_file, store, segment)
    except FileNotFoundError as error:
        raise RequestError(404, "the footage of this moment is not there", hint="it may have been deleted") from error
    return await pictures.take(Still(segment.id, int(offset * 10), narrowed), file)


async def take_latest(
    pictures: Pictures, sources: Sources, camera: str, *, until: datetime | None = None, width: int | None = None
) -> tuple[Segment, bytes]:
    """The last picture before `until`. A segment that has just begun holds none yet, so the one before it may serve."""
    newest = await find_latest(sources, camera, until)
    try:
        return newest, await take(pictures, sources.store, newest, newest.end - EDGE, width)
    except MediaError:
        before = await find_latest(sources, camera, newest.start)
        return before, await take(pictures, sources.store, before, before.end - EDGE, width)


async def find_at(sources: Sources, camera: str, time: datetime) -> Segment:
    found = await asyncio.to_thread(sources.store.segments, camera, time, time + _INSTANT)
    if found:
        return found[-1]
    gaps = await asyncio.to_thread(sources.store.gaps, camera, time, time + _INSTANT)
    deleted = await asyncio.to_thread(sources.store.deleted, camera, time, time + _INSTANT)
    hint = f"it was deleted ({deleted[-1].policy})" if deleted else why(gaps, time, sources.now())
    raise RequestError(404, f"there is no footage of {camera} at {isoformat(time)}", hint=hint)


def why(gaps: list[Gap], time: datetime, now: datetime) -> str:
    if time > now:
        return "that is in the future"
    if gaps:
        end = f"to {isoformat(gaps[-1].end)}" if gaps[-1].end else "and still lasts"
        return f"a gap ({gaps[-1].cause.value}) is recorded from {isoformat(gaps[-1].start)} {end}"
    return "it was not recorded, or was deleted to make room"


async def find_latest(sources: Sources, camera: str, until: datetime | None = None) -> Segment:
    """The last segment that began before `until`; without it the very last, also where the clock went back a little."""
    end = until or sources.now() + LOOK_BACK[0]
    for back in LOOK_BACK:
        found = await asyncio.to_thread(sources.store.segments, camera, end - back, end)
        if found:
            return found[-1]
    raise RequestError(404, f"there is no footage of {camera} yet", hint="GET /api/cameras says how the camera is")
