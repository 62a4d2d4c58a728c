"""Who may ask: the token, the cookie, the names of this machine, and pages that are safe to log in to."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from exporters.web.access import COOKIE, check_exposure, safe_target
from exporters.web.app import ROUTES, create_app
from exporters.web.sources import Sources
from nvr.errors import ConfigError
from nvr.settings import WebSettings
from tests.exporters.web.browser import rendered
from tests.exporters.web.serving import client_of, serving

TOKEN = "correct horse battery staple ü"
BEARER = {"Authorization": f"Bearer {TOKEN}".encode()}


@pytest.fixture
def guarded(sources: Sources) -> Iterator[httpx.Client]:
    with client_of(replace(sources, web=WebSettings(token=TOKEN))) as client:
        yield client


def test_every_route_but_health_and_runbooks_needs_the_token(guarded: httpx.Client) -> None:
    for path in [*ROUTES, "/static/play.js", "/nothing"]:
        answer = guarded.get(path.format(camera="yard", segment="x", alert="NvrDown"))
        is_open = path in ("/healthz", "/readyz") or path.startswith("/runbooks")
        expected = 200 if is_open else 403 if path.startswith(("/watch", "/kiosk")) else 401
        assert answer.status_code == expected, path
        assert is_open or set(answer.json()) == {"error", "hint"}


def test_other_methods_need_it_too(guarded: httpx.Client) -> None:
    for method in ("POST", "HEAD", "PUT", "DELETE", "OPTIONS"):
        assert guarded.request(method, "/api/cameras").status_code == 401


def test_the_bearer_token_opens(guarded: httpx.Client) -> None:
    assert guarded.get("/api/cameras", headers=BEARER).status_code == 200  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer x", "Basic eDp5", TOKEN.encode(), "Bearer \xff", "Bearer correct"]
)
def test_what_is_not_the_token_does_not(guarded: httpx.Client, value: str | bytes) -> None:
    headers = {"Authorization": value if isinstance(value, bytes) else value.encode("latin-1")}
    answer = guarded.get("/api/cameras", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_browser_is_shown_the_login_page(guarded: httpx.Client) -> None:
    answer = guarded.get("/play?camera=yard", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 401
    assert 'name="next" value="play?camera=yard"' in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "sha256-" in answer.headers["Content-Security-Policy"]


def test_logging_in_gives_a_cookie_that_opens_and_holds_no_token(guarded: httpx.Client) -> None:
    answer = guarded.post("/login", data={"token": TOKEN, "next": "play?camera=yard"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "./play?camera=yard")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert TOKEN not in cookie
    assert guarded.get("/api/cameras").status_code == 200


def test_a_wrong_token_gives_no_cookie(guarded: httpx.Client) -> None:
    for data in ({"token": "wrong"}, {"token": ""}, {}, {"token": "x" * 100_000}):
        answer = guarded.post("/login", data=data)
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (401, None)


def test_a_forged_cookie_does_not_open(guarded: httpx.Client) -> None:
    for value in ("", "x", "0" * 64):
        assert guarded.get("/api/cameras", headers={"Cookie": f"{COOKIE}={value}"}).status_code == 401


def test_a_token_in_the_address_becomes_a_cookie_and_disappears(guarded: httpx.Client) -> None:
    answer = guarded.get("/play", params={"camera": "yard", "token": TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (303, "play?camera=yard")
    assert guarded.get("/play?camera=yard").status_code == 200
    assert guarded.get("/api/cameras", params={"token": "wrong"}, headers={"Cookie": ""}).status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "play\r\nX: y",
        'play"><script>',
        "../x",
    ],
)
def test_logging_in_never_leads_elsewhere(target: str) -> None:
    assert safe_target(target) == "./"


def test_the_cookie_is_for_https_only_where_https_is_spoken(sources: Sources) -> None:
    web = WebSettings(token=TOKEN, external_url="https://nvr.example/nvr")
    with client_of(replace(sources, web=web)) as client:
        assert "Secure" in client.post("/login", data={"token": TOKEN}).headers["Set-Cookie"]


def test_without_a_token_only_our_own_names_are_answered(sources: Sources) -> None:
    with client_of(replace(sources, web=WebSettings(external_url="https://nvr.example/nvr"))) as client:
        for host in ("localhost:8080", "127.0.0.1", "[::1]:8080", "nvr.example"):
            assert client.get("/api/cameras", headers={"Host": host}).status_code == 200, host
        for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "a b"):
            assert client.get("/api/cameras", headers={"Host": host}).status_code in (400, 403), host


def test_a_page_that_stands_open_asks_to_log_in_where_its_session_is_over(sources: Sources, tmp_path: Path) -> None:
    """The cookie is of a page in a browser: it is lost with the first answer of the API that is not allowed."""
    asked = list[str]()

    async def forgetful(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        if scope["path"].startswith("/api/") or asked.count("/") > 2:
            scope = {**scope, "headers": [each for each in scope["headers"] if each[0] != b"cookie"]}
        await app(scope, receive, send)

    app = create_app(replace(sources, web=WebSettings(token=TOKEN)))
    with serving(forgetful) as port:
        query = str(httpx.QueryParams({"token": TOKEN}))
        document = rendered(f"http://127.0.0.1:{port}/?{query}", tmp_path / "profile", milliseconds=20_000)
    assert asked.count("/") >= 3, "with the token, with the cookie, and once more"
    assert 'action="login"' in document


def test_the_token_is_in_no_answer(guarded: httpx.Client) -> None:
    for path in ("/", "/login", "/api/cameras", "/metrics", f"/nothing?token={TOKEN}x"):
        assert not re.search("correct.horse", guarded.get(path, headers=BEARER).text)  # type: ignore[arg-type]
    assert TOKEN not in repr(WebSettings(token=TOKEN))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "nvr.example"])
def test_it_refuses_to_be_reached_by_others_without_a_token(sources: Sources, host: str) -> None:
    with pytest.raises(ConfigError, match=r"web\.token_file"):
        create_app(replace(sources, web=WebSettings(host=host)))
    create_app(replace(sources, web=WebSettings(host=host, token="t")))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_the_loopback_needs_no_token(host: str) -> None:
    check_exposure(WebSettings(host=host))
