"""How values are written in a configuration: durations, sizes, shares, numbers, names, time zones."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from math import inf
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from nvr.model import CAMERA_NAME
from nvr.settings import Budget

DURATION_FORMS = "write a number with its unit: 60s, 5m, 12h, 7d or 2w"
SIZE_FORMS = "write a number with its unit: 500MB, 500GB, 2TB, or 512MiB, 500GiB, 1TiB"
BUDGET_FORMS = "write a share of the disk such as 90%, a size such as 500GB or 1TiB, or what stays free: 50GB free"

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(s|m|h|d|w)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?) ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)", re.ASCII)
_POWERS = {"B": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_SHARE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?%", re.ASCII)

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)


Reader = Callable[[object], float]
"""From a value of the document to a number; raises Unusable."""


class Unusable(ValueError):
    """A value that cannot be used, or the one `below` it. Neither text quotes the value, which may be a secret."""

    def __init__(self, message: str, hint: str, *below: str | int) -> None:
        super().__init__(message)
        self.message, self.hint, self.below = message, hint, below


def duration(value: object) -> float:
    """`60s` as seconds."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Unusable("is not a duration", DURATION_FORMS)
    return float(found[1]) * _SECONDS[found[2]]


def duration_between(lowest: str, highest: str) -> Callable[[object], float]:
    def bounded(value: object) -> float:
        seconds = duration(value)
        if not duration(lowest) <= seconds <= duration(highest):
            raise Unusable("is out of range", f"write a duration from {lowest} to {highest}")
        return seconds

    return bounded


def age(value: object) -> float:
    """Of footage; a century is the longest."""
    return duration_between("1s", "5200w")(value)


def age_or_never(value: object) -> float | None:
    try:
        return None if value == "never" else age(value)
    except Unusable as error:
        raise Unusable(error.message, f"{error.hint}; or never") from error


def keep(value: object) -> float | None:
    """Of the database's rows, which ClickHouse lets go by the day; None is for ever."""
    try:
        return None if value == "forever" else duration_between("1d", "5200w")(value)
    except Unusable as error:
        raise Unusable(error.message, f"{error.hint}; or forever") from error


def size(value: object) -> int:
    """`500GB` (powers of 1000) or `500GiB` (powers of 1024) as bytes."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Unusable("is not a size", SIZE_FORMS)
    base = 1024 if "i" in found[2] else 1000
    return int(float(found[1]) * base ** _POWERS[found[2][0].upper()])


def share(value: object) -> float:
    """`85%` as a fraction."""
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if not found or not 0 < float(found[1]) <= 100:
        raise Unusable("is no share", "write more than 0% and at most 100%: 85%")
    return float(found[1]) / 100


def budget(value: object) -> Budget:
    if isinstance(value, str) and value.endswith(" free"):
        return Budget(fraction=None, free_bytes=size(value.removesuffix(" free")))
    share = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if share and 0 < float(share[1]) <= 100:
        return Budget(fraction=float(share[1]) / 100)
    if share:
        raise Unusable("is no usable share", "write more than 0% and at most 100%")
    try:
        size_bytes = size(value)
    except Unusable as error:
        raise Unusable("is neither a share nor a size", BUDGET_FORMS) from error
    if size_bytes < 100_000_000:
        raise Unusable("is too small to record into", "write at least 100MB")
    return Budget(fraction=None, size_bytes=size_bytes)


def number_between(lowest: float, highest: float, *, whole: bool = False) -> Callable[[object], float]:
    """A number of the document, or the text of one, as a variable gives it."""
    kind = "whole number" if whole else "number"
    hint = f"write a {kind} from {lowest:g} to {highest:g}"

    def bounded(value: object) -> float:
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < inf:
            raise Unusable(f"is not a {kind}", hint)
        if whole and value != int(value):
            raise Unusable(f"is not a {kind}", hint)
        if not lowest <= value <= highest:
            raise Unusable("is out of range", hint)
        return int(value) if whole else float(value)

    return bounded


def name(value: str) -> str:
    """The name of a camera or a zone: part of paths, labels and URLs, and so kept plain."""
    if not CAMERA_NAME.fullmatch(value):
        rule = "small letters, digits, - and _, at most 32, beginning with a letter or digit: front-door"
        raise Unusable("is not a usable name", f"use {rule}")
    return value


def timezone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(str(value), available_timezones(), 1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise Unusable("is not a time zone", f"{meant}write a name such as Europe/Berlin or UTC") from error
