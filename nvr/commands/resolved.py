"""Resolved settings in the form of the configuration file, without their secrets."""

from math import inf
from typing import Any

import yaml

from nvr.config.retention import DELETED_CLASSES, KEPT_CLASSES
from nvr.config.schedules import DAY_SECONDS, DAYS, time_text
from nvr.masking import Secrets, secrets_of
from nvr.settings import (
    WHOLE,
    Ages,
    Budget,
    CameraSettings,
    ChannelSettings,
    MotionSettings,
    NotificationSettings,
    RecordingSettings,
    RetentionSettings,
    Settings,
    StorageSettings,
    WebSettings,
    WeeklyRange,
    Zone,
)

_DURATIONS = {"w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
_SIZES = {"TB": 10**12, "GB": 10**9, "MB": 10**6, "kB": 10**3}
_BINARY_SIZES = {"TiB": 1 << 40, "GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10}


def resolved_text(settings: Settings) -> str:
    """YAML that could be loaded again, but for the masks."""
    masked = _redacted(resolved(settings), Secrets(secrets_of(settings)))
    return yaml.safe_dump(masked, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)


def _redacted(value: Any, secrets: Secrets) -> Any:
    if isinstance(value, dict):
        return {key: _redacted(each, secrets) for key, each in value.items()}
    if isinstance(value, list):
        return [_redacted(each, secrets) for each in value]
    return secrets.redact(value) if isinstance(value, str) else value


def resolved(settings: Settings) -> dict[str, Any]:
    database = settings.database
    return {
        "site": settings.site,
        "timezone": settings.timezone.key,
        "storage": _storage(settings.storage),
        "database": {
            "dsn": database.dsn,
            "spool": str(database.spool),
            "spool_limit": exact_size_text(database.spool_limit_bytes),
            "keep": "forever" if database.keep_seconds is None else duration_text(database.keep_seconds),
        },
        "web": _web(settings.web),
        **({"alerts": "builtin"} if settings.notifications.builtin else {}),
        "log": {"format": settings.log.format, "level": settings.log.level},
        **_given({"notifications": _notifications(settings.notifications)}),
        "cameras": {name: _camera(camera) for name, camera in settings.cameras.items()},
    }


def duration_text(seconds: float) -> str:
    """In the largest unit that leaves a whole number: `7d`, `90s`, `0.5s`."""
    unit = next((unit for unit, each in _DURATIONS.items() if seconds and seconds % each == 0), "s")
    return f"{seconds / _DURATIONS[unit]:g}{unit}"


def size_text(size_bytes: int) -> str:
    """Rounded, for people."""
    unit = next((unit for unit, each in _SIZES.items() if size_bytes >= each), None)
    return f"{size_bytes / _SIZES[unit]:.3g}{unit}" if unit else f"{size_bytes}B"


def exact_size_text(size_bytes: int) -> str:
    """In the largest unit that leaves a whole number, as it may be written in the configuration: `500GB`."""
    units = _SIZES | _BINARY_SIZES
    whole = [unit for unit, each in units.items() if size_bytes and size_bytes % each == 0]
    unit = max(whole, key=lambda unit: units[unit], default=None)
    return f"{size_bytes // units[unit]}{unit}" if unit else f"{size_bytes}B"


def _storage(storage: StorageSettings) -> dict[str, Any]:
    retention = storage.retention
    return {
        "path": str(storage.path),
        **({"mount": str(storage.mount)} if storage.mount else {}),
        "segment": duration_text(storage.segment_seconds),
        "budget": budget_text(retention.budget),
        **_promised(retention),
        "trigger": f"{retention.trigger * 100:g}%",
        "target": f"{retention.target * 100:g}%",
    }


def _promised(retention: RetentionSettings) -> dict[str, Any]:
    return {
        "keep_at_least": _ages(retention.keep_at_least, KEPT_CLASSES),
        "delete_after": _ages(retention.delete_after, DELETED_CLASSES),
    }


def budget_text(budget: Budget) -> str:
    if budget.free_bytes is not None:
        return f"{exact_size_text(budget.free_bytes)} free"
    return f"{budget.fraction * 100:g}%" if budget.fraction is not None else exact_size_text(budget.size_bytes or 0)


def _ages(ages: Ages, classes: tuple[str, ...]) -> str | dict[str, str]:
    """One age where all footage but the protected has the same."""
    texts = {name: age_text(getattr(ages, name)) for name in classes}
    plain = texts["continuous"] == texts["motion"] and texts.get("protected", "never") == "never"
    return texts["continuous"] if plain else texts


def age_text(seconds: float) -> str:
    return "never" if seconds == inf else duration_text(seconds)


def _web(web: WebSettings) -> dict[str, Any]:
    listen = f"[{web.host}]:{web.port}" if ":" in web.host else f"{web.host}:{web.port}"
    pages = {"external_url": web.external_url, "grafana_url": web.grafana_url, "docs_url": web.docs_url}
    return {"listen": listen, **_given({**pages, "token": web.token})}


def _notifications(notifications: NotificationSettings) -> dict[str, Any]:
    receivers = {
        name: {"channels": {each.name: _channel(each) for each in channels}}
        for name, channels in notifications.receivers.items()
    }
    return {"receivers": receivers} if receivers else {}


def _channel(channel: ChannelSettings) -> dict[str, Any]:
    quiet = channel.quiet_hours
    hours = {"quiet_hours": f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"} if quiet else {}
    return {
        "url": channel.url,
        "kind": channel.kind,
        "min_severity": channel.min_severity,
        **hours,
        "send_resolved": channel.send_resolved,
        **_given({"token": channel.token}),
    }


def _camera(camera: CameraSettings) -> dict[str, Any]:
    more = {
        "zones": {zone.name: _zone(zone) for zone in camera.zones},
        "masks": [[list(point) for point in mask] for mask in camera.masks],
    }
    streams = _given({"record": camera.record, "detect": camera.detect})
    own = {"storage": _camera_storage(camera.retention)} if camera.retention else {}
    how = {"recording": _recording(camera.recording), "motion": _motion(camera.motion)}
    return {**streams, "audio": camera.audio, **how, **_given(more), **own}


def _recording(recording: RecordingSettings) -> dict[str, Any]:
    return {"mode": recording.mode.value, **_given({"schedule": [_weekly(each) for each in recording.schedule]})}


def _weekly(weekly: WeeklyRange) -> dict[str, Any]:
    is_whole_day = (weekly.begin, weekly.end) == (0, DAY_SECONDS)
    times = {} if is_whole_day else {"from": time_text(weekly.begin), "to": time_text(weekly.end)}
    return {"days": [DAYS[day] for day in sorted(weekly.days)], **times, "mode": weekly.mode.value}


def _camera_storage(retention: RetentionSettings) -> dict[str, Any]:
    budget = {} if retention.budget == WHOLE else {"budget": budget_text(retention.budget)}
    return {**budget, **_promised(retention)}


def _motion(motion: MotionSettings) -> dict[str, Any]:
    return {
        "sensitivity": motion.sensitivity,
        "fps": motion.fps,
        "min_area": motion.min_area,
        "max_area": motion.max_area,
        "min_duration": duration_text(motion.min_duration_seconds),
        "off_after": duration_text(motion.off_after_seconds),
        "stands_for": duration_text(motion.stands_for_seconds),
        "cooldown": duration_text(motion.cooldown_seconds),
        "pre_roll": duration_text(motion.pre_roll_seconds),
        "post_roll": duration_text(motion.post_roll_seconds),
    }


def _zone(zone: Zone) -> dict[str, Any]:
    limits = {
        "sensitivity": zone.sensitivity,
        "min_area": zone.min_area,
        "max_area": zone.max_area,
        "direction": zone.direction,
        "loiter": duration_text(zone.loiter_seconds) if zone.loiter_seconds else None,
    }
    return {
        "points": [list(point) for point in zone.points],
        **{key: value for key, value in limits.items() if value is not None},
        "alert": zone.alert,
    }


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}
