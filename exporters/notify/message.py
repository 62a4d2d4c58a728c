"""What a channel is sent: some alerts that belong together and all have the same status; as it waits in the outbox."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from exporters.delivery import SEVERITIES, Delivery
from exporters.notify.alert_json import alert_json, alert_of
from exporters.notify.book import News
from nvr.alert import Alert, Status
from nvr.settings import ChannelSettings

_STATUSES: tuple[Status, ...] = ("firing", "resolved")
MOST_IN_ONE = 50
"""Alerts of one message; more are several messages."""


@dataclass(frozen=True, slots=True)
class Message:
    alerts: tuple[Alert, ...]

    @property
    def severity(self) -> str:
        """That of the weightiest."""
        return max((alert.severity for alert in self.alerts), key=SEVERITIES.index)

    def payload(self) -> str:
        return json.dumps([alert_json(alert) for alert in self.alerts], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of(cls, payload: str) -> "Message":
        return cls(tuple(alert_of(found) for found in json.loads(payload)))


def deliveries(
    receiver: str, group: str, news: Sequence[News], channels: Sequence[ChannelSettings], now: datetime
) -> list[Delivery]:
    """What each channel is to be told of it, and from when on. `now` carries the site's time zone."""
    found = []
    for channel in channels:
        for subject, status, wanted in _parts(f"{receiver} {group}", news, channel):
            parts = (wanted[first : first + MOST_IN_ONE] for first in range(0, len(wanted), MOST_IN_ONE))
            to = f"{receiver}/{channel.name}"
            found += [_delivery(part, channel, now, to=to, subject=subject, status=status) for part in parts]
    return found


def _parts(
    subject: str, news: Sequence[News], channel: ChannelSettings
) -> Iterator[tuple[str, Status, Sequence[News]]]:
    """What has one status; with quiet hours also what is critical by itself, as it does not wait behind the rest."""
    wanted = [each for each in news if is_wanted(channel, each.alert)]
    critical = [each for each in wanted if channel.quiet_hours and each.alert.severity == "critical"]
    others = [each for each in wanted if each not in critical]
    for name, some in ((f"{subject} critical", critical), (subject, others)):
        for status in _STATUSES:
            yield name, status, [each for each in some if each.alert.status == status]


def is_wanted(channel: ChannelSettings, alert: Alert) -> bool:
    weighs = SEVERITIES.index(alert.severity) >= SEVERITIES.index(channel.min_severity)
    return weighs and (alert.end is None or channel.send_resolved)


def _delivery(
    news: Sequence[News], channel: ChannelSettings, now: datetime, *, to: str, subject: str, status: Status
) -> Delivery:
    message = Message(tuple(each.alert for each in news))
    quiet = channel.quiet_hours
    return Delivery(
        key=f"{status} {' '.join(sorted(each.key for each in news))}",
        channel=to,
        subject=subject,
        severity=message.severity,
        resolved=status == "resolved",
        payload=message.payload(),
        due=quiet.end_after(now) if quiet and message.severity != "critical" else None,
    )


def alerts_of_key(key: str) -> list[str]:
    """The ids of the alerts that a delivery with this key told of."""
    return [each.partition("#")[0] for each in key.split()[1:]]


def status_of_key(key: str) -> Status:
    return "resolved" if key.startswith("resolved ") else "firing"
