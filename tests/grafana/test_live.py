"""Every PromQL, link and picture, asked of a recorder of two cameras, one unplugged, and of its Prometheus."""

import math
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import walker
from nvr.clock import utc_now
from tests.e2e.live import LiveRecorder
from tests.grafana.dashboards import DASHBOARDS, expanded, filled, links, promql, sql
from tests.prometheus.live import LivePrometheus

pytestmark = [
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed"),
    pytest.mark.timeout(240),
]

CHOSEN = {"site": "test", "camera": "door|yard", "__rate_interval": "30s", "__range": "2m", "__interval": "1s"}
MAY_BE_EMPTY = {
    "nvr_motion_anomaly_score": "needs the same hour of three weeks",
    "nvr_retention_deleted_bytes_total": "needs a volume that is full; clean-up is tested with retention",
    "nvr_camera_frames_dropped_total": "needs a machine too slow for analysis",
    "nvr_notification": "needs a receiver; test_alertmanager delivers",
    "nvr_alert_webhooks_total": "needs an Alertmanager",
    "nvr_retention_target_seconds": "is 0 where nothing is promised, and then no line",
    "nvr_errors_total": "needs an error; the figure beside it is 0 then",
    'zone!=""': "needs an event in a zone",
    "nvr_motion_zone_alert_active": "needs a zone that asks for alerts",
    "nvr_motion_events_total": "needs two scrapes between events, which come when they come",
    "deriv(": "needs storage that grows over whole scrapes; clean-up may be even with it",
    "nvr_recording_gap_seconds_total": "appears with its first gap, and grows afterwards only while it lasts",
    "nvr_ffmpeg_restarts_total": "appears with its first restart",
}
"""What a query holds that may have no series in a recorder's first minute, and why. What there is must be finite."""

MAGIC = {"/snapshot.jpg": b"\xff\xd8\xff", "/heatmap.png": b"\x89PNG\r\n\x1a\n"}
PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Watched:
    recorder: LiveRecorder
    prometheus: LivePrometheus
    began: datetime

    def finite(self, expr: str) -> bool:
        """Whether there are series, all of them finite."""
        values = [value for _, value in self.prometheus.query(filled(expr, CHOSEN))]
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
        cameras = {camera.name: {"record": camera.url} for camera in (door, yard)}
        with LiveRecorder(folder, cameras) as recorder, LivePrometheus(folder, [recorder.port]) as prometheus:
            began = utc_now()
            prometheus.wait_for(lambda: prometheus.query("sum(nvr_camera_up)") == [({}, 2.0)], 60)
            yard.kill()
            yield Watched(recorder, prometheus, began)


def test_every_query_gives_finite_series(watched: Watched) -> None:
    wanted = {name: expr for name, expr in promql().items() if not any(part in expr for part in MAY_BE_EMPTY)}
    assert len(wanted) > len(promql()) * 0.6
    deadline = time.monotonic() + PATIENCE
    while missing := {name: expr for name, expr in wanted.items() if not watched.finite(expr)}:
        assert time.monotonic() < deadline, missing
        wanted = missing
        time.sleep(1)


def test_what_may_be_empty_is_understood_and_otherwise_finite(watched: Watched) -> None:
    for expr in promql().values():
        if any(part in expr for part in MAY_BE_EMPTY):
            values = [value for _, value in watched.prometheus.query(filled(expr, CHOSEN))]
            assert all(math.isfinite(value) for value in values), expr


def test_every_reason_for_emptiness_is_needed() -> None:
    assert [part for part in MAY_BE_EMPTY if not any(part in expr for expr in promql().values())] == []


def test_every_question_is_let_through_the_recorders_own_endpoint(watched: Watched) -> None:
    chosen = {"site:sqlstring": "'test'", "camera:sqlstring": "'door','yard'"}
    for name, text in sql().items():
        question = expanded(text, watched.began - timedelta(hours=1), utc_now(), chosen)
        answer = watched.recorder.http.post("/clickhouse/", params={"default_format": "JSON"}, content=question)
        assert answer.status_code == 200, (name, answer.text[:300])
        assert answer.json()["meta"]


def test_every_link_and_picture_is_answered_as_what_it_is(watched: Watched) -> None:
    moment = utc_now()
    since = watched.began - timedelta(hours=1)
    chosen = {
        "camera": "door",
        "__to": str(int(moment.timestamp() * 1000)),
        "__from:date:iso": since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "__to:date:iso": moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "__data.fields.camera": "door",
        "__data.fields.moment": (moment - timedelta(seconds=5)).astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "__value.text": "door",
    }
    for address in sorted(set(links(DASHBOARDS))):
        if not address.startswith("/nvr/"):
            continue
        path = filled(address, chosen).removeprefix("/nvr")
        assert "$" not in path
        content = watched.content(path)
        assert content.startswith(MAGIC.get(path.partition("?")[0], b"")), path
