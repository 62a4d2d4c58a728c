"""The dashboards as their files have them, and how Grafana fills in what it asks."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "grafana" / "dashboards"
DASHBOARDS = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json"))}
VARIABLE = re.compile(r"\$\{(\w+)(?:\.[\w.\[\]]+)?(?::[\w:]+)?\}|\$(\w+)")
LINK = re.compile(r'(?:href|src)="([^"]*)"')

MAGIC = {"/snapshot.jpg": b"\xff\xd8\xff", "/heatmap.png": b"\x89PNG\r\n\x1a\n"}
"""How the pictures that dashboards show begin, by their path."""


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, dashboard in DASHBOARDS.items():
        for panel in dashboard["panels"]:
            yield name, panel


def targets(source: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What panels ask data sources of this type, each with a name for it."""
    for name, panel in panels():
        for target in panel.get("targets", []):
            if target["datasource"]["type"] == source:
                yield f"{name} {panel['id']}: {panel['title']} {target['refId']}", target


def promql() -> dict[str, str]:
    return {name: target["expr"] for name, target in targets("prometheus")}


def sql() -> dict[str, str]:
    return {name: target["rawSql"] for name, target in targets("grafana-clickhouse-datasource")}


def links(value: Any) -> Iterator[str]:
    """Every address that a dashboard or a part of one holds."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "url" and inner:
                yield inner
            elif key == "content":
                yield from LINK.findall(inner)
            elif key == "rawSql":
                yield from ()
            else:
                yield from links(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from links(inner)


def at_the_recorder(camera: str, start: datetime, end: datetime) -> list[str]:
    """Every page and picture of the recorder's that dashboards lead to, below its prefix, for this camera and time."""
    chosen = {
        "camera": camera,
        "__to": str(int(end.timestamp() * 1000)),
        "__from:date:iso": _iso(start),
        "__to:date:iso": _iso(end),
        "__data.fields.camera": camera,
        "__data.fields.moment": _iso(end - timedelta(seconds=5)),
        "__value.text": camera,
    }
    found = {filled(address, chosen) for address in links(DASHBOARDS) if address.startswith("/nvr/")}
    assert not any("$" in address for address in found)
    return [address.removeprefix("/nvr") for address in sorted(found)]


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def filled(text: str, values: Mapping[str, str]) -> str:
    """As Grafana writes it before it asks: variables by name, with and without a format."""

    def value(match: re.Match[str]) -> str:
        whole = match[0].strip("${}")
        return values.get(whole, values.get(match[1] or match[2], match[0]))

    return VARIABLE.sub(value, text)


def expanded(text: str, start: datetime, end: datetime, values: Mapping[str, str]) -> str:
    """SQL with the macros of grafana-clickhouse-datasource as it replaces them."""
    since, until = (f"toDateTime({int(time.astimezone(UTC).timestamp())})" for time in (start, end))
    text = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 >= {since} AND \1 <= {until}", text)
    text = re.sub(r"\$__timeInterval\((\w+)\)", r"toStartOfInterval(toDateTime(\1), INTERVAL 60 second)", text)
    return filled(text.replace("$__fromTime", since).replace("$__toTime", until), values)
