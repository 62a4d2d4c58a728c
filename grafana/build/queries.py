"""What a panel asks: PromQL of the chosen Prometheus, SQL of the chosen ClickHouse."""

from typing import Any

from grafana.build.colours import STATES, TAMPERINGS

Target = dict[str, Any]

PROMETHEUS = {"type": "prometheus", "uid": "${prometheus}"}
CLICKHOUSE = {"type": "grafana-clickhouse-datasource", "uid": "${clickhouse}"}

SITE = 'site=~"$site"'
CAMERA = 'site=~"$site", camera=~"$camera"'
WHERE = "site IN (${site:sqlstring}) AND camera IN (${camera:sqlstring})"


def promql(expr: str, legend: str = "", *, exemplars: bool = False) -> Target:
    """Series over the chosen time."""
    return {
        "datasource": PROMETHEUS,
        "editorMode": "code",
        "exemplar": exemplars,
        "expr": expr,
        "format": "time_series",
        "instant": False,
        "legendFormat": legend,
        "range": True,
    }


def buckets(expr: str) -> Target:
    """A histogram's buckets, for the heatmap panel."""
    return promql(expr, "{{le}}") | {"format": "heatmap"}


def latest(expr: str, legend: str = "") -> Target:
    """One value a series, at the end of the chosen time."""
    return promql(expr, legend) | {"instant": True, "range": False}


def rows_of(expr: str) -> Target:
    """One row a series, with its labels as columns."""
    return latest(expr) | {"format": "table"}


def sql(text: str) -> Target:
    """A table. The macros are the plugin's."""
    return {
        "datasource": CLICKHOUSE,
        "editorType": "sql",
        "format": 1,
        "meta": {},
        "pluginVersion": "4.8.2",
        "queryType": "table",
        "rawSql": text,
    }


def camera_states() -> str:
    """The number of each camera's state, as `colours.STATES` has them."""
    numbered = [f'nvr_camera_state{{{CAMERA}, state="{state}"}} * {number}' for state, (number, _) in STATES.items()]
    return "sum by (camera) (" + " or ".join(numbered) + ")"


def tamperings() -> str:
    """The number of what is done to each camera, as `colours.TAMPERINGS` has them; of several the highest, or 0."""
    numbered = [f'nvr_tamper{{{CAMERA}, kind="{kind}"}} * {number}' for kind, (number, _) in TAMPERINGS.items()]
    return "max by (camera) (" + " or ".join(numbered) + ")"


def named(volumes: str) -> str:
    """These series, each volume by the last two folders of its path: the whole one is too long for a legend."""
    return f'label_replace({volumes}, "volume", "$1", "volume", ".*/([^/]+/[^/]+)")'


def missing_ratio() -> str:
    """The share of wanted footage that is missing over the chosen time, of all chosen cameras."""
    recorded = f"sum(increase(nvr_recording_seconds_total{{{CAMERA}}}[$__range]))"
    expected = f"sum(increase(nvr_recording_expected_seconds_total{{{CAMERA}}}[$__range]))"
    return f"clamp_min(1 - {recorded} / ({expected} > 0), 0)"


def coverage(by: str = "") -> str:
    """The share of wanted footage that is there over the chosen time."""
    recorded = f"sum {by}(increase(nvr_recording_seconds_total{{{CAMERA}}}[$__range]))"
    expected = f"sum {by}(increase(nvr_recording_expected_seconds_total{{{CAMERA}}}[$__range]))"
    return f"clamp_max({recorded} / ({expected} > 0), 1)"


def until_full() -> str:
    """Seconds at the last hour's growth. A recorder's first minutes tell nothing of it: they are left out."""
    free = f"sum(nvr_storage_budget_bytes{{{SITE}}} - nvr_storage_used_bytes{{{SITE}}})"
    used = f"nvr_storage_used_bytes{{{SITE}}}"
    return f"{free} / (sum(deriv(nvr_storage_used_bytes{{{SITE}}}[1h]) and {used} offset 3m) > 0)"
