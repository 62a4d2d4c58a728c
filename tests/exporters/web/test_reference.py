"""docs/reference/http.md says what the code does: every route, parameter and field, and none that does not exist."""

import inspect
import re
from pathlib import Path

import httpx

from exporters.web.app import CHANGES, ROUTES
from exporters.web.pages import FOLDER

REFERENCE = (Path(__file__).parents[3] / "docs" / "reference" / "http.md").read_text()
ROW = re.compile(r"^\| `((?:[A-Z]+ )?/[^`]*)` \|([^|]*)\|", re.MULTILINE)
ANY = ROUTES | {f"{method} {path}": endpoint for (method, path), endpoint in CHANGES.items()}
BESIDE = {"/static", "/login", "/clickhouse/", "/clickhouse/ping"}
SCRIPTS = {"/": "start.js", "/play": "play.js", "/heatmap": "heatmap.js", "/alerts": "alerts.js"}


def taken(route: str) -> set[str]:
    """The parameters that a route's code takes: those it lets pass, or those that a page's script asks for."""
    if route in SCRIPTS:
        return set(re.findall(r'asked\.get\("(\w+)"\)', (FOLDER / SCRIPTS[route]).read_text()))
    called = re.search(r"only\(([^)]*)\)", inspect.getsource(ANY[route]))
    assert called is not None, f"{route} does not check its parameters"
    return set(re.findall(r'"(\w+)"', called[1]))


def test_every_route_with_its_parameters_is_documented_and_no_other() -> None:
    documented = {route: set(re.findall(r"`(\w+)`", parameters)) for route, parameters in ROW.findall(REFERENCE)}
    assert documented.keys() == ANY.keys() | BESIDE
    assert {route: documented[route] for route in ANY} == {route: taken(route) for route in ANY}


def fields(noun: str) -> set[str]:
    found = re.search(rf"^A {noun} has (.*?)(?:\n\n|\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", found[1])))


def test_every_field_is_documented_and_no_other(client: httpx.Client) -> None:
    timeline = client.get("/api/timeline?camera=front-door").json()
    assert fields("camera") == client.get("/api/cameras/front-door").json().keys()
    assert fields("motion event") == timeline["events"][0].keys()
    assert fields("gap") == timeline["gaps"][0].keys()
    assert fields("segment") == timeline["segments"][0].keys()
