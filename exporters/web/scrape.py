"""The scrape: Prometheus' text format, or OpenMetrics for who accepts it."""

from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

from exporters.web.parameters import only
from exporters.web.sources import sources_of


async def metrics(request: Request) -> Response:
    """Runs in the event loop, where the sampled state lives: collecting reads memory only."""
    only(request.query_params)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    headers = {"Content-Type": content_type, "Cache-Control": "no-store"}
    return Response(encode(sources_of(request).registry), headers=headers)
