"""Storage: what footage takes, how long it stays, and what goes."""

from typing import Any

from grafana.build.colours import BLUE, GRAY, GREEN, ORANGE, PURPLE, RED, mapping, thresholds
from grafana.build.dashboard import Placed, dashboard
from grafana.build.overview import UNTIL_FULL
from grafana.build.panels import Panel, bars, lines, stat, timeline
from grafana.build.queries import CAMERA, SITE, latest, named, promql, until_full

OLDEST = f"nvr_storage_camera_oldest_segment_timestamp_seconds{{{CAMERA}}}"

FULL = thresholds(GREEN, (0.85, ORANGE), (0.95, RED))


def figures() -> list[Panel]:
    oldest = f"min(nvr_storage_oldest_segment_timestamp_seconds{{{SITE}}})"
    return [
        stat("Used", "What footage takes.", latest(f"sum(nvr_storage_used_bytes{{{SITE}}})"), unit="bytes"),
        stat(
            "Of the budget",
            "Share of its budget that footage takes on the fullest volume.",
            latest(f"max(nvr:storage_used:ratio{{{SITE}}})"),
            unit="percentunit",
            decimals=1,
            steps=FULL,
        ),
        stat(
            "Until full",
            UNTIL_FULL,
            latest(until_full()),
            unit="s",
            decimals=1,
            steps=thresholds(ORANGE, (86400, GREEN)),
            empty="no growth",
        ),
        stat(
            "Written",
            "Bytes of footage a second.",
            latest(f"sum(rate(nvr_recording_bytes_total{{{CAMERA}}}[$__rate_interval]))"),
            unit="Bps",
        ),
        stat("Reaches back", "Age of the oldest footage.", latest(f"time() - {oldest}"), unit="s", decimals=1),
        stat(
            "Promised",
            "How long footage is promised to stay, unless room is needed.",
            latest(f"max(nvr_retention_target_seconds{{{SITE}}})"),
            unit="s",
            decimals=1,
            empty="nothing",
        ),
    ]


def build() -> dict[str, Any]:
    return dashboard(
        "storage",
        "Storage",
        "What footage takes, how long it stays, and what goes.",
        *(Placed(4 * place, 0, 4, 4, panel) for place, panel in enumerate(figures())),
        Placed(0, 4, 12, 8, _used()),
        Placed(12, 4, 12, 8, _cameras()),
        Placed(0, 12, 12, 7, _written()),
        Placed(12, 12, 12, 7, _forecast()),
        Placed(0, 19, 12, 7, _kept()),
        Placed(12, 19, 12, 7, _share()),
        Placed(0, 26, 12, 5, _deleted()),
        Placed(12, 26, 12, 5, _writable()),
        since="now-24h",
        has_sql=False,
    )


def _used() -> Panel:
    return lines(
        "Used, by camera",
        "Bytes that each camera's footage takes.",
        promql(f"sum by (camera) (nvr_storage_camera_bytes{{{CAMERA}}})", "{{camera}}"),
        unit="bytes",
        stacked=True,
    )


def _cameras() -> Panel:
    return bars(
        "By camera now",
        "Bytes that each camera's footage takes, the largest first.",
        latest(f"sort_desc(sum by (camera) (nvr_storage_camera_bytes{{{CAMERA}}}))", "{{camera}}"),
        unit="bytes",
    )


def _written() -> Panel:
    return lines(
        "Written",
        "Bytes of footage a second, by camera.",
        promql(f"sum by (camera) (rate(nvr_recording_bytes_total{{{CAMERA}}}[$__rate_interval]))", "{{camera}}"),
        unit="Bps",
        stacked=True,
    )


def _forecast() -> Panel:
    return lines(
        "Forecast",
        "What footage takes, its budget, what is free on the disk, and what footage takes in a day at this pace.",
        promql(f"nvr_storage_used_bytes{{{SITE}}}", "footage"),
        promql(f"nvr_storage_budget_bytes{{{SITE}}}", "budget"),
        promql(f"nvr_storage_free_bytes{{{SITE}}}", "free on the disk"),
        promql(f"nvr:storage_used:predicted_1d_bytes{{{SITE}}}", "footage in a day"),
        unit="bytes",
        colours={"footage": BLUE, "budget": ORANGE, "free on the disk": GRAY, "footage in a day": PURPLE},
        minimum=None,
    )


def _deleted() -> Panel:
    return lines(
        "Deleted, by policy",
        "Bytes that went: for their age (delete_after), to make room (budget, camera_budget), or in need (emergency).",
        promql(
            f"sum by (reason) (increase(nvr_retention_deleted_bytes_total{{{SITE}}}[$__rate_interval])) > 0",
            "{{reason}}",
        ),
        unit="bytes",
        bars=True,
        empty="nothing was deleted",
    )


def _kept() -> Panel:
    return lines(
        "Kept against promised",
        "Age of each camera's oldest footage, and the age that it is promised to reach.",
        promql(f"(time() - min by (camera) ({OLDEST})) / 86400", "{{camera}}"),
        promql(f"max(nvr_retention_target_seconds{{{SITE}}}) / 86400 > 0", "promised"),
        unit="d",  # the axis of seconds is marked at 1.16 days, 2.31 days and so on
        colours={"promised": GRAY},
    )


def _share() -> Panel:
    """Blue, for a young recorder has kept all it could; green once the promise is reached."""
    promised = f"scalar(max(nvr_retention_target_seconds{{{SITE}}}) > 0)"
    return bars(
        "Reached of what is promised",
        "How far each camera's footage reaches back, of the promised time. It grows with a young recorder, and "
        "must not fall below whole once it was.",
        latest(f"sort((time() - min by (camera) ({OLDEST})) / {promised})", "{{camera}}"),
        unit="percentunit",
        steps=thresholds(BLUE, (1, GREEN)),
        maximum=1,
        decimals=2,
        empty="nothing is promised",
    )


def _writable() -> Panel:
    return timeline(
        "Volumes",
        "Whether each volume could be written when last tried.",
        promql(named(f"min by (volume) (nvr_storage_writable{{{SITE}}})"), "{{volume}}"),
        mappings=mapping({"cannot be written": (0, RED), "writable": (1, GREEN)}),
    )
