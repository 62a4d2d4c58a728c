"""Where ClickHouse is, from one string: `chdb:///directory` in this process, `http(s)://user:password@host:8123/nvr`."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from nvr.errors import DatabaseError

DEFAULT_DATABASE = "nvr"


@dataclass(frozen=True, slots=True)
class Dsn:
    """A parsed DSN. `str()` of it is for people and holds no password; `url` may."""

    url: str = field(repr=False)
    database: str
    directory: Path | None
    """Where the embedded engine keeps its data; None for a server."""

    @property
    def embedded(self) -> bool:
        return self.directory is not None

    @property
    def scheme(self) -> str:
        return urlsplit(self.url).scheme

    @property
    def without_database(self) -> str:
        """The URL without its path: the database may have to be created first."""
        return urlsplit(self.url)._replace(path="").geturl()

    def __str__(self) -> str:
        if self.directory is not None:
            return f"chdb://{self.directory}"
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{_place(parts)}/{self.database}"

    def mask(self, text: str) -> str:
        """`text` without the password, in each form in which a library may repeat it."""
        password = urlsplit(self.url).password
        if not password:
            return text
        plain = unquote(password)
        for form in sorted({password, plain, quote(plain, safe=""), quote(plain)}, key=len, reverse=True):
            text = text.replace(form, "***")
        return text


def parse(url: str) -> Dsn:
    """Raises `DatabaseError`, which never repeats the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise DatabaseError("the database's DSN cannot be read", hint=_FORMS) from None
    if parts.scheme == "chdb" and not parts.netloc and parts.path.strip("/"):
        return Dsn(url, DEFAULT_DATABASE, Path(unquote(parts.path)))
    if parts.scheme in ("http", "https") and parts.hostname and port != 0:
        return Dsn(url, unquote(parts.path.strip("/")) or DEFAULT_DATABASE, None)
    raise DatabaseError("the database's DSN has an unknown form", hint=_FORMS)


_FORMS = "write chdb:///absolute/path or http(s)://user:password@host:8123/nvr"


def _place(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port}" if parts.port else str(host)
