"""Below a proxy's prefix everything works, whether the proxy takes the prefix away or not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from exporters.web.app import ROUTES, create_app
from exporters.web.sources import Sources
from nvr.errors import ConfigError
from nvr.settings import WebSettings
from tests.exporters.web.browser import rendered
from tests.exporters.web.serving import client_of

WEB = WebSettings(external_url="https://cams.example/nvr")


@pytest.fixture
def below(sources: Sources) -> Iterator[httpx.Client]:
    with client_of(replace(sources, web=WEB)) as client:
        yield client


def test_every_route_answers_with_the_prefix_as_without(below: httpx.Client) -> None:
    for route in ROUTES:
        path = route.format(camera="front-door", segment="x", alert="NvrDown")
        assert below.get(f"/nvr{path}").status_code == below.get(path).status_code, path


def test_only_the_whole_prefix_is_taken_away(below: httpx.Client) -> None:
    for path in ("/nvrs/play", "/nv/play", "/nvr/nvr/play", "/NVR/play", "/x/nvr/play"):
        assert below.get(path).status_code == 404, path


def test_the_prefix_alone_leads_to_the_first_page(below: httpx.Client) -> None:
    answer = below.get("/nvr?_=1")
    assert (answer.status_code, answer.headers["Location"]) == (307, "nvr/?_=1")


def test_what_answers_name_carries_the_prefix(below: httpx.Client) -> None:
    camera = below.get("/api/cameras/front-door").json()
    timeline = below.get("/api/timeline?camera=front-door").json()
    urls = [value for each in (camera, *timeline["events"]) for key, value in each.items() if key.endswith("_url")]
    urls += [segment["url"] for segment in timeline["segments"]]
    assert len(urls) == 8
    for url in urls:
        assert url.startswith("/nvr/")
        assert below.get(url).status_code == 200


@pytest.mark.parametrize("prefix", ["", "/nvr"])
def test_logging_in_leads_to_the_page_and_the_cookie_holds_there(sources: Sources, prefix: str) -> None:
    with client_of(replace(sources, web=replace(WEB, token="secret", external_url="http://x/nvr"))) as client:
        shown = client.get(f"{prefix}/play?camera=yard", headers={"Accept": "text/html"})
        target = re.findall(r'name="next" value="([^"]*)"', shown.text)[0]
        answer = client.post(f"{prefix}/login", data={"token": "secret", "next": target}, follow_redirects=True)
        assert (answer.status_code, answer.url.path) == (200, f"{prefix}/play")
        [cookie] = client.cookies.jar
        assert cookie.path == prefix or (cookie.path, prefix) == ("/", "")
        assert client.get(f"{prefix}/api/cameras").status_code == 200
        assert client.get(f"{prefix}/heatmap?token=secret").headers["Location"] == "heatmap"


def test_a_browser_that_misses_a_page_is_shown_one_whose_links_stay_below(below: httpx.Client) -> None:
    page = below.get("/nvr/a/b", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert 'href="../static/style.css"' in page.text


def test_the_playback_page_plays_below_the_prefix_in_a_browser(below: httpx.Client, tmp_path: Path) -> None:
    address = f"{below.base_url}/nvr/play?camera=front-door&t=2026-11-22T12:00:01Z"
    document = rendered(address, tmp_path / "profile")
    assert re.search(r'<video[^>]* src="blob:', document)
    assert "porch" in document


@pytest.mark.parametrize("path", ["/api", "/play/nvr", "/static", "/login", "/watch"])
def test_a_prefix_that_is_a_route_of_ours_is_refused(sources: Sources, path: str) -> None:
    with pytest.raises(ConfigError, match=r"web\.external_url"):
        create_app(replace(sources, web=WebSettings(external_url=f"https://cams.example{path}")))
