"""A signed link opens its stretch of footage without a token, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx
import pytest

from exporters.notify.link_key import KEY_BYTES
from exporters.notify.links import LIFETIME, Links
from exporters.web.sources import Sources
from nvr.settings import WebSettings
from tests.exporters.web.conftest import FIRST, NOW, SECOND
from tests.exporters.web.serving import client_of

LINKS = Links(b"k" * KEY_BYTES, "")
SECONDS = timedelta(seconds=1)


@pytest.fixture
def client(sources: Sources) -> Iterator[httpx.Client]:
    with client_of(replace(sources, links=LINKS, web=WebSettings(token="secret"))) as client:
        yield client


def link(camera: str = "front-door") -> str:
    """Of the first file only."""
    return LINKS.watch(camera, FIRST, SECOND - SECONDS, NOW)


def test_a_link_shows_its_footage_without_a_token(client: httpx.Client) -> None:
    page = client.get(link())
    assert page.status_code == 200
    assert "front-door at home" in page.text
    [source] = re.findall(r'<video[^>]* src="([^"]+)"', page.text)
    footage = client.get(f"/{unescape(source)}", headers={"Range": "bytes=4-7"})
    assert (footage.status_code, footage.content) == (206, b"ftyp")


def test_a_link_opens_no_other_file_and_no_other_route(client: httpx.Client, sources: Sources) -> None:
    query = link().partition("?")[2]
    other = sources.store.segments("front-door", SECOND, SECOND + SECONDS)[0].id
    assert client.get(f"/watch/{other}.mp4?{query}").status_code == 404
    assert client.get(f"/watch/..%2fplay.mp4?{query}").status_code in (401, 404)
    for route in ("/play", "/snapshot.jpg", f"/media/segments/{other}.mp4", "/api/alerts", "/watchful"):
        assert client.get(f"{route}?{query}").status_code == 401


def test_a_link_that_was_changed_or_has_expired_opens_nothing(client: httpx.Client) -> None:
    expired = LINKS.watch("front-door", FIRST, SECOND, NOW - LIFETIME)
    for url in (link().replace("front-door", "yard"), f"{link()}x", "/watch", expired):
        assert client.get(url).status_code == 403
    assert client.get(f"{link()}&token=secret").status_code == 400


def test_where_nothing_was_recorded_it_says_so(client: httpx.Client) -> None:
    assert "There is no footage of this time" in client.get(link("yard")).text
