"""The token as ClickHouse's drivers send it: a password of any user, in ClickHouse's header or as HTTP Basic."""

import base64
import binascii
import hmac

from starlette.datastructures import Headers
from starlette.responses import Response

from exporters.clickhouse.guest import GuestError
from exporters.web.clickhouse import DOOR, failed


def is_door(path: str) -> bool:
    return path == DOOR or path.startswith(f"{DOOR}/")


def is_admitted(headers: Headers, token: str) -> bool:
    """Compared in constant time; whoever the user claims to be is of no interest."""
    given = headers.get("X-ClickHouse-Key") or _basic_password(headers.get("Authorization", ""))
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _basic_password(authorization: str) -> str:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def turned_away() -> Response:
    error = GuestError(516, "AUTHENTICATION_FAILED", "nvr: the password is the token of web.token_file, the user any")
    response = failed(error)
    response.status_code = 401
    response.headers["WWW-Authenticate"] = 'Basic realm="nvr"'
    return response
