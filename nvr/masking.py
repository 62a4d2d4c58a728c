"""Keeps secrets out of every text: by the form of a URL, and by the values that are known to be secret."""

import json
import logging
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from nvr.settings import Settings

MASK = "***"

_WORD = re.compile(r"[^\s'\"<>]+")
_SECRET_WORDS = "pass|passwd|password|pwd|passphrase|token|secret|api_?key|access_?key|auth|credentials?|sig|signature"
_PARAMETER = re.compile(rf"(?P<name>(?<![a-z])(?:{_SECRET_WORDS})=)[^&\s'\"<>]+", re.IGNORECASE)
_SECRET_NAME = re.compile(rf"(?<![a-z])(?:{_SECRET_WORDS})(?![a-z])", re.IGNORECASE)
_VARIABLES = re.compile(r"(\$\{\w+\})+")
_SHORT = 4
_SECRET_KEYS = ("url", "url_file")
"""Of a channel: whoever knows the address may send there."""
_DEAREST_PART = 8
"""From this length on a part of a channel's address may be a token."""


def mask_url(text: str) -> str:
    """The text with the passwords and tokens of every URL in it replaced; user names stay."""
    return _PARAMETER.sub(rf"\g<name>{MASK}", _with_credentials(_masked, text))


def mask_written(text: str) -> str:
    """A value as it stands in the file, where a password that is only a `${VARIABLE}` is none."""
    one_word = re.sub(r"\s", "_", text) if "@" in text else text
    return _PARAMETER.sub(_masked_parameter, _with_credentials(_masked_unless_variable, one_word))


def may_be_secret(key: str) -> bool:
    return key in _SECRET_KEYS or bool(_SECRET_NAME.search(key))


def _with_credentials(mask: Callable[[str], str], text: str) -> str:
    """The text with `mask` applied to what stands between `://` and the last @ of the same word.

    The last: a password that should have been percent-encoded may hold @, / and # itself. One pattern for all of it
    would take a minute for a line of 64 KiB without any URL, which a camera may well send.
    """

    def masked(word: re.Match[str]) -> str:
        scheme, separator, rest = word[0].partition("://")
        credentials, at, host = rest.rpartition("@")
        return f"{scheme}{separator}{mask(credentials)}{at}{host}" if at else word[0]

    return _WORD.sub(masked, text) if "://" in text else text


def _masked(credentials: str) -> str:
    user, colon, _ = credentials.partition(":")
    return f"{user}:{MASK}" if colon else MASK


def _masked_unless_variable(credentials: str) -> str:
    return credentials if _VARIABLES.fullmatch(credentials.partition(":")[2]) else _masked(credentials)


def _masked_parameter(found: re.Match[str]) -> str:
    return found[0] if _VARIABLES.fullmatch(found[0].partition("=")[2]) else found["name"] + MASK


def secrets_of(settings: Settings) -> frozenset[str]:
    """Every value of the configuration that nobody may read: passwords, tokens, and the header they make together."""
    sources = [url for camera in settings.cameras.values() for url in (camera.record, camera.detect) if url]
    found = {secret for url in (*sources, settings.database.dsn) for secret in _secrets_in(url)}
    channels = settings.notifications.channels.values()
    found |= {secret for each in channels for secret in _secrets_of_channel(each.url)}
    return frozenset(found | {token for token in (settings.web.token, *(each.token for each in channels)) if token})


def _secrets_of_channel(url: str) -> Iterable[str]:
    """The whole of it, and what of it a service may repeat; where it leads, a name with dots, may be told."""
    parts = urlsplit(url)
    yield url
    yield from _secrets_in(url)
    places = (parts.netloc.rpartition("@")[2], *parts.path.split("/"))
    yield from (each for each in places if len(each) >= _DEAREST_PART and not re.search(r"[.:]|localhost", each))


def _secrets_in(url: str) -> Iterable[str]:
    if "://" not in url:
        return
    parts = urlsplit(url)
    yield from (value for name, value in parse_qsl(parts.query) if may_be_secret(name))
    yield from (found[0].partition("=")[2] for found in _PARAMETER.finditer(parts.path))
    if "@" not in parts.netloc:
        return
    user, colon, password = parts.netloc.rpartition("@")[0].partition(":")
    if not colon:
        yield from {user, unquote(user)}
    elif password:
        yield from {password, unquote(password)}
        yield b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()


class Secrets(logging.Filter):
    """Removes known secrets, in the forms in which programs print them, and the credentials of any URL.

    As a filter of a log handler it does so with every record, tracebacks included.
    """

    def __init__(self, values: Iterable[str]) -> None:
        super().__init__()
        self._forms: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.learn(values)

    def __repr__(self) -> str:
        return "Secrets(...)"

    def learn(self, values: Iterable[str]) -> None:
        """These are secrets too, from now on."""
        self._forms |= {form for value in values for form in _forms(value)}
        patterns = (_pattern(form) for form in sorted(self._forms, key=len, reverse=True))
        self._known = re.compile("|".join(patterns)) if self._forms else None

    def redact(self, text: str) -> str:
        return mask_url(self._known.sub(MASK, text) if self._known else text)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redact(record.getMessage()), None
        if record.exc_info:
            record.exc_text = self.redact(record.exc_text or logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = self.redact(record.stack_info)
        return True


def _forms(value: str) -> set[str]:
    encoded = {quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1], repr(value)[1:-1]}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), form) for form in encoded}
    return {value} | encoded | lower if value else set()


def _pattern(form: str) -> str:
    """A very short secret only where it stands alone: every text would be full of holes otherwise."""
    return rf"(?<!\w){re.escape(form)}(?!\w)" if len(form) < _SHORT else re.escape(form)
