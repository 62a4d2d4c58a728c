"""One channel: an Apprise URL, and a thread for each attempt, so that no service ever holds up the event loop."""

import asyncio
import logging
import tempfile
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporters.delivery import NotDelivered
from nvr.errors import ConfigError
from nvr.settings import ChannelSettings

TYPES = {"critical": "failure", "warning": "warning", "info": "info", "none": "info", "resolved": "success"}
LONGEST_REASON = 300
_QUIET = logging.NullHandler()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture. `name` is the file that people see."""

    name: str
    content: bytes


class Channel:
    """`name` is `receiver/channel`. Raises ConfigError for a URL that Apprise does not know."""

    def __init__(self, name: str, settings: ChannelSettings) -> None:
        self.name, self.kind = name, settings.kind
        self._service = _service(settings.url)
        if self._service is None:
            key = "notifications.receivers.{}.channels.{}.url".format(*name.split("/"))
            hint = "https://appriseit.com lists the URLs it knows, and what each must have"
            raise ConfigError("is no URL that Apprise knows", file="the configuration", key=key, hint=hint)
        self.takes_pictures = bool(self._service.attachment_support) and settings.kind != "sms"
        self._attempt: threading.Thread | None = None

    async def send(self, title: str, body: str, severity: str, attachments: Sequence[Attachment] = ()) -> None:
        """Raises NotDelivered. Where it is cancelled the thread goes on until the service's own timeout."""
        if self._attempt is not None and self._attempt.is_alive():
            raise NotDelivered("the attempt before this one still waits for an answer")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()

        def attempt() -> None:
            said = self._notify(title, body, severity, attachments)
            # The loop may have been closed, or whoever waited may have gone.
            if not loop.is_closed():
                loop.call_soon_threadsafe(_answer, done, said)

        # A daemon: what hangs must not keep the process from ending. The default executor would be full of it.
        self._attempt = threading.Thread(target=attempt, name=f"channel {self.name}", daemon=True)
        self._attempt.start()
        if said := await done:
            raise NotDelivered(said)

    def _notify(self, title: str, body: str, severity: str, attachments: Sequence[Attachment]) -> str:
        """What went wrong; nothing where it was taken."""
        try:
            return _notify(self._service, title, body, TYPES[severity], attachments if self.takes_pictures else ())
        except Exception as error:  # noqa: BLE001  A boundary: Apprise has a hundred services, each with its own bugs.
            return f"{type(error).__name__}: {error}"[:LONGEST_REASON]


def _answer(done: asyncio.Future[str], said: str) -> None:
    if not done.done():
        done.set_result(said)


def _apprise() -> Any:
    """Late: it takes seconds and 40 MB, and who has no channels needs none of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # One of its plug-ins imports a module that Python 3.13 has no more.
        import apprise  # noqa: PLC0415

        # It tells of each attempt, and repeats parts of URLs: what we want of it is in its result.
        logging.getLogger("apprise").propagate = False
        logging.getLogger("apprise").addHandler(_QUIET)
    return apprise


def _service(url: str) -> Any:
    apprise = _apprise()
    asset = apprise.AppriseAsset(app_id="SF-NVR", app_desc="SF-NVR", app_url="", image_url_mask=None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The plug-ins are imported now.
        return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


def _notify(service: Any, title: str, body: str, kind: str, attachments: Sequence[Attachment]) -> str:
    apprise = _apprise()
    courier = apprise.Apprise()
    courier.add(service)
    # Files, though Apprise could take them from memory: some of its services open them by their path.
    with tempfile.TemporaryDirectory(prefix="nvr-") as folder:
        files = [_written(Path(folder), each) for each in attachments]
        with courier.notify(
            title=title,
            body=body,
            notify_type=kind,
            body_format="text",
            attach=files or None,
            log_level=logging.WARNING,
        ) as result:
            if result.status == apprise.AppriseResultStatus.SUCCESS:
                return ""
            said = "; ".join(dict.fromkeys(str(entry.message) for entry in result.logs()))
    return (said or "the service did not take it")[:LONGEST_REASON]


def _written(folder: Path, attachment: Attachment) -> str:
    file = folder / attachment.name
    file.write_bytes(attachment.content)
    return str(file)
