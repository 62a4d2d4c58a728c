"""Links that open one camera and one stretch of its footage, for a while, without a token.

The secret that signs them is made at the first start and lies beside the spool. Whoever deletes it ends all links.
"""

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from nvr.errors import StorageError
from nvr.model import CAMERA_NAME

FILE_NAME = "link.key"
KEY_BYTES = 32
LIFETIME = timedelta(days=7)
FIELDS = ("camera", "from", "to", "expires", "signature")


@dataclass(frozen=True, slots=True)
class Grant:
    """Who holds it may see the footage of `[start, end)` of a camera until it expires. Times have whole seconds."""

    camera: str
    start: datetime
    end: datetime
    expires: datetime


class Links:
    """Makes links that begin with `base_url`, and tells ours from others."""

    def __init__(self, key: bytes, base_url: str) -> None:
        self._key, self.base_url = key, base_url.rstrip("/")

    def __repr__(self) -> str:
        return "Links(...)"

    def watch(self, camera: str, start: datetime, end: datetime, now: datetime) -> str:
        grant = Grant(*(camera, _whole(start), _whole(end)), _whole(now + LIFETIME))
        return f"{self.base_url}/watch?{self.query(grant)}"

    def query(self, grant: Grant) -> str:
        times = (grant.start, grant.end, grant.expires)
        values = (grant.camera, *(str(int(time.timestamp())) for time in times), self._signature(grant))
        return urlencode(dict(zip(FIELDS, values, strict=True)))

    def granted(self, query: Mapping[str, str], now: datetime) -> Grant | None:
        """What a query grants; None where we did not sign it, or it has expired."""
        times = [query.get(name, "") for name in FIELDS[1:4]]
        if not CAMERA_NAME.fullmatch(query.get("camera", "")) or not all(_is_time(time) for time in times):
            return None
        grant = Grant(query["camera"], *(datetime.fromtimestamp(int(time), UTC) for time in times))
        given = query.get("signature", "").encode()
        return grant if hmac.compare_digest(given, self._signature(grant).encode()) and now < grant.expires else None

    def _signature(self, grant: Grant) -> str:
        times = (int(time.timestamp()) for time in (grant.start, grant.end, grant.expires))
        text = "/".join(("nvr watch", grant.camera, *(str(time) for time in times)))
        return urlsafe_b64encode(hmac.new(self._key, text.encode(), "sha256").digest()).decode().rstrip("=")


def _whole(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10


def key_in(directory: Path) -> bytes:
    """The secret, made where there is none yet. Raises StorageError."""
    file = directory / FILE_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return _read(file) or _made(file)
    except OSError as error:
        raise StorageError(f"the key of links cannot be used: {error.strerror}", path=file) from error


def _read(file: Path) -> bytes:
    """Nothing where it is not there, or was cut off as it was written."""
    content = file.read_bytes() if file.exists() else b""
    return content if len(content) == KEY_BYTES else b""


def _made(file: Path) -> bytes:
    key, new = secrets.token_bytes(KEY_BYTES), file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(key)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
    return key
