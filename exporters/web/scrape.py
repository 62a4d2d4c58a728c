"""The scrape: Prometheus' text format, or OpenMetrics for who accepts it, which alone has exemplars."""

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from starlette.requests import Request
from starlette.responses import Response

from exporters.web.parameters import only
from exporters.web.sources import sources_of

TEXT, OPENMETRICS = "text/plain", "application/openmetrics-text"
CONTENT_TYPES = {TEXT: "text/plain; version=0.0.4; charset=utf-8", OPENMETRICS: openmetrics.CONTENT_TYPE_LATEST}


async def metrics(request: Request) -> Response:
    """Runs in the event loop, where the sampled state lives: collecting reads memory only."""
    only(request.query_params)
    form = preferred(request.headers.get("Accept", ""))
    headers = {"Content-Type": CONTENT_TYPES[form], "Cache-Control": "no-store", "Vary": "Accept"}
    return Response(written(sources_of(request).registry, form), headers=headers)


def written(registry: CollectorRegistry, form: str) -> bytes:
    """All of it in that form. Our names need no escaping: the library's usual one looks at each of their letters."""
    if form == OPENMETRICS:
        found: bytes = openmetrics.generate_latest(registry, escaping=openmetrics.ALLOWUTF8)  # type: ignore[no-untyped-call]
        return found
    return generate_latest(registry, escaping=openmetrics.ALLOWUTF8)


def preferred(accept: str) -> str:
    """Of the two forms that there are, whatever versions are asked for: the library trips over odd ones."""
    wishes = {name: quality for wish in accept.split(",") for name, quality in [_wish(wish)]}
    return OPENMETRICS if wishes.get(OPENMETRICS, 0.0) > 0 and wishes[OPENMETRICS] >= wishes.get(TEXT, 0.0) else TEXT


def _wish(text: str) -> tuple[str, float]:
    """A media type, and how much it is wanted, 1 where that is not said or makes no sense."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    found = [value for key, _, value in (each.partition("=") for each in parameters) if key == "q"]
    try:
        return name, float(found[0]) if found else 1.0
    except ValueError:
        return name, 1.0
