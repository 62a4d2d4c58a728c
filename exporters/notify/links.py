"""Links that open a little without a token, for a while: a stretch of a camera's footage, or what some cameras see now.

Each says what it opens and until when, and is signed; what one kind grants, the other does not.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from exporters.notify.link_key import key_in
from nvr.model import CAMERA_NAME

LIFETIME, KIOSK_LIFETIME = timedelta(days=7), timedelta(days=90)
MOST_CAMERAS = 64
FIELDS = ("camera", "from", "to", "expires", "signature")
KIOSK_FIELDS = ("cameras", "expires", "signature")


@dataclass(frozen=True, slots=True)
class Grant:
    """Who holds it may see the footage of `[start, end)` of a camera until it expires. Times have whole seconds."""

    camera: str
    start: datetime
    end: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class KioskGrant:
    """Who holds it may see what these cameras see now, until it expires."""

    cameras: tuple[str, ...]
    expires: datetime


class Links:
    """Makes links that begin with `base_url`, and tells ours from others. The key comes from `directory`, if given."""

    def __init__(self, key: bytes, base_url: str, directory: Path | None = None) -> None:
        self._key, self._directory, self.base_url = key, directory, base_url.rstrip("/")

    @staticmethod
    def of(directory: Path, base_url: str) -> "Links":
        """Raises StorageError."""
        return Links(key_in(directory), base_url, directory)

    def __repr__(self) -> str:
        return "Links(...)"

    def refresh(self) -> None:
        """Take the key that is there by now. It touches the disk, and raises StorageError."""
        if self._directory is not None:
            self._key = key_in(self._directory)

    def watch(self, camera: str, start: datetime, end: datetime, now: datetime, lifetime: timedelta = LIFETIME) -> str:
        grant = Grant(*(camera, _whole(start), _whole(end)), _whole(now + lifetime))
        return f"{self.base_url}/watch?{self.query(grant)}"

    def kiosk(self, cameras: Sequence[str], now: datetime, lifetime: timedelta = KIOSK_LIFETIME) -> str:
        grant = KioskGrant(tuple(cameras), _whole(now + lifetime))
        values = (",".join(cameras), _seconds(grant.expires), self._kiosk_signature(grant))
        return f"{self.base_url}/kiosk?{urlencode(dict(zip(KIOSK_FIELDS, values, strict=True)), safe=',')}"

    def query(self, grant: Grant) -> str:
        times = (grant.start, grant.end, grant.expires)
        values = (grant.camera, *(_seconds(time) for time in times), self._signature(grant))
        return urlencode(dict(zip(FIELDS, values, strict=True)))

    def granted(self, query: Mapping[str, str], now: datetime) -> Grant | None:
        """What a query grants; None where we did not sign it, or it has expired."""
        times = [query.get(name, "") for name in FIELDS[1:4]]
        if not CAMERA_NAME.fullmatch(query.get("camera", "")) or not all(_is_time(time) for time in times):
            return None
        grant = Grant(query["camera"], *(datetime.fromtimestamp(int(time), UTC) for time in times))
        return grant if _same(query, self._signature(grant)) and now < grant.expires else None

    def kiosk_granted(self, query: Mapping[str, str], now: datetime) -> KioskGrant | None:
        """The same for a kiosk's link."""
        cameras = tuple(query.get("cameras", "").split(",", MOST_CAMERAS))
        if not all(CAMERA_NAME.fullmatch(camera) for camera in cameras) or not _is_time(query.get("expires", "")):
            return None
        grant = KioskGrant(cameras, datetime.fromtimestamp(int(query["expires"]), UTC))
        return grant if _same(query, self._kiosk_signature(grant)) and now < grant.expires else None

    def _signature(self, grant: Grant) -> str:
        times = (grant.start, grant.end, grant.expires)
        return self._signed("nvr watch", grant.camera, *(_seconds(time) for time in times))

    def _kiosk_signature(self, grant: KioskGrant) -> str:
        return self._signed("nvr kiosk", ",".join(grant.cameras), _seconds(grant.expires))

    def _signed(self, *parts: str) -> str:
        """The first part tells the kinds apart, and no part can hold the sign between them."""
        digest = hmac.new(self._key, "/".join(parts).encode(), "sha256").digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")


def _same(query: Mapping[str, str], signature: str) -> bool:
    return hmac.compare_digest(query.get("signature", "").encode(), signature.encode())


def _seconds(time: datetime) -> str:
    return str(int(time.timestamp()))


def _whole(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10
