"""The application: all routes in one table, and what is wrapped around them."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from exporters.web import (
    alerts,
    cameras,
    clickhouse,
    events,
    gaps,
    health,
    heatmap,
    kiosk,
    media,
    motion_settings,
    pages,
    protections,
    runbooks,
    scrape,
    snapshot,
    storage,
    timeline,
    watch,
)
from exporters.web.access import LOGIN, Access, check_exposure
from exporters.web.drawings import Drawings
from exporters.web.errors import RequestError, bug, database_away, failed, http_error, refused
from exporters.web.pictures import Pictures
from exporters.web.prefix import Prefixed, check_prefix
from exporters.web.sources import Sources
from exporters.web.traced import Traced
from exporters.web.wrapping import Measured, Secured, security_headers
from nvr.errors import DatabaseError, NvrError

Endpoint = Callable[[Request], Awaitable[Response]]

ROUTES: dict[str, Endpoint] = {
    "/": pages.start,
    "/play": pages.play,
    "/heatmap": pages.heatmap,
    "/alerts": pages.alerts,
    "/runbooks": runbooks.index,
    "/runbooks/{alert}": runbooks.runbook,
    "/watch": watch.watch,
    "/watch/{segment}.mp4": watch.footage,
    "/kiosk": kiosk.kiosk,
    "/kiosk/{camera}.jpg": kiosk.picture,
    "/heatmap.png": heatmap.heatmap,
    "/snapshot.jpg": snapshot.snapshot,
    "/media/segments/{segment}.mp4": media.segment,
    "/api/cameras": cameras.cameras,
    "/api/cameras/{camera}": cameras.camera,
    "/api/cameras/{camera}/motion-settings": motion_settings.motion_settings,
    "/api/events": events.events,
    "/api/gaps": gaps.gaps,
    "/api/alerts": alerts.alerts,
    "/api/timeline": timeline.timeline,
    "/api/protections": protections.protections,
    "/api/storage": storage.storage,
    "/api/storage/cleanup/status": storage.cleanup_status,
    "/api/storage/forecast": storage.forecast,
    "/metrics": scrape.metrics,
    "/healthz": health.healthz,
    "/readyz": health.readyz,
}
"""All answer GET and HEAD. Beside them there are /static and, where a token is set, /login."""

CHANGES: dict[tuple[str, str], Endpoint] = {
    ("POST", "/alerts/{receiver}"): alerts.receive,
    ("POST", "/api/alerts/{alert}/acknowledge"): alerts.acknowledge,
    ("PUT", "/api/cameras/{camera}/motion-settings"): motion_settings.change_motion_settings,
    ("POST", "/api/storage/cleanup/run"): storage.cleanup_run,
    ("POST", "/api/protections"): protections.protect,
    ("DELETE", "/api/protections/{protection}"): protections.unprotect,
}
"""What changes something, by method and path."""


QUESTIONS: dict[str, tuple[Endpoint, list[str]]] = {
    clickhouse.DOOR: (clickhouse.ask, ["GET", "POST"]),
    f"{clickhouse.DOOR}/": (clickhouse.ask, ["GET", "POST"]),
    f"{clickhouse.DOOR}/ping": (clickhouse.ping, ["GET"]),
}
"""ClickHouse's own HTTP interface, whose paths and methods are not ours to choose."""


def create_app(sources: Sources) -> Starlette:
    """Raises ConfigError where others than this machine could reach it without a token, or its path is one of ours."""
    check_exposure(sources.web)
    check_prefix(sources.web, [*ROUTES, *QUESTIONS, "/static", LOGIN])
    assets = pages.Assets()
    patterns: dict[object, str] = {endpoint: path for path, endpoint in ROUTES.items()} | {assets: "/static"}
    patterns |= {endpoint: path for (_, path), endpoint in CHANGES.items()}
    patterns |= {endpoint: path for path, (endpoint, _) in QUESTIONS.items()}
    app_headers = security_headers(sources.web.grafana_url)
    app = Starlette(
        routes=[
            *(Route(path, endpoint, methods=["GET"]) for path, endpoint in ROUTES.items()),
            *(Route(path, endpoint, methods=[method]) for (method, path), endpoint in CHANGES.items()),
            *(Route(path, endpoint, methods=methods) for path, (endpoint, methods) in QUESTIONS.items()),
            Mount("/static", assets),
        ],
        middleware=[
            Middleware(Secured, headers=app_headers),
            Middleware(Prefixed, prefix=sources.web.prefix),
            *([Middleware(Traced, record=sources.record, patterns=patterns)] if sources.record else []),
            Middleware(Measured, telemetry=sources.telemetry, patterns=patterns),
            Middleware(Access, web=sources.web),
        ],
        exception_handlers={
            RequestError: refused,
            DatabaseError: database_away,
            NvrError: failed,
            HTTPException: http_error,
            Exception: bug,
        },
    )
    app.router.redirect_slashes = False
    app.state.sources, app.state.security_headers = sources, app_headers
    app.state.pictures = Pictures()
    app.state.drawings = Drawings()
    return app
