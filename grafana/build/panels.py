"""The kinds of panel that the dashboards have, each as Grafana writes it itself."""

from typing import Any

from grafana.build.colours import BLUE, GRAY, thresholds
from grafana.build.queries import Target

Panel = dict[str, Any]


def _panel(kind: str, title: str, description: str, targets: list[Target], options: dict[str, Any]) -> Panel:
    lettered = [{**target, "refId": chr(ord("A") + place)} for place, target in enumerate(targets)]
    source = {"datasource": targets[0]["datasource"]} if targets else {}
    return {
        "type": kind,
        "title": title,
        "description": description,
        "fieldConfig": {"defaults": {}, "overrides": []},
        "options": options,
        "pluginVersion": "11.6.0",
        "targets": lettered,
        "transparent": False,
        **source,
    }


def _field(panel: Panel, **defaults: Any) -> Panel:
    """With these field settings, leaving out those that are None."""
    panel["fieldConfig"]["defaults"] |= {name: value for name, value in defaults.items() if value is not None}
    return panel


def _reduce(calculation: str = "lastNotNull") -> dict[str, Any]:
    return {"calcs": [calculation], "fields": "", "values": False}


def stat(
    title: str,
    description: str,
    *targets: Target,
    unit: str = "short",
    steps: dict[str, Any] | None = None,
    mappings: list[dict[str, Any]] | None = None,
    filled: bool = False,
    decimals: int | None = None,
    empty: str = "none",
    spark: bool = False,
    size: int | None = None,
) -> Panel:
    """One large value a series; `filled` colours the whole tile."""
    options = {
        "colorMode": "background_solid" if filled else "value",
        "graphMode": "area" if spark else "none",
        "justifyMode": "center" if filled else "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": _reduce(),
        "showPercentChange": False,
        "textMode": "value_and_name" if targets[0]["legendFormat"] else "value",
        "wideLayout": True,
        **({"text": {"valueSize": size}} if size else {}),
    }
    made = _panel("stat", title, description, list(targets), options)
    colour = {"mode": "thresholds"}
    return _field(
        made,
        unit=unit,
        color=colour,
        thresholds=steps or thresholds(BLUE),
        mappings=mappings or [],
        decimals=decimals,
        noValue=empty,
    )


def lines(
    title: str,
    description: str,
    *targets: Target,
    unit: str = "short",
    steps: dict[str, Any] | None = None,
    stacked: bool = False,
    bars: bool = False,
    maximum: float | None = None,
    minimum: float | None = 0,
    legend: str = "bottom",
    empty: str = "nothing in this time",
    log: bool = False,
    colours: dict[str, str] | None = None,
) -> Panel:
    """Series over time; thresholds are drawn as dashed lines. `colours` are by name, or by `/pattern/`, where those of
    names would mislead or look alike."""
    custom = {
        "drawStyle": "bars" if bars else "line",
        "fillOpacity": 70 if bars else (35 if stacked else 8),
        "gradientMode": "none",
        "lineInterpolation": "linear",
        "lineWidth": 0 if bars else 2,
        "pointSize": 4,
        "scaleDistribution": {"type": "log", "log": 10} if log else {"type": "linear"},
        "showPoints": "never",
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked or bars else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if steps else "off"},
    }
    options = {
        "legend": {"calcs": [], "displayMode": "list", "placement": legend, "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc", "hideZeros": False},
    }
    made = _panel("timeseries", title, description, list(targets), options)
    made["fieldConfig"]["overrides"] = [_always(name, colour) for name, colour in (colours or {}).items()]
    return _field(
        made,
        unit=unit,
        custom=custom,
        color={"mode": "palette-classic-by-name"},
        thresholds=steps or thresholds(GRAY),
        min=minimum,
        max=maximum,
        noValue=empty,
    )


def _always(name: str, colour: str) -> dict[str, Any]:
    matcher = {"id": "byRegexp" if name.startswith("/") else "byName", "options": name}
    return {"matcher": matcher, "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}]}


def bars(
    title: str,
    description: str,
    *targets: Target,
    unit: str = "short",
    steps: dict[str, Any] | None = None,
    minimum: float = 0,
    maximum: float | None = None,
    decimals: int | None = None,
    empty: str = "nothing in this time",
) -> Panel:
    """One bar a series, with its name and value."""
    options = {
        "displayMode": "basic",
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
        "maxVizHeight": 56,  # one bar alone is otherwise as tall as its panel
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": _reduce(),
        "showUnfilled": True,
        "sizing": "manual",
        "valueMode": "color",
    }
    made = _panel("bargauge", title, description, list(targets), options)
    return _field(
        made,
        unit=unit,
        color={"mode": "thresholds"},
        thresholds=steps or thresholds(BLUE),
        min=minimum,
        max=maximum,
        decimals=decimals,
        noValue=empty,
    )


def timeline(
    title: str, description: str, *targets: Target, mappings: list[dict[str, Any]], low: bool = False
) -> Panel:
    """One strip a series, coloured by its value. Where it is too low for a legend, the strips hold their words."""
    options = {
        "alignValue": "left",
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": not low},
        "mergeValues": True,
        "rowHeight": 0.85,
        "showValue": "auto" if low else "never",
        "tooltip": {"mode": "single", "sort": "none", "hideZeros": False},
    }
    made = _panel("state-timeline", title, description, list(targets), options)
    custom = {"fillOpacity": 90, "lineWidth": 0}
    steps = thresholds(GRAY)
    return _field(made, custom=custom, color={"mode": "thresholds"}, thresholds=steps, mappings=mappings)


def table(
    title: str, description: str, *targets: Target, overrides: list[dict[str, Any]], empty: str, tall: bool = False
) -> Panel:
    """Rows. `tall` ones have room for a picture."""
    options = {
        "cellHeight": "lg" if tall else "sm",
        "footer": {"countRows": False, "fields": "", "reducer": ["sum"], "show": False},
        "showHeader": True,
    }
    made = _panel("table", title, description, list(targets), options)
    # What an empty table says would otherwise stand in each of its empty cells.
    cells = {"matcher": {"id": "byRegexp", "options": "/.*/"}, "properties": [{"id": "noValue", "value": "\u2013"}]}
    made["fieldConfig"]["overrides"] = [cells, *overrides]
    return _field(made, custom={"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}, noValue=empty)


def heatmap(title: str, description: str, target: Target, *, unit: str = "short", axis: str = "") -> Panel:
    """Cells coloured by how much there is. The data are its rows already."""
    options = {
        "calculate": False,
        "cellGap": 1,
        "color": {
            **{"mode": "scheme", "scheme": "Viridis", "exponent": 0.5, "steps": 64, "reverse": False, "fill": BLUE},
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit, "axisLabel": axis},
    }
    return _panel("heatmap", title, description, [target], options)


def picture(title: str, description: str, page: str, image: str, alternative: str) -> Panel:
    """A picture of the recorder's that opens one of its pages; stock Grafana keeps both."""
    content = f'<a href="{page}" target="_blank"><img src="{image}" alt="{alternative}" width="100%" /></a>'
    options = {
        "mode": "html",
        "content": content,
        "code": {"language": "html", "showLineNumbers": False, "showMiniMap": False},
    }
    return _panel("text", title, description, [], options)


def repeated(panel: Panel, *, across: int) -> Panel:
    """One of these for each chosen camera, so many side by side."""
    return {**panel, "repeat": "camera", "repeatDirection": "h", "maxPerRow": across}
