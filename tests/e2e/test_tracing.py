"""One motion event, from its frame to the notification, as a collector of traces has it; and a collector that hangs."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nvr.clock import utc_now
from nvr.model import isoformat
from tests.e2e.live import LiveRecorder
from tests.exporters.notify.sinks import HttpSink
from tests.exporters.tracing.receiver import BlackHole, Received, Receiver

WHOLE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
CALLER = "00f067aa0ba902b7"
TRACE = "0af7651916cd43dd8448eb211c80319c"
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


def environment(url: str) -> dict[str, str]:
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_EXPORTER_OTLP_HEADERS": "k=canary-key",
    }


@pytest.fixture
def collector() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def motion_alert(recorder: LiveRecorder) -> None:
    """As Alertmanager sends it for the rule NvrMotion."""
    labels = {"alertname": "NvrMotion", "event": "MOTION", "severity": "info", "camera": "door", "site": "test"}
    alert = {"status": "firing", "labels": labels, "annotations": {}, "startsAt": isoformat(utc_now())}
    recorder.http.post(
        "/alerts/people",
        json={"version": "4", "groupKey": "motion", "status": "firing", "alerts": [alert]},
        headers={"traceparent": f"00-{TRACE}-{CALLER}-01"},
    ).raise_for_status()


def parents(spans: list[Received]) -> dict[str, set[str]]:
    """By each name, the names of what its spans are part of."""
    names = {span.id: span.name for span in spans} | {"": ""}
    found: dict[str, set[str]] = {}
    for span in spans:
        found.setdefault(span.name, set()).add(names[span.parent])
    return found


@pytest.mark.timeout(240)
def test_one_motion_event_is_one_trace_to_the_notification(
    tmp_path: Path, clips: dict[str, Path], collector: Receiver
) -> None:
    with HttpSink() as chat:
        channels = {"chat": {"url": f"json://{chat.host}/chat", "kind": "chat"}}
        more = {"notifications": {"receivers": {"people": {"channels": channels}}}, "log": {"format": "json"}}
        cameras = {"door": {"record": str(clips["door"]), "zones": {"path": {"points": WHOLE, "alert": True}}}}
        with LiveRecorder(tmp_path, cameras, environment=environment(collector.url), more=more) as recorder:
            active = {"camera": "door", "zone": "path"}
            recorder.wait_for(lambda: recorder.metric("nvr_motion_zone_alert_active", **active) == 1, 60)
            motion_alert(recorder)
            collector.wait_for(lambda: bool(collector.named("notification") and collector.named("motion event")), 60)
            check_the_event(collector, recorder)
            check_the_rest(collector)
            children = [Path(f"/proc/{child}/environ").read_bytes() for child in recorder.children()]
            assert children
            assert not any(b"canary" in environ for environ in children)
            assert recorder.stop() < 15
    check_the_log(recorder, collector)
    assert len(chat.taken) == 1


def check_the_event(collector: Receiver, recorder: LiveRecorder) -> None:
    [root] = collector.named("motion event")
    collector.wait_for(lambda: len([s for s in collector.trace(root.trace) if s.name == "insert"]) >= 2)
    spans = collector.trace(root.trace)
    assert parents(spans) == {
        "motion event": {""},
        "frame": {"motion event"},
        "detect": {"frame"},
        "track": {"motion event"},
        "insert": {"motion event"},
        "alert": {"motion event"},
        "notification": {"alert"},
    }
    assert root.trace == root.attributes["id"].replace("-", "")
    assert root.attributes["camera"] == "door"
    assert all(span.start <= span.end and not span.failed for span in spans)
    assert f'trace_id="{root.trace}"' in recorder.http.get("/metrics", headers=OPENMETRICS).text


def check_the_rest(collector: Receiver) -> None:
    """Nothing for each frame; a segment and a clean-up of their own, and the webhook as part of its caller's trace."""
    assert len(collector.named("frame")) == len(collector.named("detect")) == 1
    segment = collector.named("segment finalised")[0]
    assert segment.attributes["camera"] == "door"
    collector.wait_for(lambda: parents(collector.trace(segment.trace)).get("insert") == {"segment finalised"})
    assert collector.named("retention run")
    [webhook] = collector.named("POST /alerts/{receiver}")
    assert (webhook.trace, webhook.parent) == (TRACE, CALLER)
    assert collector.named("GET /metrics") == []
    assert collector.headers["k"] == "canary-key"


def check_the_log(recorder: LiveRecorder, collector: Receiver) -> None:
    """All lines are JSON, and the one of the alert leads to the request that brought it."""
    lines = [json.loads(line) for line in recorder.log.read_text().splitlines()]
    [told] = [line for line in lines if line["message"].startswith("alert firing")]
    assert told["trace_id"] == TRACE
    assert "canary" not in recorder.log.read_text()
    assert collector.resource["service.instance.id"] == "test"


@pytest.mark.timeout(120)
def test_a_collector_that_never_answers_costs_neither_footage_nor_time(tmp_path: Path, clips: dict[str, Path]) -> None:
    with BlackHole() as hole:
        cameras = {"door": {"record": str(clips["door"])}}
        recorder = LiveRecorder(tmp_path, cameras, segment="2s", environment=environment(hole.url))
        with recorder:
            recorder.wait_for(lambda: len(recorder.timeline("door")["segments"]) > 2, 60)
            began = time.monotonic()
            assert recorder.http.get("/api/cameras").status_code == 200
            assert time.monotonic() - began < 5
            line = recorder.timeline("door")
            assert [gap for gap in line["gaps"] if gap["start"] >= line["segments"][0]["start"]] == []
            assert recorder.metric("nvr_trace_spans_total", outcome="sent") == 0
            assert recorder.stop() < 10
