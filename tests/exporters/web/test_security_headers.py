"""What every answer tells a browser to keep to: no script but ours, no frame but Grafana's, nothing is guessed."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from exporters.notify.link_key import KEY_BYTES
from exporters.notify.links import Links
from exporters.web.app import CHANGES, QUESTIONS, ROUTES
from exporters.web.sources import Sources
from nvr.settings import WebSettings
from tests.exporters.web.conftest import FIRST, NOW, SECOND
from tests.exporters.web.serving import client_of

GRAFANA = "https://grafana.example:3000/graphs"
LINKS = Links(b"k" * KEY_BYTES, "")


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    """By directive; a header that came twice would be two policies, which this is not."""
    assert len(answer.headers.get_list("Content-Security-Policy")) == 1
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {part[0]: part[1:] for part in parts}


def check(answer: httpx.Response) -> None:
    policy = policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] in (["'none'"], ["'self'", "https://grafana.example:3000"])
    for sources in policy.values():
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:", "http:"} & set(sources)
    assert policy.get("script-src", ["'self'"]) == ["'self'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.fixture(params=[None, "secret"], ids=["open", "with a token"])
def client(request: pytest.FixtureRequest, sources: Sources) -> Iterator[httpx.Client]:
    web = WebSettings(grafana_url=GRAFANA, token=request.param, external_url="https://nvr.example/nvr")
    with client_of(replace(sources, web=web, links=LINKS)) as client:
        yield client


def paths() -> list[tuple[str, str]]:
    signed = [LINKS.watch("front-door", FIRST, SECOND, NOW), LINKS.kiosk(["front-door"], NOW)]
    fetched = [*ROUTES, *QUESTIONS, *(f"{route}?camera=front-door" for route in ROUTES), *signed]
    fetched += ["/static/play.js", "/static/style.css", "/static/nothing", "/login", "/nothing", "/nvr", "/nvr/play"]
    filled = {"camera": "front-door", "segment": "x", "receiver": "people", "alert": "x", "protection": "x"}
    return [("GET", path.format(**filled)) for path in fetched] + [
        (method, path.format(**filled)) for method, path in CHANGES
    ]


def test_every_answer_has_them(client: httpx.Client) -> None:
    for method, path in paths():
        for headers in ({}, {"Accept": "text/html"}, {"Authorization": "Bearer secret"}):
            check(client.request(method, path, headers=headers))


def test_a_mistake_of_ours_has_them_too(sources: Sources) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    web = WebSettings(grafana_url=GRAFANA)
    with client_of(replace(sources, web=web, readiness=broken)) as client:  # type: ignore[arg-type]
        answer = client.get("/readyz")
        assert answer.status_code == 500
        check(answer)


def test_without_a_grafana_only_our_own_origin_may_frame_our_pages(sources: Sources) -> None:
    with client_of(sources) as client:
        assert policy_of(client.get("/play"))["frame-ancestors"] == ["'self'"]
