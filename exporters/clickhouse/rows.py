"""A fact as the rows that ClickHouse keeps of it: which table, and one JSON line a row, for `FORMAT JSONEachRow`.

The spool holds exactly these lines and the writer sends them unchanged, so what was durable is what is inserted.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any, assert_never

from nvr.alert import Alert
from nvr.model import Activity, Fact, Gap, HeatmapCounts, MotionEvent, Segment, Tombstone, stamp

TABLES = ("alerts", "motion_events", "gaps", "segments", "tombstones", "activity", "heatmap")
"""Every table that facts go to, the dearest first: the order of insertion, and reversed the order of dropping."""

_COMPLETE = 1 << 40
"""Added to the version of a finished segment: more than any duration in milliseconds."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one fact. `key` names fact and version, so that a fact put twice waits once; None never repeats."""

    table: str
    key: str | None
    count: int
    lines: str


_TABLE_OF: dict[type[Fact], str] = {
    MotionEvent: "motion_events",
    Gap: "gaps",
    Segment: "segments",
    Tombstone: "tombstones",
    Activity: "activity",
    HeatmapCounts: "heatmap",
    Alert: "alerts",
}


def table_of(fact: Fact) -> str:
    return _TABLE_OF[type(fact)]


def rows_of(fact: Fact, site: str) -> Rows:  # noqa: PLR0911  One for each kind of fact.
    match fact:
        case MotionEvent():
            return _rows("motion_events", f"{fact.id}:{_version(fact.end)}", _motion_event(fact, site))
        case Gap():
            return _rows("gaps", f"{fact.id}:{_version(fact.end)}", _gap(fact, site))
        case Segment():
            row = _segment(fact, site)
            return _rows("segments", f"{fact.id}:{row['version']}", row)
        case Tombstone():
            return _rows("tombstones", f"{fact.segment.id}:{stamp(fact.deleted)}", _tombstone(fact, site))
        case Activity():
            row = _activity(fact, site)
            return _rows("activity", blake2s(_line(row).encode(), digest_size=16).hexdigest(), row)
        case HeatmapCounts():
            return _rows("heatmap", None, *_heatmap(fact, site))
        case Alert():
            return _rows("alerts", f"{fact.id}:{fact.revision}", _alert(fact, site))
        case _:
            assert_never(fact)


def timestamp(time: datetime) -> str:
    """A UTC time as ClickHouse reads it, to the millisecond, cut off as in names."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{time.microsecond // 1000:03d}"


def _rows(table: str, key: str | None, *rows: dict[str, Any]) -> Rows:
    return Rows(table, key, len(rows), "\n".join(_line(row) for row in rows))


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _version(end: datetime | None) -> int:
    """A closed stretch replaces its open form whichever comes last: open is 0, closed the end in milliseconds."""
    return 0 if end is None else int(end.timestamp() * 1000)


def _optional(time: datetime | None) -> str | None:
    return None if time is None else timestamp(time)


def _motion_event(event: MotionEvent, site: str) -> dict[str, Any]:
    x, y, width, height = event.box
    return {
        "site": site,
        "camera": event.camera,
        "id": str(event.id),
        "start": timestamp(event.start),
        "end": _optional(event.end),
        "peak": float(event.peak),
        "box_x": float(x),
        "box_y": float(y),
        "box_width": float(width),
        "box_height": float(height),
        "zones": list(event.zones),
        "footage_start": timestamp(event.footage_start),
        "footage_end": _optional(event.footage_end),
        "version": _version(event.end),
    }


def _gap(gap: Gap, site: str) -> dict[str, Any]:
    return {
        "site": site,
        "camera": gap.camera,
        "start": timestamp(gap.start),
        "end": _optional(gap.end),
        "cause": gap.cause.value,
        "version": _version(gap.end),
    }


def _segment(segment: Segment, site: str) -> dict[str, Any]:
    return {
        "site": site,
        "camera": segment.camera,
        "id": segment.id,
        "start": timestamp(segment.start),
        "duration_seconds": segment.duration_seconds,
        "size_bytes": segment.size_bytes,
        "path": segment.path,
        "codec": segment.codec,
        "width": segment.width,
        "height": segment.height,
        "complete": segment.complete,
        "clock_step_seconds": float(segment.clock_step_seconds),
        "clock_offset_seconds": float(segment.clock_offset_seconds),
        "version": int(segment.duration_seconds * 1000) + (_COMPLETE if segment.complete else 0),
    }


def _tombstone(tombstone: Tombstone, site: str) -> dict[str, Any]:
    segment = tombstone.segment
    return {
        "site": site,
        "camera": segment.camera,
        "id": segment.id,
        "start": timestamp(segment.start),
        "duration_seconds": segment.duration_seconds,
        "size_bytes": segment.size_bytes,
        "path": segment.path,
        "deleted": timestamp(tombstone.deleted),
        "policy": tombstone.policy,
        "promised_seconds": tombstone.promised_seconds,
    }


def _activity(activity: Activity, site: str) -> dict[str, Any]:
    return {
        "site": site,
        "camera": activity.camera,
        "second": timestamp(activity.second)[:19],
        "score": float(activity.score),
        "cells": [int(cell) for cell in activity.cells],
    }


def _alert(alert: Alert, site: str) -> dict[str, Any]:
    return {
        "site": site,
        "fingerprint": alert.fingerprint,
        "alertname": alert.name,
        "camera": alert.camera,
        "severity": alert.severity,
        "start": timestamp(alert.start),
        "end": _optional(alert.end),
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "acknowledged": _optional(alert.acknowledged),
        "acknowledged_by": alert.acknowledged_by,
        "deliveries": [
            {
                "channel": told.channel,
                "status": told.status,
                "outcome": told.outcome,
                "time": timestamp(told.time),
                "error": told.error,
            }
            for told in alert.told
        ],
        "version": alert.revision,
    }


def _heatmap(counts: HeatmapCounts, site: str) -> list[dict[str, Any]]:
    hour = timestamp(counts.hour)[:19]
    return [
        {"site": site, "camera": counts.camera, "hour": hour, "cell": int(cell), "frames": int(frames)}
        for cell, frames in counts.counts.items()
    ]
