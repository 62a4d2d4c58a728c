"""Camera: one camera, from what arrives to what is found."""

from typing import Any

from grafana.build.colours import BLUE, GRAY, GREEN, ORANGE, QUANTILES, RED, STATES, TAMPERINGS, mapping, thresholds
from grafana.build.dashboard import Placed, dashboard, heading
from grafana.build.fields import PLAY, column, hidden, link, thumbnail
from grafana.build.overview import OBJECTIVE
from grafana.build.panels import Panel, lines, picture, stat, table, timeline
from grafana.build.queries import CAMERA, WHERE, camera_states, coverage, latest, promql, sql, tamperings

INTO_EVENT = "if(isNull(`end`), 1000, least(5000, intDiv(dateDiff('millisecond', start, `end`), 2)))"
"""Milliseconds after its start an event is pictured: halfway, at most 5 s, for it often begins at an edge of the view;
one that goes on after 1 s."""

EVENTS = f"""SELECT
    concat('/nvr/snapshot.jpg?camera=', camera, '&t=', seen, '&width=160&placeholder=1') AS picture,
    start AS time,
    round(dateDiff('millisecond', start, coalesce(`end`, now64(3, 'UTC'))) / 1000, 1) AS seconds,
    round(toFloat64(peak), 3) AS peak,
    arrayStringConcat(zones, ', ') AS zones,
    camera,
    formatDateTime(start, '%Y-%m-%dT%H:%i:%SZ') AS moment,
    formatDateTime(start + toIntervalMillisecond({INTO_EVENT}), '%Y-%m-%dT%H:%i:%SZ') AS seen
FROM motion_events FINAL
WHERE {WHERE} AND $__timeFilter(start)
ORDER BY start DESC
LIMIT 100"""


def events() -> Panel:
    """The events of the chosen cameras and time, each with what it looked like halfway."""
    return table(
        "Motion events",
        "The latest hundred of the chosen time; a picture or a time opens playback at that moment.",
        sql(EVENTS),
        overrides=[
            thumbnail("picture"),
            column("time", unit="dateTimeAsIso", links=[link("Play", PLAY)], custom_width=190),
            column("seconds", unit="s", decimals=1, custom_width=90),
            column("peak", unit="percentunit", decimals=1, custom_width=160, displayName="peak of the picture"),
            column("camera", custom_width=110),
            hidden("moment"),
            hidden("seen"),
        ],
        empty="No motion event in this time",
        tall=True,
    )


def figures() -> list[Panel]:
    age = f"max(time() - nvr_camera_last_frame_timestamp_seconds{{{CAMERA}}})"
    return [
        stat(
            "State",
            "What the camera is now.",
            latest(camera_states()),
            mappings=mapping(STATES),
            filled=True,
            size=24,
        ),
        stat("Last frame", "How old the last frame is.", latest(age), unit="s", decimals=1, steps=_frame_age()),
        stat(
            "Looked at",
            "Frames a second that are looked at for motion.",
            latest(f"sum(rate(nvr_camera_frames_processed_total{{{CAMERA}}}[$__rate_interval]))"),
            unit="fps",
            decimals=1,
        ),
        stat(
            "Coverage",
            "Footage there is, of the footage there should be, over the chosen time.",
            latest(coverage()),
            unit="percentunit",
            decimals=2,
            steps=OBJECTIVE,
        ),
        stat(
            "Motion events",
            "Events that opened in the chosen time.",
            latest(f'sum(increase(nvr_motion_events_total{{{CAMERA}, zone=""}}[$__range]))'),
            decimals=0,
        ),
        stat(
            "CPU",
            "What the camera's ffmpeg processes take of one core.",
            latest(f"sum(rate(nvr_ffmpeg_cpu_seconds_total{{{CAMERA}}}[$__rate_interval]))"),
            unit="percentunit",
            decimals=1,
            steps=thresholds(BLUE, (0.8, ORANGE)),
        ),
    ]


def _frame_age() -> dict[str, Any]:
    return thresholds(GREEN, (10, ORANGE), (30, RED))


