"""How the way to people is written in a configuration: Apprise's addresses, and hours in which nobody is woken."""

import re
from datetime import time
from urllib.parse import urlsplit

from nvr.config import addresses
from nvr.config.values import Unusable
from nvr.settings import QuietHours

URL_FORMS = (
    "write an Apprise URL such as mailto://user:${MAIL_PASSWORD}@example.com?to=me@example.com, "
    "better as url_file; https://appriseit.com lists them"
)
HOURS_FORM = 'write from when to when, on the clock of the site\'s time zone: "22:00-07:00"'

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}://\S+")
_HOURS = re.compile(r"(\d\d):(\d\d) ?- ?(\d\d):(\d\d)", re.ASCII)


def channel_url(value: str) -> str:
    """Whether Apprise knows it is found out by `nvr check` and `nvr run`: loading Apprise takes seconds."""
    try:
        usable = _URL.fullmatch(value) and urlsplit(value)
    except ValueError:
        usable = None
    if not usable:
        raise Unusable("is no Apprise URL", URL_FORMS)
    return value


def webhook_url(value: str) -> None:
    """Raises Unusable, about the key `url`."""
    hint = "write https://automation.example/nvr, or choose another kind for an Apprise URL"
    if urlsplit(value).scheme.lower() not in ("http", "https"):
        raise Unusable("is not the address of a webhook", hint, "url")
    try:
        addresses.url(value)
    except Unusable as error:
        raise Unusable(error.message, error.hint, "url") from None


def quiet_hours(value: object) -> QuietHours:
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    try:
        start, end = (time(int(found[n]), int(found[n + 1])) for n in (1, 3)) if found else (None, None)
    except ValueError:
        start = end = None
    if start is None or end is None:
        raise Unusable("are no hours", HOURS_FORM)
    if start == end:
        raise Unusable("are no hours: they end when they begin", HOURS_FORM)
    return QuietHours(start, end)
