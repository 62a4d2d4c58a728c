"""Alerts as Alertmanager sends them, and as they are known after that."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from nvr.alert import Alert

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LABELS = {
    "alertname": "NvrCameraOffline",
    "event": "CAMERA_OFFLINE",
    "severity": "critical",
    "site": "home",
    "camera": "front-door",
}


def alert(number: int = 1, start: datetime = NOON, end: datetime | None = None, **labels: str) -> Alert:
    words = {"summary": "Camera front-door at home is offline", "description": "No picture has come from it."}
    return Alert(f"{number:016x}", start, end, {**LABELS, **labels}, words)


def sent(*alerts: Alert, group: str = "{}:{camera='front-door'}") -> dict[str, Any]:
    """The payload of Alertmanager 0.25."""
    return {
        "version": "4",
        "groupKey": group,
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "people",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://manager:9093",
        "alerts": [_sent(each) for each in alerts],
    }


def body(*alerts: Alert) -> bytes:
    return json.dumps(sent(*alerts)).encode()


def _sent(found: Alert) -> dict[str, Any]:
    return {
        "status": found.status,
        "labels": dict(found.labels),
        "annotations": dict(found.annotations),
        "startsAt": found.start.isoformat().replace("+00:00", "Z"),
        "endsAt": found.end.isoformat() if found.end else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": found.fingerprint,
    }


def ids(alerts: Sequence[Alert]) -> list[str]:
    return [each.fingerprint[-1] for each in alerts]
