"""Overview: is every camera well, and is its footage there?"""

from typing import Any

from grafana.build.colours import BLUE, GREEN, ORANGE, RED, STATES, mapping, thresholds
from grafana.build.dashboard import Placed, dashboard
from grafana.build.fields import coloured, column, link, organised, words
from grafana.build.panels import Panel, bars, lines, picture, repeated, stat, table, timeline
from grafana.build.queries import CAMERA, SITE, camera_states, coverage, latest, named, promql, rows_of, until_full

OBJECTIVE = thresholds(RED, (0.99, ORANGE), (0.995, GREEN))
"""Coverage against the objective of 99.5 %."""

UNTIL_FULL = (
    "At the growth of the last hour, or of the minutes there are, three at least. A volume that keeps to its budget by "
    "deleting the oldest does not grow."
)

RANKS = (("critical", 3), ("warning", 2), ("info", 1))

CAMERA_PAGE = {
    "title": "Camera ${__field.labels.camera}",
    "url": "/d/nvr-camera?var-camera=${__field.labels.camera}"
    "&${prometheus:queryparam}&${site:queryparam}&${__url_time_range}",
}


def figures() -> list[Panel]:
    up = f"sum(nvr_camera_up{{{CAMERA}}})"
    firing = f'count(ALERTS{{{SITE}, alertstate="firing", alertname!="NvrWatchdog"}}) or vector(0)'
    wanted = f'sum(1 - nvr_camera_state{{{CAMERA}, state="stopped"}})'
    age = f"max(time() - nvr_camera_last_frame_timestamp_seconds{{{CAMERA}}})"
    used = f"max(nvr:storage_used:ratio{{{SITE}}})"
    return [
        stat(
            "Cameras down",
            "Cameras that are to record and are neither healthy nor degraded.",
            latest(f"{wanted} - {up}"),
            steps=thresholds(GREEN, (1, RED)),
        ),
        stat(
            "Active alerts",
            "Alerts that fire now, but for the heartbeat. They are listed below.",
            latest(firing),
            steps=thresholds(GREEN, (1, ORANGE)),
        ),
        stat(
            "Coverage",
            "Footage there is, of the footage there should be, over the chosen time. The objective is 99.5 %.",
            latest(coverage()),
            unit="percentunit",
            decimals=2,
            steps=OBJECTIVE,
        ),
        stat(
            "Oldest last frame",
            "Age of the last frame of the camera that has been silent for the longest.",
            latest(age),
            unit="s",
            decimals=0,
            steps=thresholds(GREEN, (10, ORANGE), (30, RED)),
        ),
        stat(
            "Storage used",
            "Share of its budget that footage takes on the fullest volume.",
            latest(used),
            unit="percentunit",
            decimals=1,
            steps=thresholds(GREEN, (0.85, ORANGE), (0.95, RED)),
        ),
        stat(
            "Until storage is full",
            UNTIL_FULL,
            latest(until_full()),
            unit="s",
            decimals=1,
            steps=thresholds(ORANGE, (86400, GREEN)),
            empty="no growth",
        ),
    ]


def alerts() -> Panel:
    made = table(
        "Active alerts",
        "What fires now, the gravest first. A name opens the list of whom it was told to, a camera its footage.",
        rows_of(
            " or ".join(f'ALERTS{{{SITE}, alertstate="firing", severity="{grade}"}} * {rank}' for grade, rank in RANKS)
        ),
        overrides=[
            coloured("severity", words({"critical": RED, "warning": ORANGE, "info": BLUE}), 75),
            column("alertname", links=[link("Whom it was told to", "/nvr/alerts?state=firing")], custom_width=225),
            column("camera", links=[link("Play", "/nvr/play?camera=${__value.text}")], custom_width=105),
            column("zone", custom_width=75),
        ],
        empty="No alert fires",
    )
    away = ("Value", "alertstate", "event", "instance", "job", "site", "component", "table", "volume", "channel")
    order = organised("severity", "alertname", "camera", hide=away)
    # By their grade, which is the value: the words would put info before warning.
    made["transformations"] = [{"id": "sortBy", "options": {"sort": [{"field": "Value", "desc": True}]}}, *order]
    return made


