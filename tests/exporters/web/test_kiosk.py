"""A kiosk's signed link shows what its cameras see now, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from exporters.notify.link_key import KEY_BYTES
from exporters.notify.links import KIOSK_LIFETIME, Links
from exporters.web.sources import Sources
from nvr.settings import WebSettings
from tests.exporters.web.conftest import FIRST, NOW, SECOND
from tests.exporters.web.serving import client_of

LINKS = Links(b"k" * KEY_BYTES, "")


@pytest.fixture
def client(sources: Sources) -> Iterator[httpx.Client]:
    with client_of(replace(sources, links=LINKS, web=WebSettings(token="secret"))) as client:
        yield client


def link(*cameras: str) -> str:
    return LINKS.kiosk(cameras or ("front-door",), NOW)


def test_a_link_shows_its_cameras_without_a_token(client: httpx.Client) -> None:
    page = client.get(link("front-door", "yard"))
    assert page.status_code == 200
    assert 'data-camera="front-door"' in page.text
    assert 'data-camera="yard"' in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    for part in ("kiosk.js", "kiosk.css"):
        assert f"static/{part}" in page.text
        assert client.get(f"/static/{part}").status_code == 200


def test_its_pictures_say_how_old_they_are(client: httpx.Client) -> None:
    picture = client.get(link().replace("/kiosk", "/kiosk/front-door.jpg"))
    assert (picture.status_code, picture.content[:3]) == (200, b"\xff\xd8\xff")
    assert 0 <= float(picture.headers["X-Snapshot-Age"]) < 10
    assert picture.headers["Cache-Control"] == "no-store"


def test_it_shows_no_other_camera_and_opens_no_other_route(client: httpx.Client) -> None:
    query = link().partition("?")[2]
    assert client.get(f"/kiosk/yard.jpg?{query}").status_code == 404
    for route in ("/", "/play", "/snapshot.jpg", "/api/cameras", "/static/play.js", "/kiosks"):
        assert client.get(f"{route}?{query}").status_code == 401, route
    assert client.get(f"/watch?{query}").status_code == 400
    assert client.post(f"/kiosk?{query}").status_code == 405


def test_a_camera_that_is_gone_or_showed_nothing_yet_is_told(client: httpx.Client) -> None:
    gone, query = "attic", link("attic", "yard").partition("?")[2]
    assert "there is no camera" in client.get(f"/kiosk/{gone}.jpg?{query}").json()["error"]
    assert "no footage" in client.get(f"/kiosk/yard.jpg?{query}").json()["error"]


def test_a_link_that_was_changed_or_has_expired_opens_nothing(client: httpx.Client) -> None:
    watch = LINKS.watch("front-door", FIRST, SECOND, NOW).partition("?")[2]
    for url in (
        link().replace("front-door", "yard"),
        f"{link()}x",
        "/kiosk",
        LINKS.kiosk(["front-door"], NOW - KIOSK_LIFETIME),
        f"/kiosk/front-door.jpg?{link().partition('?')[2][:-1]}",
    ):
        assert client.get(url).status_code == 403, url
    assert client.get(f"/kiosk?{watch}").status_code == 400
    assert client.get(f"{link()}&token=secret").status_code == 400
