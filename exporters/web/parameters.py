"""What a request asks for, read strictly: each value has one meaning, or the request is refused with the remedy."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.requests import Request

from exporters.web.errors import RequestError, shown
from exporters.web.sources import Sources

CACHE_BUSTER = "_"
"""A parameter that every route takes and ignores, so that pages can ask for a picture anew."""

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:([Zz])|([+\- ])(\d\d:\d\d))?)?", re.ASCII
)
_EPOCH = re.compile(r"\d{1,11}(?:\.\d{1,9})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
TIME_HINT = "write RFC 3339, such as 2026-11-22T17:01:00Z or with +01:00, or seconds since 1970"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, `[start, end)`."""

    start: datetime
    end: datetime


def only(query: QueryParams, *known: str) -> None:
    """Refuse parameters that are unknown or given twice: a mistyped one would silently widen the question."""
    names = [name for name, _ in query.multi_items() if name != CACHE_BUSTER]
    for name in names:
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            raise RequestError(400, f"this route has no parameter {shown(name)}", hint=takes)
        if names.count(name) > 1:
            raise RequestError(400, f"{name} is given more than once", hint="give it once")


def parse_time(name: str, text: str, timezone: ZoneInfo) -> datetime:
    """RFC 3339, epoch seconds, or without an offset in the configured timezone, which a bare date is as well.

    A `+` that a client forgot to escape arrives as a blank; where an offset must stand it means nothing else.
    """
    try:
        found = _epoch(text) or _rfc3339(text, timezone)
    except (ValueError, OverflowError):
        found = None
    if found is None or not FIRST <= found < LAST:
        raise RequestError(400, f"{name} is not a time: {shown(text)}", hint=TIME_HINT)
    return found


def _epoch(text: str) -> datetime | None:
    return datetime.fromtimestamp(float(text), UTC) if _EPOCH.fullmatch(text) else None


def _rfc3339(text: str, timezone: ZoneInfo) -> datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    day, clock, zulu, sign, offset = match.groups()
    suffix = "+00:00" if zulu else f"{'+' if sign == ' ' else sign}{offset}" if offset else ""
    parsed = datetime.fromisoformat(f"{day}T{clock or '00:00'}{suffix}")
    return (parsed if suffix else parsed.replace(tzinfo=timezone)).astimezone(UTC)


def parse_span(query: Mapping[str, str], sources: Sources, *, default: timedelta, longest: timedelta) -> Span:
    """`from` and `to`; without `to` up to now, without `from` as far back as `default`."""
    end = parse_time("to", query["to"], sources.timezone) if "to" in query else sources.now()
    start = parse_time("from", query["from"], sources.timezone) if "from" in query else end - default
    if start >= end:
        raise RequestError(400, "from must be before to", hint=TIME_HINT)
    if end - start > longest:
        raise RequestError(400, "from and to are too far apart", hint=f"ask for at most {longest.days} days at once")
    return Span(start, end)


def parse_date(text: str, timezone: ZoneInfo) -> Span:
    """That day in the configured timezone, which has 23 or 25 hours twice a year."""
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        return day_span(day, timezone) if day and FIRST.date() < day < LAST.date() else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> Span:
    raise RequestError(400, f"date is not a date: {shown(text)}", hint="write YYYY-MM-DD, such as 2026-11-22")


def day_span(day: date, timezone: ZoneInfo) -> Span:
    midnight = datetime.combine(day, time(), timezone)
    return Span(midnight.astimezone(UTC), datetime.combine(day + timedelta(1), time(), timezone).astimezone(UTC))


def parse_number(query: QueryParams, name: str, default: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise RequestError(400, f"{name} cannot be {shown(text)}", hint=f"give a whole number from {least} to {most}")
    return int(text)


def parse_size(text: str, *, least: int, widest: int, highest: int) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (least <= width <= widest and least <= height <= highest):
        hint = f"write WIDTHxHEIGHT, from {least}x{least} to {widest}x{highest}, such as 640x360"
        raise RequestError(400, f"size cannot be {shown(text)}", hint=hint)
    return width, height


def parse_choice(query: QueryParams, name: str, choices: Collection[str], default: str) -> str:
    text = query.get(name, default)
    if text not in choices:
        raise RequestError(400, f"{name} cannot be {shown(text)}", hint=f"one of {', '.join(choices)}")
    return text


def parse_flag(query: QueryParams, name: str, *, default: bool) -> bool:
    return parse_choice(query, name, ("0", "1"), str(int(default))) == "1"


def optional_camera(request: Request, sources: Sources) -> str | None:
    return known_camera(request.query_params["camera"], sources) if "camera" in request.query_params else None


def required_camera(request: Request, sources: Sources) -> str:
    if "camera" not in request.query_params:
        raise RequestError(400, "camera is missing", hint=_cameras(sources))
    return known_camera(request.query_params["camera"], sources)


def known_camera(name: str, sources: Sources) -> str:
    if name not in sources.cameras:
        raise RequestError(404, f"there is no camera {shown(name)}", hint=_cameras(sources))
    return name


def _cameras(sources: Sources) -> str:
    return f"the cameras are {', '.join(sorted(sources.cameras))}" if sources.cameras else "no camera is configured"
