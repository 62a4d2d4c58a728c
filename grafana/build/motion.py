"""Motion and heatmaps: where and when things move."""

from typing import Any

from grafana.build.camera import events, tampering
from grafana.build.colours import BLUE, GREEN, ORANGE, mapping, thresholds
from grafana.build.dashboard import Placed, dashboard
from grafana.build.panels import Panel, bars, heatmap, lines, picture, repeated, timeline
from grafana.build.queries import CAMERA, WHERE, latest, promql, sql


def hours_of_days() -> str:
    """A row a day and a column an hour, as the heatmap panel wants its rows."""
    hours = ",\n    ".join(f"sumIf(frames, toHour(hour) = {hour}) AS `{hour:02}:00`" for hour in range(24))
    return f"""SELECT
    toDateTime(toStartOfDay(hour), 'UTC') AS time,
    {hours}
FROM heatmap
WHERE {WHERE} AND hour >= toStartOfDay($__fromTime) AND hour <= $__toTime
GROUP BY time
ORDER BY time WITH FILL FROM toDateTime(toStartOfDay($__fromTime), 'UTC') TO $__toTime STEP 86400"""


MINUTES = f"""SELECT
    $__timeInterval(second) AS time,
    sum(length(activity.cells)) AS cells
FROM activity
WHERE {WHERE} AND $__timeFilter(second)
GROUP BY time
ORDER BY time"""


def build() -> dict[str, Any]:
    day = picture(
        "$camera",
        "Where things moved in the chosen time. A click opens the day, to look into hours and boxes.",
        "/nvr/heatmap?camera=${camera}",
        "/nvr/heatmap.png?camera=${camera}&from=${__from:date:iso}&to=${__to:date:iso}&overlay=1&size=640x360&placeholder=1",
        "a heatmap of the chosen time",
    )
    return dashboard(
        "motion",
        "Motion and heatmaps",
        "Where and when things move.",
        Placed(0, 0, 6, 6, repeated(day, across=4)),
        Placed(0, 6, 24, 5, _moving()),
        Placed(0, 11, 6, 8, repeated(_hours(), across=4)),
        Placed(0, 19, 12, 5, tampering()),
        Placed(12, 19, 6, 5, _zones()),
        Placed(18, 19, 6, 5, _share()),
        Placed(0, 24, 9, 7, _cells()),
        Placed(9, 24, 9, 7, _scene()),
        Placed(18, 24, 6, 7, _anomaly()),
        Placed(0, 31, 24, 10, events()),
        since="now-24h",
    )


def _moving() -> Panel:
    return timeline(
        "Motion",
        "When something moved in front of each camera.",
        promql(f"max by (camera) (nvr_motion_active{{{CAMERA}}})", "{{camera}}"),
        mappings=mapping({"still": (0, "#8E8E8E33"), "motion": (1, BLUE)}),
    )


def _hours() -> Panel:
    made = heatmap(
        "$camera by hour of day",
        "How much moved on each of the last fourteen days: days across, hours (UTC) upwards.",
        sql(hours_of_days()),
    )
    return made | {"timeFrom": "14d"}


def _zones() -> Panel:
    zones = f'sum by (camera, zone) (increase(nvr_motion_events_total{{{CAMERA}, zone!=""}}[$__range]))'
    return bars(
        "Busiest zones",
        "Events that touched each zone in the chosen time, the busiest ten.",
        latest(f"topk(10, {zones})", "{{camera}}: {{zone}}"),
        decimals=0,
        empty="no zone was touched",
    )


def _share() -> Panel:
    return bars(
        "Busiest cameras",
        "Events of each camera in the chosen time.",
        latest(f'sum by (camera) (increase(nvr_motion_events_total{{{CAMERA}, zone=""}}[$__range]))', "{{camera}}"),
        decimals=0,
    )


def _cells() -> Panel:
    return lines(
        "How much moved",
        "Cells of 18 x 32 that moved, added up over every second of each interval.",
        sql(MINUTES),
        bars=True,
    )


def _scene() -> Panel:
    return lines(
        "Share of time with motion",
        "The share of the last five minutes in which something moved.",
        promql(f"avg_over_time(nvr_motion_active{{{CAMERA}}}[5m])", "{{camera}}"),
        unit="percentunit",
        maximum=1,
    )


def _anomaly() -> Panel:
    """Against the same hour of earlier weeks."""
    return lines(
        "Unusual motion",
        "How many deviations the last hour's motion is from the same hour of earlier weeks; it needs three of them.",
        promql(f"nvr_motion_anomaly_score{{{CAMERA}}}", "{{camera}}"),
        steps=thresholds(GREEN, (3.5, ORANGE)),
        minimum=None,
        empty="no earlier weeks yet",
    )