def build() -> dict[str, Any]:
    places = [Placed(18 + 3 * (place % 2), 3 * (place // 2), 3, 3, panel) for place, panel in enumerate(figures())]
    return dashboard(
        "camera",
        "Camera",
        "One camera, from what arrives to what is found.",
        Placed(0, 0, 9, 9, _live()),
        Placed(9, 0, 9, 9, _heat()),
        *places,
        Placed(0, 9, 24, 3, _state()),
        Placed(0, 12, 24, 3, _motion()),
        Placed(0, 15, 12, 3, tampering(low=True)),
        Placed(12, 15, 12, 3, _zones()),
        Placed(0, 18, 24, 10, events()),
        heading(28, "What arrives"),
        Placed(0, 29, 12, 7, _frames()),
        Placed(12, 29, 6, 7, _dropped()),
        Placed(18, 29, 6, 7, _clock()),
        Placed(0, 36, 8, 7, _restarts()),
        Placed(8, 36, 8, 7, _gaps()),
        Placed(16, 36, 8, 7, _lag()),
        one_camera=True,
    )


def _live() -> Panel:
    return picture(
        "Now",
        "The latest picture. A click opens it live.",
        "/nvr/play?camera=${camera}",
        "/nvr/snapshot.jpg?camera=${camera}&width=640&placeholder=1&_=${__to}",
        "the latest picture",
    )


def _heat() -> Panel:
    between = "from=${__from:date:iso}&to=${__to:date:iso}"
    return picture(
        "Where things moved",
        "All motion of the chosen time over the camera's picture. A click opens the day, to look into hours and boxes.",
        "/nvr/heatmap?camera=${camera}",
        "/nvr/heatmap.png?camera=${camera}&" + between + "&overlay=1&size=640x360&placeholder=1",
        "a heatmap of the chosen time",
    )


def _state() -> Panel:
    states = promql(camera_states(), "{{camera}}")
    return timeline("State", "What the camera was.", states, mappings=mapping(STATES), low=True)


def _motion() -> Panel:
    return timeline(
        "Motion",
        "When something moved.",
        promql(f"max by (camera) (nvr_motion_active{{{CAMERA}}})", "{{camera}}"),
        mappings=mapping({"still": (0, "#8E8E8E33"), "motion": (1, BLUE)}),
        low=True,
    )


def tampering(*, low: bool = False) -> Panel:
    return timeline(
        "Tampering",
        "What is being done to a camera, as its picture tells.",
        promql(tamperings(), "{{camera}}"),
        mappings=mapping({"as usual": (0, GREEN), **TAMPERINGS}),
        low=low,
    )


def _zones() -> Panel:
    made = timeline(
        "Alerts of zones",
        "While something moves in a zone that asks for alerts, and for a minute after.",
        promql(f"max by (zone) (nvr_motion_zone_alert_active{{{CAMERA}}})", "{{zone}}"),
        mappings=mapping({"quiet": (0, "#8E8E8E33"), "alert": (1, ORANGE)}),
        low=True,
    )
    made["fieldConfig"]["defaults"]["noValue"] = "no zone asks for alerts"
    return made


def _frames() -> Panel:
    return lines(
        "Frames",
        "Frames a second that arrive, are expected, and are looked at for motion.",
        promql(f"sum(rate(nvr_camera_frames_received_total{{{CAMERA}}}[$__rate_interval]))", "arrive"),
        promql(f"sum(nvr_camera_expected_fps{{{CAMERA}}})", "expected"),
        promql(f"sum(rate(nvr_camera_frames_processed_total{{{CAMERA}}}[$__rate_interval]))", "looked at"),
        unit="fps",
        colours={"arrive": BLUE, "expected": GRAY, "looked at": GREEN},
    )


def _dropped() -> Panel:
    return lines(
        "Frames not looked at",
        "Frames a second that were recorded and not looked at, as analysis was too slow. It costs no footage.",
        promql(f"sum by (reason) (rate(nvr_camera_frames_dropped_total{{{CAMERA}}}[$__rate_interval]))", "{{reason}}"),
        unit="fps",
        empty="none was dropped",
    )


def _clock() -> Panel:
    return lines(
        "Clock",
        "How far the camera's time has run ahead of ours, or below 0 behind it.",
        promql(f"max by (camera) (nvr_camera_clock_offset_seconds{{{CAMERA}}})", "{{camera}}"),
        unit="s",
        minimum=None,
    )


def _restarts() -> Panel:
    restarts = f"sum by (role, reason) (increase(nvr_ffmpeg_restarts_total{{{CAMERA}}}[$__rate_interval])) > 0"
    return lines(
        "Restarts by cause",
        "ffmpeg processes that ended unasked and were started again.",
        promql(restarts, "{{role}}: {{reason}}"),
        bars=True,
        empty="none was restarted",
    )


def _gaps() -> Panel:
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


def _lag() -> Panel:
    rate = 'sum by (le) (rate(nvr_frame_lag_seconds_bucket{site=~"$site"}[$__rate_interval]))'
    return lines(
        "Lag of analysis",
        "From the taking of a frame to its judgement, over all cameras of the site: half are faster than p50.",
        promql(f"histogram_quantile(0.5, {rate})", "p50", exemplars=True),
        promql(f"histogram_quantile(0.99, {rate})", "p99", exemplars=True),
        unit="s",
        colours=QUANTILES,
    )
