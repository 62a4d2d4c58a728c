"""Notifications and pipeline: does what is found arrive, in the database and with people?"""

from typing import Any

from grafana.build.colours import GREEN, ORANGE, QUANTILES, RED, mapping, thresholds
from grafana.build.dashboard import Placed, dashboard, heading
from grafana.build.panels import Panel, bars, heatmap, lines, stat
from grafana.build.queries import SITE, buckets, latest, promql


def figures() -> list[Panel]:
    return [
        stat(
            "Database",
            "Whether ClickHouse takes what it is given.",
            latest(f"min(nvr_event_sink_up{{{SITE}}})"),
            mappings=mapping({"fails": (0, RED), "works": (1, GREEN)}),
            filled=True,
            size=24,
        ),
        stat(
            "Waiting",
            "Share of the spool's room that waiting rows take.",
            latest(f"max(nvr:event_queue:ratio{{{SITE}}})"),
            unit="percentunit",
            decimals=2,
            steps=thresholds(GREEN, (0.5, ORANGE), (0.8, RED)),
        ),
        stat(
            "Since the last insert",
            "When ClickHouse last acknowledged rows.",
            latest(f"max(time() - nvr_event_sink_last_success_timestamp_seconds{{{SITE}}})"),
            unit="s",
            decimals=0,
        ),
        stat(
            "Rows lost",
            "Rows lost in the chosen time.",
            latest(f"sum(increase(nvr_event_sink_dropped_rows_total{{{SITE}}}[$__range])) or vector(0)"),
            decimals=0,
            steps=thresholds(GREEN, (1, RED)),
        ),
        stat(
            "Errors",
            "Errors that the recorder logged in the chosen time.",
            latest(f"sum(increase(nvr_errors_total{{{SITE}}}[$__range])) or vector(0)"),
            decimals=0,
            steps=thresholds(GREEN, (1, ORANGE)),
        ),
        stat(
            "Configuration",
            "Whether the configuration could be used when last read.",
            latest(f"min(nvr_config_last_reload_successful{{{SITE}}})"),
            mappings=mapping({"has a mistake": (0, RED), "in use": (1, GREEN)}),
            filled=True,
            size=24,
        ),
    ]


def build() -> dict[str, Any]:
    return dashboard(
        "pipeline",
        "Notifications and pipeline",
        "Does what is found arrive, in the database and with people?",
        *(Placed(4 * place, 0, 4, 4, panel) for place, panel in enumerate(figures())),
        heading(4, "Into the database"),
        Placed(0, 5, 8, 7, _rows()),
        Placed(8, 5, 8, 7, _queue()),
        Placed(16, 5, 8, 7, _inserts()),
        heading(12, "To people"),
        Placed(0, 13, 8, 5, _deliveries()),
        Placed(8, 13, 8, 5, _delivery_time()),
        Placed(16, 13, 8, 5, _webhooks()),
        heading(18, "The recorder itself"),
        Placed(0, 19, 12, 7, _lag()),
        Placed(12, 19, 12, 7, _requests()),
        Placed(0, 26, 8, 6, _loop()),
        Placed(8, 26, 8, 6, _errors()),
        Placed(16, 26, 8, 6, _memory()),
        has_sql=False,
    )


def _rows() -> Panel:
    rows = f"sum by (table) (rate(nvr_event_sink_rows_total{{{SITE}}}[$__rate_interval]))"
    return lines(
        "Rows",
        "Rows a second that ClickHouse acknowledged.",
        promql(rows, "{{table}}"),
        unit="suffix: rows/s",
        stacked=True,
        colours={"segments": ORANGE},
    )


def _queue() -> Panel:
    return lines(
        "Spool",
        "Rows that wait for ClickHouse. It is bounded; the dashboard's second figure is their share of its room.",
        promql(f"sum(nvr_event_sink_queue_length{{{SITE}}})", "rows"),
    )


def _inserts() -> Panel:
    rate = f"sum by (le) (rate(nvr_event_sink_insert_duration_seconds_bucket{{{SITE}}}[$__rate_interval]))"
    return lines(
        "Time of an insert",
        "Half take less than p50. Points are exemplars: inserts with their traces.",
        promql(f"histogram_quantile(0.5, {rate})", "p50", exemplars=True),
        promql(f"histogram_quantile(0.99, {rate})", "p99", exemplars=True),
        unit="s",
        colours=QUANTILES,
    )


def _deliveries() -> Panel:
    return lines(
        "Attempts to tell people",
        "By outcome: delivered, failed (and tried again), refused for good, or dropped.",
        promql(
            f"sum by (channel, outcome) (increase(nvr_notifications_total{{{SITE}}}[$__rate_interval])) > 0",
            "{{channel}}: {{outcome}}",
        ),
        bars=True,
        empty="nobody had to be told",
    )


def _delivery_time() -> Panel:
    rate = f"sum by (le, channel) (rate(nvr_notification_duration_seconds_bucket{{{SITE}}}[$__rate_interval]))"
    return lines(
        "Time of an attempt",
        "99 in 100 take less.",
        promql(f"histogram_quantile(0.99, {rate}) > 0", "{{channel}}", exemplars=True),
        unit="s",
        empty="nobody had to be told",
    )


def _webhooks() -> Panel:
    return bars(
        "Alertmanager's requests",
        "By our answer, in the chosen time: 200 is on disk and will be delivered, 503 is to be sent again.",
        latest(f"sum by (code) (increase(nvr_alert_webhooks_total{{{SITE}}}[$__range]))", "{{code}}"),
        decimals=0,
        empty="Alertmanager sent nothing",
    )


def _lag() -> Panel:
    return heatmap(
        "Lag of analysis",
        "From the taking of a frame to its judgement: frames a second, by how late they were judged.",
        buckets(f"sum by (le) (rate(nvr_frame_lag_seconds_bucket{{{SITE}}}[$__rate_interval]))"),
        unit="s",
    )


def _requests() -> Panel:
    rate = f"sum by (le, route) (rate(nvr_http_request_duration_seconds_bucket{{{SITE}}}[$__rate_interval]))"
    return lines(
        "Time of a request",
        "95 in 100 are answered faster, by route.",
        promql(f"histogram_quantile(0.95, {rate}) > 0", "{{route}}", exemplars=True),
        unit="s",
        legend="right",
    )


def _loop() -> Panel:
    rate = f"sum by (le) (rate(nvr_event_loop_lag_seconds_bucket{{{SITE}}}[$__rate_interval]))"
    return lines(
        "Lag of the event loop",
        "How late the recorder does what is due, in 99 of 100 cases.",
        promql(f"histogram_quantile(0.99, {rate})", "p99"),
        unit="s",
        colours=QUANTILES,
    )


def _errors() -> Panel:
    return lines(
        "Errors by part",
        "Errors that were logged.",
        promql(f"sum by (component) (increase(nvr_errors_total{{{SITE}}}[$__rate_interval])) > 0", "{{component}}"),
        bars=True,
        empty="nothing failed",
    )


def _memory() -> Panel:
    return lines(
        "Memory",
        "What the recorder's process and its cameras' ffmpeg processes hold.",
        promql(f'sum(process_resident_memory_bytes{{job="nvr", {SITE}}})', "recorder"),
        promql(f"sum by (role) (nvr_ffmpeg_resident_memory_bytes{{{SITE}}})", "ffmpeg, {{role}}"),
        unit="bytes",
        stacked=True,
    )
