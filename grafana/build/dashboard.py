"""A dashboard: panels in their places, and the variables, links and annotations that all dashboards share."""

from dataclasses import dataclass
from typing import Any

from grafana.build.colours import BLUE
from grafana.build.panels import Panel
from grafana.build.queries import CAMERA, CLICKHOUSE, PROMETHEUS

TAG = "sf-nvr"


@dataclass(frozen=True, slots=True)
class Placed:
    """A panel, and where it is: Grafana's grid has 24 columns, and rows of 30 pixels."""

    x: int
    y: int
    width: int
    height: int
    panel: Panel

    def written(self, number: int) -> dict[str, Any]:
        position = {"x": self.x, "y": self.y, "w": self.width, "h": self.height}
        return {"id": number, **self.panel, "gridPos": position}


def heading(y: int, title: str) -> Placed:
    """A line above panels that belong together."""
    return Placed(0, y, 24, 1, {"type": "row", "title": title, "collapsed": False, "panels": []})


def dashboard(
    name: str,
    title: str,
    description: str,
    *placed: Placed,
    since: str = "now-6h",
    one_camera: bool = False,
    has_sql: bool = True,
) -> dict[str, Any]:
    """As it stands in its file. `name` is that of the file, and of the dashboard's address."""
    return {
        "annotations": {"list": [_builtin(), _motion()]},
        "description": description,
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "links": [_siblings(), _recorder()],
        "panels": [one.written(number) for number, one in enumerate(placed, start=1)],
        "refresh": "30s",
        "schemaVersion": 41,
        "tags": [TAG],
        "templating": {"list": _variables(one_camera, has_sql)},
        "time": {"from": since, "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "title": f"NVR / {title}",
        "uid": f"nvr-{name}",
        "version": 1,
        "weekStart": "",
    }


def _variables(one_camera: bool, has_sql: bool) -> list[dict[str, Any]]:
    sources = [_source("prometheus", "Prometheus", "prometheus")]
    if has_sql:
        sources.append(_source("clickhouse", "ClickHouse", CLICKHOUSE["type"]))
    site = _labels("site", "Site", "label_values(nvr_build_info, site)", several=True)
    cameras = 'label_values(nvr_camera_up{site=~"$site"}, camera)'
    return [*sources, site, _labels("camera", "Camera", cameras, several=not one_camera)]


def _source(name: str, label: str, kind: str) -> dict[str, Any]:
    return {
        "current": {},
        "hide": 0,
        "includeAll": False,
        "label": label,
        "multi": False,
        "name": name,
        "options": [],
        "query": kind,
        "refresh": 1,
        "regex": "",
        "skipUrlSync": False,
        "type": "datasource",
    }


def _labels(name: str, label: str, query: str, *, several: bool) -> dict[str, Any]:
    chosen = {"current": {"selected": True, "text": ["All"], "value": ["$__all"]}} if several else {"current": {}}
    return {
        **chosen,
        "datasource": PROMETHEUS,
        "hide": 0,
        "includeAll": several,
        "label": label,
        "multi": several,
        "name": name,
        "options": [],
        "query": {"query": query, "refId": f"{name}-values", "qryType": 5},
        "refresh": 2,
        "regex": "",
        "skipUrlSync": False,
        "sort": 1,
        "type": "query",
    }


def _siblings() -> dict[str, Any]:
    return {
        "asDropdown": False,
        "icon": "external link",
        "includeVars": True,
        "keepTime": True,
        "tags": [TAG],
        "targetBlank": False,
        "title": "",
        "tooltip": "",
        "type": "dashboards",
        "url": "",
    }


def _recorder() -> dict[str, Any]:
    return _siblings() | {
        "icon": "bolt",
        "includeVars": False,
        "keepTime": False,
        "tags": [],
        "targetBlank": True,
        "title": "Recorder",
        "tooltip": "The recorder's own pages",
        "type": "link",
        "url": "/nvr/",
    }


def _builtin() -> dict[str, Any]:
    return {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": BLUE,
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }


def _motion() -> dict[str, Any]:
    """Off until asked for: where much moves, the lines hide the series."""
    return {
        "datasource": PROMETHEUS,
        "enable": False,
        "expr": f"nvr_motion_active{{{CAMERA}}} == 1",
        "hide": False,
        "iconColor": BLUE,
        "name": "Motion",
        "tagKeys": "camera",
        "titleFormat": "Motion at {{camera}}",
    }
