"""Points in time as people write them on the command line."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import typer

from nvr.config.values import Unusable, duration

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FORMS = "write 2026-11-22T17:00:00Z, 2026-11-22, a time ago such as 30m, 2h or 7d, or now, today, yesterday"


DEFAULT_SPAN = timedelta(days=1)


def span(start: str | None, end: str, now: datetime, timezone: ZoneInfo) -> tuple[datetime, datetime]:
    """Raises typer.BadParameter where one of them is no time, or the first is not before the second."""
    last = moment(end, now, timezone)
    first = moment(start, now, timezone) if start else last - DEFAULT_SPAN
    if first >= last:
        raise typer.BadParameter(f"the end, {end}, is not after the beginning, {start}")
    return first, last


def moment(text: str, now: datetime, timezone: ZoneInfo) -> datetime:
    """In UTC. A day is its first moment in `timezone`, and a time without an offset is in `timezone`."""
    try:
        return (_relative(text, now, timezone) or _absolute(text, timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text} is not a time: {FORMS}") from None


def _relative(text: str, now: datetime, timezone: ZoneInfo) -> datetime | None:
    today = datetime.combine(now.astimezone(timezone).date(), time(), timezone)
    words = {"now": now, "today": today, "yesterday": today - timedelta(days=1)}
    if text in words:
        return words[text]
    try:
        return now - timedelta(seconds=duration(text.removesuffix(" ago")))
    except Unusable:
        return None


def _absolute(text: str, timezone: ZoneInfo) -> datetime:
    if not _DATE.match(text):
        raise ValueError(text)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=timezone)
