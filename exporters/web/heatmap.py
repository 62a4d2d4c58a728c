"""Where things moved, as a picture: a day or any stretch, alone or over what the camera saw."""

import asyncio
import io
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from PIL import Image
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from exporters.web.errors import RequestError
from exporters.web.parameters import (
    Span,
    day_span,
    only,
    parse_choice,
    parse_date,
    parse_size,
    parse_span,
    required_camera,
)
from exporters.web.snapshot import take_latest
from exporters.web.sources import Sources, sources_of
from nvr.errors import NvrError
from nvr.model import isoformat
from processor.heatmap import ColourMap, Scale, blend, render

SMALLEST, WIDEST, HIGHEST = 16, 3840, 2160
DEFAULT_SIZE = "640x360"
LONGEST_SPAN = timedelta(days=366)


async def heatmap(request: Request) -> Response:
    query = request.query_params
    only(query, "camera", "date", "from", "to", "size", "overlay", "map", "scale")
    sources = sources_of(request)
    camera = required_camera(request, sources)
    span = asked_span(query, sources)
    size = parse_size(query.get("size", DEFAULT_SIZE), least=SMALLEST, widest=WIDEST, highest=HIGHEST)
    colours = ColourMap(parse_choice(query, "map", list(ColourMap), ColourMap.JET))
    scale = Scale(parse_choice(query, "scale", list(Scale), Scale.LOG))
    overlay = parse_choice(query, "overlay", ("0", "1"), "0") == "1"
    counts, any_data = await sources.past.heatmap(camera, span.start, span.end)
    if not any_data:
        said = f"nothing was counted for {camera} from {isoformat(span.start)} to {isoformat(span.end)}"
        raise RequestError(404, said, hint="nothing moved, or the camera was not analysed; try another day")
    beneath = await _seen(request, sources, camera, span.end) if overlay else None
    async with request.app.state.drawing:
        content = await asyncio.to_thread(_png, counts, beneath, size=size, colours=colours, scale=scale)
    return Response(content, media_type="image/png", headers={"Cache-Control": "private, max-age=60"})


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


def _png(
    counts: npt.NDArray[np.uint64], beneath: bytes | None, *, size: tuple[int, int], colours: ColourMap, scale: Scale
) -> bytes:
    if beneath is None:
        picture = render(counts, *size, colours=colours, scale=scale)
    else:
        with Image.open(io.BytesIO(beneath)) as seen:
            below = np.asarray(seen.convert("RGB").resize(size, Image.Resampling.BILINEAR))
        picture = blend(counts, below, colours=colours, scale=scale)
    output = io.BytesIO()
    Image.fromarray(picture).save(output, "PNG", compress_level=3)
    return output.getvalue()
