"""The rules as documents: they name what exists, say what the reader needs, and lead to a runbook."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from exporters.metrics import Metrics
from tests.exporters.test_metrics import families, scenario
from tests.prometheus.story import ROOT, alerts, groups, named

SEVERITIES = {"critical", "warning", "info", "none"}
EVENTS = {
    *("SYSTEM_ERROR", "CAMERA_OFFLINE", "CAMERA_DEGRADED", "STORAGE_LOW", "STORAGE_CRITICAL", "DATABASE_ERROR"),
    *("MOTION", "HEARTBEAT"),
}
URL = re.compile(r"\.Labels\.runbooks_url \(printf .*?\) \}\}(\w+\.md)\{\{ end \}\}$")
DASHBOARD = re.compile(r"/d/([a-z-]+)(?:\?var-site=|\{\{ end \}\}$)")
SECTIONS = ("## What it means", "## How to see it", "## What to do")


def recorded() -> dict[str, str]:
    return {rule["record"]: rule["expr"] for group in groups() for rule in group["rules"] if "record" in rule}


def exported() -> set[str]:
    """What a scrape shows, with the series that a histogram has."""
    found = set[str]()
    for name, (kind, _) in families(scenario()).items():
        found |= {f"{name}_{part}" for part in ("bucket", "count", "sum")} if kind == "histogram" else {name}
    return found


def runbook(rule: dict[str, Any]) -> Path:
    address = URL.search(rule["annotations"]["runbook_url"])
    assert address, rule["alert"]
    return ROOT / "docs" / "runbooks" / address[1]


def test_every_metric_in_a_rule_is_exported_or_recorded() -> None:
    known = exported() | recorded().keys()
    expressions = [*recorded().values(), *(rule["expr"] for rule in alerts().values())]
    assert {name for expr in expressions for name in named(expr)} - known == set()


def test_a_metric_that_is_not_exported_would_be_seen() -> None:
    assert named("rate(nvr_no_such_total[5m]) > 0 and nvr:no_such:ratio") - exported() == {
        *("nvr_no_such_total", "nvr:no_such:ratio")
    }
    assert Metrics("home").registry is not None


def test_every_threshold_is_used_and_is_a_figure() -> None:
    thresholds = {name: expr for name, expr in recorded().items() if name.startswith("nvr:threshold:")}
    assert all(re.fullmatch(r"vector\([0-9.() *-]+\)", expr) for expr in thresholds.values())
    others = [expr for name, expr in recorded().items() if name not in thresholds]
    used = {name for expr in [*others, *(rule["expr"] for rule in alerts().values())] for name in named(expr)}
    assert thresholds.keys() - used == set()


def test_no_alert_compares_with_a_figure_of_its_own() -> None:
    """0 and 1 are no thresholds: something is there, or true."""
    for name, rule in alerts().items():
        figures = re.findall(r"[<>=]=?\s*([0-9][0-9.]*)", rule["expr"])
        assert set(figures) <= {"0", "1"}, name


def test_alerts_and_rules_have_names_of_their_own() -> None:
    names = [rule.get("record") or rule["alert"] for group in groups() for rule in group["rules"]]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"Nvr[A-Z]\w+", name) for name in alerts())


@pytest.mark.parametrize("name", alerts())
def test_an_alert_says_what_the_reader_needs(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["labels"]["event"] in EVENTS
    assert {"summary", "description", "runbook_url", "dashboard_url"} <= rule["annotations"].keys()
    assert ("playback_url" in rule["annotations"]) == ("$labels.camera" in rule["annotations"]["summary"])


@pytest.mark.parametrize("name", alerts())
def test_an_alert_leads_to_a_dashboard_that_exists(name: str) -> None:
    found = DASHBOARD.search(alerts()[name]["annotations"]["dashboard_url"])
    assert found
    files = (ROOT / "grafana" / "dashboards").glob("*.json")
    assert found[1] in {json.loads(file.read_text(encoding="utf-8"))["uid"] for file in files}


@pytest.mark.parametrize("name", alerts())
def test_an_alert_leads_to_its_runbook(name: str) -> None:
    page = runbook(alerts()[name])
    assert page.stem == name
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert [section for section in SECTIONS if section not in text] == []


def test_every_runbook_is_of_an_alert_and_in_the_index() -> None:
    folder = ROOT / "docs" / "runbooks"
    pages = {page.stem for page in folder.glob("Nvr*.md")}
    assert pages == alerts().keys()
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((Nvr\w+)\.md\)", index)) == pages


def test_what_runbooks_ask_prometheus_for_exists() -> None:
    known = exported() | recorded().keys()
    for page in (ROOT / "docs" / "runbooks").glob("*.md"):
        asked = {name for name in named(page.read_text(encoding="utf-8")) if not name.startswith("nvr_no_")}
        assert asked - known == set(), page.name


def test_the_readme_counts_the_alerts_right() -> None:
    assert f" {len(alerts())} alerts" in (ROOT / "README.md").read_text(encoding="utf-8")
