"""Coverage: how much of the promised footage is there, and why the rest is not."""

from typing import Any

from grafana.build.colours import GREEN, ORANGE, RED, thresholds
from grafana.build.dashboard import Placed, dashboard
from grafana.build.fields import PLAY, column, hidden, link
from grafana.build.overview import OBJECTIVE
from grafana.build.panels import Panel, bars, lines, stat, table
from grafana.build.queries import CAMERA, WHERE, coverage, latest, missing_ratio, promql, sql

ALLOWED = "0.005"
"""The share of wanted footage that may be missing: the objective is 99.5 %."""

SECONDS = "dateDiff('millisecond', start, coalesce(`end`, now64(3, 'UTC'))) / 1000"

LEDGER = f"""SELECT
    start AS time,
    camera,
    cause,
    {SECONDS} AS seconds,
    isNull(`end`) ? 'goes on' : 'over' AS state,
    formatDateTime(start, '%Y-%m-%dT%H:%i:%SZ') AS moment
FROM gaps FINAL
WHERE {WHERE} AND $__timeFilter(start)
ORDER BY start DESC
LIMIT 200"""

CAUSES = f"""SELECT
    cause,
    count() AS gaps,
    round(sum({SECONDS}), 1) AS missing,
    round(max({SECONDS}), 1) AS longest
FROM gaps FINAL
WHERE {WHERE} AND $__timeFilter(start)
GROUP BY cause
ORDER BY missing DESC"""


def figures() -> list[Panel]:
    expected = f"sum(increase(nvr_recording_expected_seconds_total{{{CAMERA}}}[$__range]))"
    return [
        stat(
            "Coverage",
            "Footage there is, of the footage there should be, over the chosen time.",
            latest(coverage()),
            unit="percentunit",
            decimals=3,
            steps=OBJECTIVE,
        ),
        stat(
            "Error budget left",
            "What is left of the half percent of footage that may be missing in the chosen time, overdrawn below 0.",
            latest(f"1 - {missing_ratio()} / {ALLOWED}"),
            unit="percentunit",
            decimals=0,
            steps=thresholds(RED, (0, ORANGE), (0.25, GREEN)),
        ),
        stat(
            "Missing",
            "Wanted footage that is missing, over the chosen time and all chosen cameras.",
            latest(f"{missing_ratio()} * {expected}"),
            unit="s",
            decimals=1,
        ),
        stat("Wanted", "Footage that was wanted over the chosen time.", latest(expected), unit="s", decimals=1),
    ]


def build() -> dict[str, Any]:
    return dashboard(
        "coverage",
        "Coverage",
        "How much of the promised footage is there, and why the rest is not.",
        *(Placed(6 * place, 0, 6, 4, panel) for place, panel in enumerate(figures())),
        Placed(0, 4, 8, 8, _cameras()),
        Placed(8, 4, 16, 8, _burn()),
        Placed(0, 12, 10, 8, _growing()),
        Placed(10, 12, 14, 8, _causes()),
        Placed(0, 20, 24, 10, _ledger()),
        since="now-24h",
    )


def _cameras() -> Panel:
    return bars(
        "By camera",
        "Footage there is, of the footage there should be, over the chosen time; the scale begins at 90 %.",
        latest(coverage("by (camera) "), "{{camera}}"),
        unit="percentunit",
        steps=OBJECTIVE,
        minimum=0.9,
        maximum=1,
        decimals=2,
    )


def _burn() -> Panel:
    hour = f"max by (camera) (nvr:recording_missing:ratio1h{{{CAMERA}}}) / {ALLOWED}"
    minutes = f"max by (camera) (nvr:recording_missing:ratio5m{{{CAMERA}}}) / {ALLOWED}"
    return lines(
        "Burn rate",
        "How many times faster than allowed footage goes missing: at 1 the budget lasts a month. Above 14.4 in both "
        "windows an alert fires, and above 6 in longer ones.",
        promql(hour, "{{camera}}, 1 h"),
        promql(minutes, "{{camera}}, 5 min"),
        unit="x",
        steps=thresholds(GREEN, (6, ORANGE), (14.4, RED)),
    )


def _growing() -> Panel:
    return lines(
        "Missing footage by cause",
        "Seconds of wanted footage that are missing, while they grow.",
        promql(
            f"sum by (reason) (increase(nvr_recording_gap_seconds_total{{{CAMERA}}}[$__rate_interval])) > 0",
            "{{reason}}",
        ),
        unit="s",
        bars=True,
        empty="nothing is missing",
    )


def _causes() -> Panel:
    return table(
        "Causes",
        "The gaps of the chosen time by their causes, the costliest first.",
        sql(CAUSES),
        overrides=[column("missing", unit="s", decimals=1), column("longest", unit="s", decimals=1)],
        empty="No gap in this time",
    )


def _ledger() -> Panel:
    return table(
        "Gaps",
        "Every stretch of wanted footage that is missing, with its cause; a time opens playback there.",
        sql(LEDGER),
        overrides=[
            column("time", unit="dateTimeAsIso", links=[link("Play", PLAY)], custom_width=190),
            column("camera", custom_width=180),
            column("cause", custom_width=220),
            column("seconds", unit="s", decimals=1),
            hidden("moment"),
        ],
        empty="No gap in this time",
    )
