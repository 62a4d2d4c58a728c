"""Where things moved, as a picture: a day or any stretch, alone or over what the camera saw."""

from datetime import datetime, timedelta

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from exporters.web.drawings import Drawing, Look
from exporters.web.errors import RequestError
from exporters.web.media import is_named
from exporters.web.parameters import (
    Span,
    day_span,
    only,
    parse_choice,
    parse_date,
    parse_flag,
    parse_size,
    parse_span,
    required_camera,
)
from exporters.web.snapshot import take_latest
from exporters.web.sources import Sources, sources_of
from nvr.errors import NvrError
from nvr.model import isoformat
from processor.heatmap import ColourMap, Scale

SMALLEST, WIDEST, HIGHEST = 16, 3840, 2160
DEFAULT_SIZE = "640x360"
LONGEST_SPAN = timedelta(days=366)
FRESH_SECONDS = 60


async def heatmap(request: Request) -> Response:
    query = request.query_params
    only(query, "camera", "date", "from", "to", "size", "overlay", "map", "scale", "legend", "placeholder")
    sources = sources_of(request)
    camera = required_camera(request, sources)
    span = asked_span(query, sources)
    look = asked_look(query)
    overlay, placeholder = (parse_flag(query, name, default=False) for name in ("overlay", "placeholder"))
    counts, any_data = await sources.past.heatmap(camera, span.start, span.end)
    if not any_data and not placeholder:
        said = f"nothing was counted for {camera} from {isoformat(span.start)} to {isoformat(span.end)}"
        raise RequestError(404, said, hint="nothing moved, or the camera was not analysed; try another day")
    beneath = await _seen(request, sources, camera, span.end) if overlay else None
    drawing = Drawing(counts, beneath, look)
    headers = {"Cache-Control": f"private, max-age={FRESH_SECONDS}", "ETag": drawing.etag}
    if is_named(drawing.etag, request.headers.get("If-None-Match", "")):
        return Response(status_code=304, headers=headers)
    return Response(await request.app.state.drawings.draw(drawing), media_type="image/png", headers=headers)


def asked_look(query: QueryParams) -> Look:
    return Look(
        size=parse_size(query.get("size", DEFAULT_SIZE), least=SMALLEST, widest=WIDEST, highest=HIGHEST),
        colours=ColourMap(parse_choice(query, "map", list(ColourMap), ColourMap.JET)),
        scale=Scale(parse_choice(query, "scale", list(Scale), Scale.LOG)),
        legend=parse_flag(query, "legend", default=True),
    )


def asked_span(query: QueryParams, sources: Sources) -> Span:
    """`date`, or `from` and `to`, or today in the configured timezone."""
    if "date" in query:
        if "from" in query or "to" in query:
            raise RequestError(400, "date stands beside from or to", hint="give either date, or from and to")
        return parse_date(query["date"], sources.timezone)
    if "from" in query or "to" in query:
        return parse_span(query, sources, default=timedelta(days=1), longest=LONGEST_SPAN)
    return day_span(sources.now().astimezone(sources.timezone).date(), sources.timezone)


async def _seen(request: Request, sources: Sources, camera: str, end: datetime) -> bytes | None:
    """A JPEG to lay the heatmap over: the last of the stretch, or else the latest; None where there is none."""
    for until in (end, None):
        try:
            _, picture = await take_latest(request.app.state.pictures, sources, camera, until=until)
            return picture
        except NvrError:
            continue
    return None
