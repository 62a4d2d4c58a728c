"""What people read: long for e-mail, short for chat, 160 characters for SMS. Pure: from alerts to texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from exporters.notify.outage import Outage
from nvr.alert import Alert

SMS_CHARACTERS = 160
CHAT_ALERTS = 10
"""More alerts of one message are only counted."""


@dataclass(frozen=True, slots=True)
class Story:
    """An alert, with what else is known of it. Links are empty where there are none."""

    alert: Alert
    outage: Outage
    watch_url: str = ""
    play_url: str = ""
    pictured: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where all this is: the site, its clock, and the page of its alerts."""

    site: str
    timezone: ZoneInfo
    alerts_url: str = ""


def title(stories: Sequence[Story], place: Place, now: datetime) -> str:
    alert = max((story.alert for story in stories), key=lambda alert: alert.severity == "critical")
    more = f" (and {len(stories) - 1} more)" if len(stories) > 1 else ""
    if alert.end is None:
        return f"[{alert.severity.upper()}] {_line(alert.summary)}{more}"
    word = "RECOVERED" if alert.event == "CAMERA_RECOVERED" else "RESOLVED"
    return f"[{word}] {_over(stories[0], place, now)}{more}"


def email(stories: Sequence[Story], place: Place, now: datetime) -> str:
    parts = [_long(story, place, now) for story in stories]
    all_alerts = f"All alerts: {place.alerts_url}" if place.alerts_url else ""
    return "\n\n".join([*parts, *filter(None, [all_alerts])])


def chat(stories: Sequence[Story], place: Place, now: datetime) -> str:
    lines = [_short(story, place, now) for story in stories[:CHAT_ALERTS]]
    rest = len(stories) - len(lines)
    return "\n".join([*lines, *([f"and {rest} more"] if rest else [])])


def sms(stories: Sequence[Story], place: Place, now: datetime) -> str:
    """Plain ASCII: any other character would make it two messages, or three."""
    more = f" (+{len(stories) - 1} more)" if len(stories) > 1 else ""
    text = _brief(stories[0], place, now).encode("ascii", "replace").decode()
    room = SMS_CHARACTERS - len(more)
    return (text if len(text) <= room else f"{text[: room - 3]}...") + more


def length(seconds: float) -> str:
    """`2 min 14 s`, in the two largest units."""
    whole = max(0, round(seconds))
    units = [("d", whole // 86400), ("h", whole // 3600 % 24), ("min", whole // 60 % 60), ("s", whole % 60)]
    first = next((index for index, (_, count) in enumerate(units) if count), 3)
    return " ".join(f"{count} {unit}" for unit, count in units[first : first + 2] if count) or "0 s"


def _long(story: Story, place: Place, now: datetime) -> str:
    alert = story.alert
    lines = [f"{alert.event} ({alert.severity}) at {place.site}", ""]
    lines += [_over(story, place, now) if alert.end else _line(alert.summary)]
    lines += [alert.annotations.get("description", "")] if alert.end is None else []
    lines += ["", *_facts(story, place, now)]
    return "\n".join(lines)


def _facts(story: Story, place: Place, now: datetime) -> list[str]:
    alert, outage = story.alert, story.outage
    facts = {
        "Camera": alert.camera,
        "Since": _moment(outage.start, place) if alert.end is None else "",
        "Outage": _stretch(outage, place, now) if alert.end is not None else "",
        "Cause": outage.cause,
        "Picture": f"of {_moment(story.pictured, place)}, attached" if story.pictured else "",
        "Footage": story.watch_url,
        "Playback": story.play_url,
        "What to do": alert.annotations.get("runbook_url", ""),
        "Dashboard": alert.annotations.get("dashboard_url", ""),
    }
    return [f"{name}: {value}" for name, value in facts.items() if value]


def _short(story: Story, place: Place, now: datetime) -> str:
    text = _brief(story, place, now)
    return f"{text} {story.watch_url}".rstrip()


def _brief(story: Story, place: Place, now: datetime) -> str:
    alert = story.alert
    if alert.end is not None:
        return f"{alert.event}: {_over(story, place, now)}"
    return f"{alert.event}: {_line(alert.summary)}, since {_clock(story.outage.start, place)}"


def _over(story: Story, place: Place, now: datetime) -> str:
    """That it is over, after how long, and why it was."""
    alert, outage = story.alert, story.outage
    cause = f" ({outage.cause})" if outage.cause else ""
    after = f"after {length(outage.seconds(alert.end or now))}{cause}"
    # Only what was offline is back: a lesser trouble may be over because a greater one began.
    if alert.labels.get("event") == "CAMERA_OFFLINE" and alert.camera:
        return f"Camera {alert.camera} at {place.site} is back {after}"
    return f"Over {after}: {_line(alert.summary)}"


def _stretch(outage: Outage, place: Place, now: datetime) -> str:
    until = _moment(outage.end, place) if outage.end else "now"
    return f"{length(outage.seconds(now))}, from {_moment(outage.start, place)} to {until}"


def _moment(time: datetime, place: Place) -> str:
    return time.astimezone(place.timezone).strftime("%a %d %b %Y %H:%M:%S %Z")


def _clock(time: datetime, place: Place) -> str:
    return time.astimezone(place.timezone).strftime("%H:%M:%S")


def _line(text: str) -> str:
    """A subject of a mail has one."""
    return " ".join(text.split())
