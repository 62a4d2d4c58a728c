"""An alert as JSON, for the outbox, the book and the API, and back."""

from datetime import datetime
from typing import Any

from nvr.alert import Alert, Told
from nvr.model import isoformat


def alert_json(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "fingerprint": alert.fingerprint,
        "alertname": alert.name,
        "event": alert.event,
        "camera": alert.camera,
        "severity": alert.severity,
        "status": alert.status,
        "start": isoformat(alert.start),
        "end": _time(alert.end),
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "acknowledged": _time(alert.acknowledged),
        "acknowledged_by": alert.acknowledged_by,
        "deliveries": [told_json(told) for told in alert.told],
        "revision": alert.revision,
    }


def told_json(told: Told) -> dict[str, Any]:
    return {
        "channel": told.channel,
        "status": told.status,
        "outcome": told.outcome,
        "time": isoformat(told.time),
        "error": told.error,
    }


def alert_of(found: dict[str, Any]) -> Alert:
    """What `alert_json` made."""
    return Alert(
        fingerprint=found["fingerprint"],
        start=datetime.fromisoformat(found["start"]),
        end=_moment(found["end"]),
        labels=found["labels"],
        annotations=found["annotations"],
        acknowledged=_moment(found["acknowledged"]),
        acknowledged_by=found["acknowledged_by"],
        told=tuple(Told(**(each | {"time": datetime.fromisoformat(each["time"])})) for each in found["deliveries"]),
        revision=found["revision"],
    )


def _time(time: datetime | None) -> str | None:
    return None if time is None else isoformat(time)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
