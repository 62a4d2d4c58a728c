"""Who may ask: a bearer token, or the cookie that a browser gets in exchange for it.

Without a token only this machine is served, and only under its own names, so that a page of some web site that has its
name point to 127.0.0.1 reads nothing.
"""

import base64
import hashlib
import hmac
import ipaddress
import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import URL, Headers, QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from exporters.web.driver_login import is_admitted, is_door, turned_away
from exporters.web.errors import answer
from exporters.web.origin import SAFE_METHODS, is_foreign
from exporters.web.pages import FOLDER
from nvr.errors import ConfigError
from nvr.settings import WebSettings

OPEN_ROUTES = (
    *("/healthz", "/readyz", "/runbooks"),
    *("/static/kiosk.js", "/static/kiosk.css", "/static/style.css", "/static/icon.svg"),
)
OPEN_FOLDER = "/runbooks/"
"""These hold nothing of the site, and whoever an alert wakes reads them at once."""

SIGNED_ROUTES = ("/watch", "/kiosk")
LOGIN = "/login"
COOKIE = "nvr_session"
COOKIE_SECONDS = 30 * 86400
MOST_LOGIN_BYTES = 4096
HINT = "send Authorization: Bearer with the token of web.token_file, or log in at /login"


def check_exposure(web: WebSettings, file: str = "nvr.yaml") -> None:
    """Raises ConfigError for an address that others reach without a token to keep them out."""
    if web.token is None and not is_loopback(web.host):
        raise ConfigError(
            "needs a token where others than this machine can reach it",
            file=file,
            key="web.listen",
            value=f"{web.host}:{web.port}",
            hint="set web.token_file, or listen on 127.0.0.1",
        )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_open(path: str) -> bool:
    return path in OPEN_ROUTES or path.startswith(OPEN_FOLDER)


def is_signed(path: str) -> bool:
    """Whether the route itself asks for a signature: whoever has it needs no token."""
    return any(path == route or path.startswith(f"{route}/") for route in SIGNED_ROUTES)


class Access:
    """Lets a request pass to the routes, or answers it."""

    def __init__(self, app: ASGIApp, web: WebSettings) -> None:
        self._app, self._web = app, web
        self._own_host = urlsplit(web.external_url).hostname

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(scope["path"]) or is_signed(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        refusal = await self._refuse(request, self._web.token) if self._web.token else self._refuse_host(request)
        await (refusal or self._refuse_origin(request) or self._app)(scope, receive, send)

    async def _refuse(self, request: Request, token: str) -> Response | None:
        if request.url.path == LOGIN:
            return await self._login(request, token)
        allowed = is_allowed(request.headers, token)
        if request.method == "GET" and "token" in request.query_params:
            return self._exchange(request, token, allowed=allowed)
        if allowed:
            return None
        if is_door(request.scope["path"]):
            return None if is_admitted(request.headers, token) else turned_away()
        if "text/html" in request.headers.get("Accept", "") and request.method == "GET":
            return login_page(_relative(request.url), failed=False)
        return answer(401, "this needs the token", HINT, {"WWW-Authenticate": 'Bearer realm="nvr"'})

    async def _login(self, request: Request, token: str) -> Response:
        if request.method in ("GET", "HEAD"):
            return login_page(request.query_params.get("next", ""), failed=False, status=200)
        if request.method != "POST":
            return answer(405, "log in with POST", "use GET, POST", {"Allow": "GET, HEAD, POST"})
        form = parse_qs((await _body(request)).decode("utf-8", "replace"), max_num_fields=4)
        target = form.get("next", [""])[0]
        if not is_token(form.get("token", [""])[0].strip().encode(), token):
            return login_page(target, failed=True)
        return self._admit(request, safe_target(target), token)

    def _exchange(self, request: Request, token: str, *, allowed: bool) -> Response:
        """`?token=` becomes a cookie and disappears from the address, and so from history and referrers."""
        if not allowed and not is_token(request.query_params["token"].encode(), token):
            return answer(401, "this is not the token", HINT)
        return self._admit(request, _relative(request.url), token)

    def _admit(self, request: Request, target: str, token: str) -> Response:
        response = RedirectResponse(target, 303, {"Cache-Control": "no-store"})
        secure = request.url.scheme == "https" or self._web.external_url.startswith("https:")
        # Without a path it holds where the page lies: below the prefix, and so for no neighbour behind the same proxy.
        response.set_cookie(
            COOKIE, session(token), COOKIE_SECONDS, secure=secure, httponly=True, samesite="lax", path=None
        )
        return response

    def _refuse_host(self, request: Request) -> Response | None:
        host = (
            urlsplit(f"//{request.headers.get('Host', '')}").hostname
            if _HOST.fullmatch(request.headers.get("Host", ""))
            else None
        )
        if host and (is_local_name(host) or host == self._own_host):
            return None
        return answer(403, "this recorder is not reached under that name", "set web.external_url, or a web.token_file")

    def _refuse_origin(self, request: Request) -> Response | None:
        if request.method in SAFE_METHODS or not is_foreign(request.headers, self._web.external_url):
            return None
        return answer(403, "a page of another site asked for this", "set web.external_url if it is the recorder's own")


_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?", re.ASCII)


def is_local_name(host: str) -> bool:
    """Addresses cannot be pointed elsewhere by whoever owns a domain; `localhost` cannot either."""
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_token(given: bytes, token: str) -> bool:
    return hmac.compare_digest(given, token.encode())


def session(token: str) -> str:
    """The cookie's value: it proves the token without holding it, and ends when the token changes."""
    return hmac.new(token.encode(), b"nvr web session", hashlib.sha256).hexdigest()


def is_allowed(headers: Headers, token: str) -> bool:
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and is_token(given.strip().encode("latin-1"), token):
        return True
    try:
        cookie = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return False
    return cookie is not None and hmac.compare_digest(cookie.value.encode(), session(token).encode())


def safe_target(target: str) -> str:
    """Where to go after logging in: a page of ours, relative to /login, never another host."""
    return f"./{target}" if re.fullmatch(r"(play|heatmap|alerts)?(\?[\w\-.~%&=+:/]*)?", target, re.ASCII) else "./"


def _relative(url: URL) -> str:
    """The last part of the path with its query, without the token; works under a proxy's prefix too."""
    query = QueryParams(url.query)
    kept = urlencode([(name, value) for name, value in query.multi_items() if name != "token"])
    return (url.path.rsplit("/", 1)[-1] or "./") + (f"?{kept}" if kept else "")


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_LOGIN_BYTES:
                return b""
    except ClientDisconnect:
        return b""
    return body


def login_page(target: str, *, failed: bool, status: int = 401) -> Response:
    """The one page without a token, so it brings its own style, which the policy names by its hash."""
    text = (FOLDER / "login.html").read_text(encoding="utf-8")
    target = target if safe_target(target) != "./" else ""
    text = text.replace("{next}", target.replace("&", "&amp;")).replace("{problem}", "" if failed else "hidden")
    style = text[text.index("<style>") + len("<style>") : text.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(text, status, {"Content-Security-Policy": policy, "Cache-Control": "no-store"})
