"""A webhook of the user's own: it is sent all that is known of an alert, as JSON."""

import asyncio
import json
import ssl
from collections.abc import Sequence
from hashlib import blake2s

import httpx

from exporters.delivery import NotDelivered
from exporters.notify.alert_json import alert_json
from exporters.notify.words import Place, Story
from nvr.alert import Status
from nvr.model import isoformat
from nvr.settings import ChannelSettings

PATIENCE_SECONDS = 5.0
IN_VAIN = {400, 413, 415, 422}
"""What is answered so is about the content, which is the same however often it is sent."""

VERSION = "1"
"""Of the content's form: fields may be added to it."""


class Hook:
    """`name` is `receiver/channel`. Making one reads the certificates of this machine: do it in a thread."""

    takes_pictures = False
    kind = "webhook"

    def __init__(self, name: str, settings: ChannelSettings) -> None:
        self.name, self._url = name, settings.url
        self._headers = {"Content-Type": "application/json", "User-Agent": "SF-NVR"}
        if settings.token:
            self._headers["Authorization"] = f"Bearer {settings.token}"
        self._tls = ssl.create_default_context()

    def __repr__(self) -> str:
        return f"Hook({self.name!r})"

    async def post(self, content: bytes, key: str) -> None:
        """Raises NotDelivered. What is sent again has the same `key`, so that the other side can tell."""
        headers = self._headers | {"Idempotency-Key": blake2s(key.encode(), digest_size=16).hexdigest()}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status = await self._posted(content, headers)
        except TimeoutError:
            raise NotDelivered(f"no answer within {PATIENCE_SECONDS:.0f} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NotDelivered(f"{type(error).__name__}: {error}") from None
        if not 200 <= status < 300:
            raise NotDelivered(f"it answered with {status}", for_good=status in IN_VAIN)

    async def _posted(self, content: bytes, headers: dict[str, str]) -> int:
        """Nobody is followed elsewhere: the token is for this address. What the answer says is not read."""
        client = httpx.AsyncClient(verify=self._tls, timeout=PATIENCE_SECONDS, follow_redirects=False)
        async with client, client.stream("POST", self._url, content=content, headers=headers) as response:
            return response.status_code


def content_of(receiver: str, status: Status, stories: Sequence[Story], place: Place) -> bytes:
    """The alerts as `/api/alerts` has them, and of each how long it was out, why, and where its footage is."""
    content = {
        "version": VERSION,
        "site": place.site,
        "receiver": receiver,
        "status": status,
        "alerts_url": place.alerts_url,
        "alerts": [_told(story) for story in stories],
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _told(story: Story) -> dict[str, object]:
    outage = story.outage
    lasted = {
        "start": isoformat(outage.start),
        "end": isoformat(outage.end) if outage.end else None,
        "cause": outage.cause or None,
    }
    return alert_json(story.alert) | {
        "outage": lasted,
        "watch_url": story.watch_url or None,
        "play_url": story.play_url or None,
    }
