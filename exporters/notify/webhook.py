"""What Alertmanager sends to a webhook (payload version 4): a group of alerts, strictly bounded."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any

from nvr.alert import Alert

MOST_BYTES = 4 << 20
MOST_ALERTS = 1000
MOST_LABELS = 64
LONGEST_NAME, LONGEST_TEXT = 128, 2000

_FINGERPRINT = re.compile(r"[0-9a-f]{16}", re.ASCII)
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):
    """It is not what Alertmanager sends. Sent again it would be the same."""


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts that belong together. `key` is Alertmanager's name for the group, shortened."""

    key: str
    alerts: tuple[Alert, ...]


def group_of(body: bytes, now: datetime) -> Group:
    """Raises Unreadable, which says what is wrong without repeating it."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON") from None
    if not isinstance(content, dict) or content.get("version") != "4":
        raise Unreadable("it is not of version 4")
    alerts, key = content.get("alerts"), content.get("groupKey")
    if not isinstance(alerts, list) or not isinstance(key, str):
        raise Unreadable("it has no alerts or no groupKey")
    if len(alerts) > MOST_ALERTS:
        raise Unreadable(f"it has more than {MOST_ALERTS} alerts: set max_alerts in alertmanager.yml")
    return Group(blake2s(key.encode("utf-8", "replace"), digest_size=8).hexdigest(), tuple(_alerts(alerts, now)))


def _alerts(found: list[Any], now: datetime) -> list[Alert]:
    """Each once, by its id."""
    return list({alert.id: alert for alert in (_alert(each, now) for each in found)}.values())


def _alert(found: Any, now: datetime) -> Alert:
    if not isinstance(found, dict) or found.get("status") not in ("firing", "resolved"):
        raise Unreadable("an alert is neither firing nor resolved")
    labels, start = _texts(found.get("labels"), "labels"), _time(found.get("startsAt"), "startsAt")
    end = None if found["status"] == "firing" else max(start, min(_time(found.get("endsAt"), "endsAt"), now))
    return Alert(_fingerprint(found, labels), start, end, labels, _texts(found.get("annotations", {}), "annotations"))


def _fingerprint(found: dict[str, Any], labels: dict[str, str]) -> str:
    given = found.get("fingerprint")
    return given if isinstance(given, str) and _FINGERPRINT.fullmatch(given) else fingerprint_of(labels)


def fingerprint_of(labels: dict[str, str]) -> str:
    """A name for a set of labels, where nobody gave it one."""
    return blake2s(json.dumps(sorted(labels.items())).encode(), digest_size=8).hexdigest()


def _texts(found: Any, what: str) -> dict[str, str]:
    """Long texts are cut: they come from templates, which may be filled with anything."""
    if not isinstance(found, dict) or len(found) > MOST_LABELS:
        raise Unreadable(f"{what} are no mapping, or too many")
    if not all(isinstance(value, str) and len(key) <= LONGEST_NAME for key, value in found.items()):
        raise Unreadable(f"{what} are not all texts")
    return {_clean(key): _clean(value)[:LONGEST_TEXT] for key, value in found.items()}


def _clean(text: str) -> str:
    """Without what would break a mail's header, a line of the log, or UTF-8."""
    known = text.encode("utf-8", "replace").decode()
    return "".join(each if each.isprintable() or each == "\n" else " " for each in known)


def _time(found: Any, what: str) -> datetime:
    try:
        time = datetime.fromisoformat(found).astimezone(UTC) if isinstance(found, str) else None
    except (ValueError, OverflowError):
        time = None
    if time is None or not _FIRST <= time < _LAST:
        raise Unreadable(f"{what} is no time")
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
