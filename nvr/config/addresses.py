"""Addresses: where a camera, the database and our own pages are reached.

No message quotes what it judges: the text may have come out of a variable and hold a password.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from nvr.config.values import Unusable

CAMERA_SCHEMES = ("rtsp", "rtsps", "http", "https")
ENCODE = "in a user name or password write %40 for @, %3A for :, %2F for /, %3F for ?, %23 for # and %25 for %"
SOURCE_FORMS = (
    "write rtsp://user:${PASSWORD}@camera.example/stream, rtsps://, http://, https://, or the path of a video file"
)
DSN_FORMS = (
    "write chdb:///./data/clickhouse (a directory beside this file), chdb:///var/lib/nvr/clickhouse, "
    "or http(s)://user:${CLICKHOUSE_PASSWORD}@host:8123/nvr"
)

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}", re.ASCII)
_PAGE_PATH = re.compile(r"(/[A-Za-z0-9_-]+)*/?", re.ASCII)
_DATABASE = re.compile(r"/[A-Za-z_][A-Za-z0-9_]{0,62}/?", re.ASCII)


def source(value: str, directory: Path) -> str:
    """A camera's URL as it is, a file's path made absolute."""
    scheme = _scheme(value)
    if scheme in CAMERA_SCHEMES:
        url(value)
        return value
    if scheme:
        raise Unusable("has a scheme that cannot be recorded", SOURCE_FORMS)
    path = directory / value
    if not value or not path.is_file():
        raise Unusable("is neither a URL nor a file that exists", SOURCE_FORMS)
    return str(path.absolute())


def url(text: str) -> SplitResult:
    """The parts of a URL with a host. Raises Unusable, saying so where an unescaped password looks like the reason."""
    found = re.fullmatch(r".*?://([^/?#]*)(.*)", text, re.DOTALL)
    assert found
    authority, rest = found[1], found[2]
    if re.search(r"\s", text) or not text.isprintable():
        raise Unusable("holds a space or a control character", f"write %20 for a space; {ENCODE}")
    if re.search(r"%(?![0-9A-Fa-f]{2})", authority):
        raise Unusable("holds a % that begins no percent-encoded character", ENCODE)
    if "#" in rest or (":" in authority and "@" not in authority and "@" in rest):
        raise Unusable(
            "cannot be read as a URL: its password or path holds a character with a meaning of its own", ENCODE
        )
    try:
        parts = urlsplit(text)
        usable = parts.hostname and (_HOST.fullmatch(parts.hostname) or ip_address(parts.hostname)) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise Unusable("has no usable host and port", f"write scheme://host:port/path; {ENCODE}")
    return parts


def dsn(value: str, directory: Path) -> str:
    """The address of the database; `chdb:///./x` becomes absolute."""
    scheme = _scheme(value)
    if scheme == "chdb":
        return f"chdb://{quote(str(_embedded(value.removeprefix('chdb://'), directory)))}"
    if scheme not in ("http", "https"):
        raise Unusable("is not the address of a database", DSN_FORMS)
    if not _DATABASE.fullmatch(url(value).path):
        raise Unusable("names no database", f"add its name behind the host: /nvr; {DSN_FORMS}")
    return value


def _embedded(path: str, directory: Path) -> Path:
    if not path.startswith("/") or re.search(r"[?#%\s]", path) or not path.strip("/."):
        raise Unusable("names no usable directory", DSN_FORMS)
    if path.startswith(("/./", "/../")):
        return (directory / path[1:]).absolute()
    return Path(path)


def listen(value: str) -> tuple[str, int]:
    """Host and port to listen on; an IPv6 address stands in brackets."""
    found = re.fullmatch(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9_.-]+)):(?P<port>[0-9]{1,5})", value)
    hint = "write an address and a port: 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080"
    if not found or not 1 <= int(found["port"]) <= 65535:
        raise Unusable("is not an address to listen on", hint)
    host = found["six"] or found["host"]
    if found["six"] or re.fullmatch(r"[0-9.]+", host):
        try:
            ip_address(host)
        except ValueError:
            raise Unusable("is not an address to listen on", hint) from None
    return host, int(found["port"])


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def page(value: str) -> str:
    """Where people reach a page, without the slash at the end."""
    hint = "write the address people use: https://nvr.example/nvr"
    if _scheme(value) not in ("http", "https"):
        raise Unusable("is not the address of a page", hint)
    parts = url(value)
    if parts.query or "@" in parts.netloc:
        raise Unusable("holds more than host and path", hint)
    if not _PAGE_PATH.fullmatch(parts.path):
        raise Unusable(
            "has a path that is no plain one", f"use letters, digits, - and _ between single slashes: {hint}"
        )
    return value.rstrip("/")


def _scheme(value: str) -> str:
    found = _SCHEME.match(value)
    return found[1].lower() if found else ""
