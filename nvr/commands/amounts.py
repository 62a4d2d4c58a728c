"""Sizes, ages and shares as people read them on the command line."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

BARS = " ▁▂▃▄▅▆▇█"


def size(size_bytes: float) -> str:
    """In powers of 1000, as sizes are written in the configuration."""
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} B" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} TB"


def age(seconds: float | None) -> str:
    """In its largest unit; None is never reached."""
    if seconds is None:
        return "never"
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.4g} {unit}"
    return f"{seconds:.4g} s"


def moment(text: str | None, timezone: ZoneInfo) -> str:
    """A time of the API, in this place's."""
    return "" if text is None else datetime.fromisoformat(text).astimezone(timezone).strftime("%Y-%m-%d %H:%M %Z")


def bars(values: Sequence[float], highest: float) -> str:
    """One sign a value; only nothing at all is blank."""
    steps = len(BARS) - 1
    heights = (min(steps, max(1, round(value / highest * steps))) if value > 0 else 0 for value in values)
    return "".join(BARS[height] for height in heights)
