"""The files: made by the generator, read by Grafana's own SDK without loss, and sound in themselves."""

import itertools
import json
import re
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.build.files import written
from tests.grafana.dashboards import DASHBOARDS, FOLDER, VARIABLE, links, panels, promql
from tests.prometheus.story import ROOT, named
from tests.prometheus.test_rules import exported, recorded

NAMES = {"overview", "camera", "motion", "storage", "coverage", "pipeline"}
GRAFANAS = {"__data", "__field", "__from", "__to", "__range", "__rate_interval", "__url_time_range", "__value"}
MACROS = {"__timeFilter", "__timeInterval", "__fromTime", "__toTime"}

UNKNOWN_TO_THE_SDK = (".annotations.list[1].tagKeys", ".annotations.list[1].titleFormat")
"""Prometheus's own keys of an annotation, which Grafana takes and the SDK's general one has not."""


def lost(before: Any, after: Any, path: str = "") -> list[str]:
    """The keys of `before` that `after` lacks or has otherwise; nothing and null are the same."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            found
            for key, value in before.items()
            if value is not None
            for found in lost(value, after.get(key), f"{path}.{key}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [found for place, (one, other) in pairs for found in lost(one, other, f"{path}[{place}]")]
    return [] if before == after else [f"{path}: {before!r} became {after!r}"]


def test_the_six_dashboards_are_there_and_as_the_generator_makes_them() -> None:
    assert DASHBOARDS.keys() == NAMES
    assert {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")} == written(), "make grafana"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_sdk_reads_each_and_writes_it_back_without_losing_a_key(name: str) -> None:
    register_default_plugins()
    read = Dashboard.from_json(json.loads(json.dumps(DASHBOARDS[name])))
    away = lost(DASHBOARDS[name], json.loads(JSONEncoder().encode(read)))
    assert [found for found in away if not found.startswith(UNKNOWN_TO_THE_SDK)] == []


def test_dashboards_panels_and_queries_have_names_of_their_own() -> None:
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS)
    for dashboard in DASHBOARDS.values():
        numbers = [panel["id"] for panel in dashboard["panels"]]
        assert len(numbers) == len(set(numbers))
    for _, panel in panels():
        letters = [target["refId"] for target in panel.get("targets", [])]
        assert len(letters) == len(set(letters)), panel["title"]


def test_only_data_sources_that_can_be_chosen_are_asked() -> None:
    for name, panel in panels():
        for asked in (panel, *panel.get("targets", [])):
            if "datasource" in asked:
                assert asked["datasource"]["uid"] in {"${prometheus}", "${clickhouse}"}, (name, panel["title"])


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_variable_is_defined(name: str) -> None:
    dashboard = DASHBOARDS[name]
    defined = {variable["name"] for variable in dashboard["templating"]["list"]} | GRAFANAS | MACROS
    used = {match[1] or match[2] for match in VARIABLE.finditer(json.dumps(dashboard).replace("$__all", ""))}
    assert {name for name in used - defined if not name.isdigit()} == set(), "digits are groups of label_replace"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_fit_the_grid_and_none_overlaps(name: str) -> None:
    cells = list[tuple[int, int]]()
    for panel in DASHBOARDS[name]["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        cells += itertools.product(
            range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
        )
    assert len(cells) == len(set(cells))


def test_every_panel_says_what_it_shows() -> None:
    unexplained = [panel["title"] for _, panel in panels() if panel["type"] != "row" and not panel.get("description")]
    assert unexplained == []


def test_only_panels_of_a_stock_grafana_are_used() -> None:
    stock = {"stat", "timeseries", "bargauge", "state-timeline", "table", "heatmap", "text", "row"}
    assert {panel["type"] for _, panel in panels()} <= stock


def test_every_metric_is_exported_or_recorded() -> None:
    known = exported() | recorded().keys()
    assert {metric for expr in promql().values() for metric in named(expr)} - known == set()


def test_links_stay_at_this_grafana_and_lead_to_dashboards_that_exist() -> None:
    known = {dashboard["uid"] for dashboard in DASHBOARDS.values()}
    for address in links(DASHBOARDS):
        found = re.match(r"/d/([\w-]+)\?|/nvr/", address)
        assert found, address
        assert found[1] is None or found[1] in known


def test_provisioning_names_the_sources_that_the_dashboards_ask() -> None:
    folder = ROOT / "grafana" / "provisioning"
    sources = yaml.safe_load((folder / "datasources" / "nvr.yaml").read_text(encoding="utf-8"))["datasources"]
    asked = {target["datasource"]["type"] for _, panel in panels() for target in panel.get("targets", [])}
    assert {source["type"] for source in sources} == asked
    (provider,) = yaml.safe_load((folder / "dashboards" / "nvr.yaml").read_text(encoding="utf-8"))["providers"]
    assert provider["type"] == "file"
    assert not (folder / "alerting").exists()
