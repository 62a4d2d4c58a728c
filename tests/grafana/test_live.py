"""Every PromQL, link and picture, asked of a recorder of two cameras, one unplugged, and of its Prometheus."""

import math
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import walker
from nvr.clock import utc_now
from tests.e2e.live import LiveRecorder
from tests.grafana.dashboards import MAGIC, at_the_recorder, expanded, filled, panels, promql, sql
from tests.prometheus.live import LivePrometheus

pytestmark = [
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed"),
    pytest.mark.timeout(240),
]

CHOSEN = {"site": "test", "camera": "door|yard", "__rate_interval": "30s", "__range": "2m", "__interval": "1s"}
MAY_BE_EMPTY = {
    ("camera", "Frames not looked at"): "needs a machine too slow for analysis",
    ("motion", "Unusual motion"): "needs the same hour of three weeks",
    ("storage", "Deleted, by policy"): "needs a volume that is full; clean-up is tested with retention",
    ("pipeline", "Attempts to tell people"): "needs a receiver; test_alertmanager delivers",
    ("pipeline", "Time of an attempt"): "needs a receiver; test_alertmanager delivers",
    ("pipeline", "Alertmanager's requests"): "needs an Alertmanager",
    ("pipeline", "Errors by part"): "needs an error; the figure above it is 0 then",
}
"""Panels whose queries may have no series in a recorder's first minutes, and why. What there is must be finite."""

PATIENCE = 90.0


def asked(expr: str) -> str:
    """As Grafana asks it, without the minutes that storage is watched before its growth is told."""
    return filled(expr, CHOSEN).replace("offset 3m", "offset 10s")


def may_be_empty(name: str) -> bool:
    """`name` is `dashboard number: title letter`."""
    where, _, rest = name.partition(": ")
    return (where.split()[0], rest.rpartition(" ")[0]) in MAY_BE_EMPTY


@dataclass(frozen=True, slots=True)
class Watched:
    recorder: LiveRecorder
    prometheus: LivePrometheus
    began: datetime

    def finite(self, expr: str) -> bool:
        """Whether there are series, all of them finite."""
        values = [value for _, value in self.prometheus.query(asked(expr))]
        assert not any(math.isinf(value) for value in values), expr
        return bool(values) and not any(math.isnan(value) for value in values)

    def content(self, path: str) -> bytes:
        """What an answer 200 holds. A heatmap is there soon after someone walked by."""
        deadline = time.monotonic() + PATIENCE
        while (answer := self.recorder.http.get(path)).status_code != 200:
            assert time.monotonic() < deadline, (path, answer.status_code, answer.text[:200])
            time.sleep(1)
        return answer.content


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("dashboards")
    clip = make_clip(walker(20, width=320, height=180), folder)
    with DemoCamera("door") as door, DemoCamera("yard") as yard:
        for camera in (door, yard):
            camera.begin(clip)
        for camera in (door, yard):
            camera.wait()
        cameras: dict[str, dict[str, Any]] = {camera.name: {"record": camera.url} for camera in (door, yard)}
        cameras["door"]["zones"] = {"porch": {"points": [[0, 0], [1, 0], [1, 1], [0, 1]], "alert": True}}
        with LiveRecorder(folder, cameras) as recorder, LivePrometheus(folder, [recorder.port]) as prometheus:
            began = utc_now()
            prometheus.wait_for(lambda: prometheus.query("sum(nvr_camera_up)") == [({}, 2.0)], 60)
            yard.kill()
            yield Watched(recorder, prometheus, began)


def test_every_query_gives_finite_series(watched: Watched) -> None:
    missing = {name: expr for name, expr in promql().items() if not may_be_empty(name)}
    deadline = time.monotonic() + PATIENCE
    while missing := {name: expr for name, expr in missing.items() if not watched.finite(expr)}:
        assert time.monotonic() < deadline, missing
        time.sleep(1)


def test_what_may_be_empty_is_understood_and_otherwise_finite(watched: Watched) -> None:
    for name, expr in promql().items():
        if may_be_empty(name):
            values = [value for _, value in watched.prometheus.query(asked(expr))]
            assert all(math.isfinite(value) for value in values), expr


def test_every_reason_for_emptiness_is_of_a_panel() -> None:
    assert {(name, panel["title"]) for name, panel in panels()} >= MAY_BE_EMPTY.keys()


def test_every_question_is_let_through_the_recorders_own_endpoint(watched: Watched) -> None:
    chosen = {"site:sqlstring": "'test'", "camera:sqlstring": "'door','yard'"}
    for name, text in sql().items():
        question = expanded(text, watched.began - timedelta(hours=1), utc_now(), chosen)
        answer = watched.recorder.http.post("/clickhouse/", params={"default_format": "JSON"}, content=question)
        assert answer.status_code == 200, (name, answer.text[:300])
        assert answer.json()["meta"]


def test_every_link_and_picture_is_answered_as_what_it_is(watched: Watched) -> None:
    moment = utc_now()
    for path in at_the_recorder("door", watched.began - timedelta(hours=1), moment):
        content = watched.content(path)
        assert content.startswith(MAGIC.get(path.partition("?")[0], b"")), path
