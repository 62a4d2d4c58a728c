"""The real rules and routes at a quicker pace: every time in them divided by a factor, so that a test need not wait.

The recorder's own times are not scaled: a camera is offline after 30 seconds in every test.
"""

import copy
import re
from typing import Any

from tests.prometheus.story import groups, seconds

DURATION = re.compile(r"(?<![\w.])(\d+(?:s|m|h|d))(?!\w)")
LEAST = re.compile(r"(clamp_min\(increase\([^)]*\), )(\d+)\)")
AGES = {
    "nvr:threshold:camera_frozen_age_seconds",
    "nvr:threshold:recording_overdue_age_seconds",
    "nvr:threshold:retention_stalled_age_seconds",
    "nvr:threshold:recent_age_seconds",
}
"""Thresholds that are times to wait. The age of a living camera's last frame is none: that is up to the recorder."""

SHORTEST_WINDOW_SECONDS = 4.0
"""So that a window holds some scrapes, which are a second apart."""


def quicker(duration: str, factor: float, least: float = 0.0) -> str:
    return f"{int(max(seconds(duration) / factor, least) * 1000)}ms"


def quick_rules(factor: float) -> dict[str, Any]:
    return {
        "groups": [
            {"name": group["name"], "rules": [_quick_rule(rule, factor) for rule in group["rules"]]}
            for group in groups()
        ]
    }


def _quick_rule(rule: dict[str, Any], factor: float) -> dict[str, Any]:
    quick = dict(rule)
    for key in ("for", "keep_firing_for"):
        if key in quick:
            quick[key] = quicker(quick[key], factor)
    if rule.get("record") in AGES:
        quick["expr"] = f"{rule['expr']} / {factor}"
        return quick
    expr = LEAST.sub(lambda found: f"{found[1]}{int(found[2]) / factor})", rule["expr"])
    quick["expr"] = DURATION.sub(lambda found: quicker(found[1], factor, _least(found)), expr)
    return quick


def _least(found: re.Match[str]) -> float:
    """A subquery's step may be a second; a window may not."""
    return 1.0 if found.string[found.start() - 1] == ":" else SHORTEST_WINDOW_SECONDS


def quick_routes(config: dict[str, Any], factor: float) -> dict[str, Any]:
    """Of an Alertmanager's configuration."""
    quick = copy.deepcopy(config)
    for route in (quick["route"], *quick["route"]["routes"]):
        for key in {"group_wait", "group_interval", "repeat_interval"} & route.keys():
            route[key] = quicker(route[key], factor, 0.1)
    return quick