def build() -> dict[str, Any]:
    states = stat(
        "Cameras",
        "What each camera is now: green healthy, blue starting, orange degraded, red stale or offline, gray stopped.",
        latest(camera_states(), "{{camera}}"),
        mappings=mapping(STATES),
        filled=True,
        size=22,
    )
    states["fieldConfig"]["defaults"]["links"] = [CAMERA_PAGE]
    tile = picture(
        "$camera",
        "The camera's latest picture. A click opens it live.",
        "/nvr/play?camera=${camera}",
        "/nvr/snapshot.jpg?camera=${camera}&width=480&placeholder=1&_=${__to}",
        "the latest picture",
    )
    places = [Placed(4 * place, 0, 4, 4, panel) for place, panel in enumerate(figures())]
    return dashboard(
        "overview",
        "Overview",
        "Is every camera well, and is its footage there?",
        *places,
        Placed(0, 4, 24, 3, states),
        Placed(0, 7, 6, 6, repeated(tile, across=4)),
        Placed(0, 13, 14, 7, _history()),
        Placed(14, 13, 10, 7, alerts()),
        Placed(0, 20, 14, 5, _moving()),
        Placed(14, 20, 10, 5, _covered()),
        Placed(0, 25, 8, 7, _silence()),
        Placed(8, 25, 8, 7, _reconnects()),
        Placed(16, 25, 8, 7, _room()),
        has_sql=False,
    )


def _history() -> Panel:
    made = timeline(
        "States",
        "What each camera was. A click on a strip opens the camera.",
        promql(camera_states(), "{{camera}}"),
        mappings=mapping(STATES),
    )
    made["fieldConfig"]["defaults"]["links"] = [CAMERA_PAGE]
    return made


def _moving() -> Panel:
    return timeline(
        "Motion",
        "When something moved in front of each camera. The annotation at the top draws it over every series.",
        promql(f"max by (camera) (nvr_motion_active{{{CAMERA}}})", "{{camera}}"),
        mappings=mapping({"still": (0, "#8E8E8E33"), "motion": (1, BLUE)}),
    )


def _covered() -> Panel:
    return bars(
        "Coverage by camera",
        "Footage there is, of the footage there should be, over the chosen time; the scale begins at 90 %.",
        latest(coverage("by (camera) "), "{{camera}}"),
        unit="percentunit",
        steps=OBJECTIVE,
        minimum=0.9,
        maximum=1,
        decimals=2,
    )


def _silence() -> Panel:
    return lines(
        "Since the last frame",
        "How old the last frame of each camera is; a camera is stale after 30 s.",
        promql(f"time() - nvr_camera_last_frame_timestamp_seconds{{{CAMERA}}}", "{{camera}}"),
        unit="s",
        steps=thresholds(GREEN, (30, RED)),
    )


def _reconnects() -> Panel:
    return lines(
        "Reconnects",
        "Attempts to connect to a camera, also those that failed.",
        promql(
            f"sum by (camera) (increase(nvr_camera_connects_total{{{CAMERA}}}[$__rate_interval])) > 0", "{{camera}}"
        ),
        bars=True,
    )


def _room() -> Panel:
    return lines(
        "Storage",
        "What footage takes of its budget.",
        promql(named(f"sum by (volume) (nvr_storage_used_bytes{{{SITE}}})"), "footage on {{volume}}"),
        promql(named(f"sum by (volume) (nvr_storage_budget_bytes{{{SITE}}})"), "budget of {{volume}}"),
        unit="bytes",
        colours={"/^footage on/": BLUE, "/^budget of/": ORANGE},
    )
