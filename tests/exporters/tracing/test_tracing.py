"""What becomes of what the recorder does, as spans: whose they are, and what they are part of."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from exporters.delivery import Delivery, NotDelivered
from exporters.tracing.span import Span
from exporters.tracing.spans import event_context, segment_context
from exporters.tracing.traced_metrics import TracedMetrics
from exporters.tracing.tracing import Tracing
from exporters.tracing.trail import MOST_ALERTS, Trail
from nvr.alert import Alert
from nvr.clock import utc_now
from nvr.housekeeping import CleanupRun
from nvr.trace import active_trace
from tests.exporters.test_metrics import CLOSED, EVENT, SEGMENT

NOW = EVENT.start + timedelta(seconds=20)
TRACE = str(EVENT.id).replace("-", "")
ROOT = event_context(str(EVENT.id))


class Kept:
    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.tracing = Tracing(self.spans.append, lambda: NOW)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


def motion_alert(seconds: float = 5.0, name: str = "NvrMotion", camera: str = "front-door") -> Alert:
    labels = {"alertname": name, "camera": camera, "severity": "info", "event": "MOTION"}
    return Alert("0123456789abcdef", EVENT.start + timedelta(seconds=seconds), None, labels)


def delivery(alert: Alert) -> Delivery:
    return Delivery(f"firing {alert.id}#1", "people/mail", "people group", "info", resolved=False, payload="[]")


def test_only_the_frame_that_opens_an_event_is_traced() -> None:
    kept = Kept()
    metrics = TracedMetrics("home", kept.tracing)
    metrics.frame_processed("front-door", 0.3, 0.002)
    metrics.motion_event_opened(EVENT)
    metrics.frame_processed("yard", 0.3, 0.002)
    assert kept.spans == []
    metrics.frame_processed("front-door", 0.3, 0.002)
    metrics.frame_processed("front-door", 0.3, 0.002)
    frame, detect, track = kept.spans
    assert [span.name for span in kept.spans] == ["frame", "detect", "track"]
    assert {span.context.trace for span in kept.spans} == {TRACE}
    assert (frame.parent, detect.parent, track.parent) == (ROOT.span, frame.context.span, ROOT.span)
    assert frame.end - frame.start == timedelta(seconds=0.3)
    assert (track.start, track.end) == (EVENT.start, frame.start)


def test_an_event_is_the_root_of_its_trace_once_it_is_over() -> None:
    kept = Kept()
    TracedMetrics("home", kept.tracing).motion_event_closed(CLOSED)
    [root] = kept.spans
    assert (root.context, root.parent) == (ROOT, "")
    assert (root.start, root.end) == (CLOSED.start, CLOSED.end)
    assert root.attributes["zones"] == "porch,street"


def test_a_row_belongs_to_the_trace_of_its_event_or_segment() -> None:
    kept = Kept()
    with kept.tracing.inserting("motion_events", [json.dumps({"id": str(EVENT.id)})]):
        assert active_trace() == TRACE
    with kept.tracing.inserting("segments", [json.dumps({"id": SEGMENT.id})]):
        pass
    with kept.tracing.inserting("activity", ["{}"]):
        assert active_trace() == ""
    first, second = kept.named("insert")
    assert (first.context.trace, first.parent) == (TRACE, ROOT.span)
    assert second.parent == segment_context(SEGMENT.id).span
    assert active_trace() == ""


def test_an_insert_that_fails_is_a_failed_span() -> None:
    kept = Kept()
    with pytest.raises(OSError, match="away"), kept.tracing.inserting("segments", [json.dumps({"id": SEGMENT.id})]):
        raise OSError("the database is away: secret")
    assert [span.error for span in kept.spans] == ["OSError"]


def test_an_alert_on_motion_and_its_notifications_belong_to_the_event() -> None:
    kept = Kept()
    kept.tracing.motion_opened(EVENT, 0.3, 0.002)
    alert = motion_alert()
    kept.tracing.alerted([alert])
    kept.tracing.alerted([replace(alert, end=NOW)])
    with kept.tracing.delivering(delivery(alert)):
        assert active_trace() == TRACE
    with pytest.raises(NotDelivered), kept.tracing.delivering(delivery(alert)):
        raise NotDelivered("no")
    [told] = kept.named("alert")
    assert (told.context.trace, told.parent) == (TRACE, ROOT.span)
    assert [(span.context.trace, span.parent, span.error) for span in kept.named("notification")] == [
        (TRACE, told.context.span, ""),
        (TRACE, told.context.span, "NotDelivered"),
    ]


@pytest.mark.parametrize(
    "alert",
    [
        motion_alert(name="NvrCameraOffline"),
        motion_alert(camera="yard"),
        motion_alert(seconds=-1),
        motion_alert(seconds=3600),
    ],
)
def test_other_alerts_have_traces_of_their_own(alert: Alert) -> None:
    kept = Kept()
    kept.tracing.motion_closed(CLOSED)
    kept.tracing.alerted([alert])
    with kept.tracing.delivering(delivery(alert)):
        pass
    told, notification = kept.spans[1:]
    assert told.context.trace == notification.context.trace != TRACE
    assert (told.parent, notification.parent) == ("", told.context.span)


def test_a_delivery_after_a_restart_is_traced_too() -> None:
    before, after = Kept(), Kept()
    alert = motion_alert(name="NvrCameraOffline")
    before.tracing.alerted([alert])
    with after.tracing.delivering(delivery(alert)):
        pass
    assert after.spans[0].parent == before.spans[0].context.span


def test_what_is_remembered_is_bounded() -> None:
    trail = Trail()
    for number in range(MOST_ALERTS + 10):
        trail.note(f"{number}", ROOT)
    assert not trail.knows("9")
    assert trail.knows("10")


def test_segments_and_clean_ups_are_traces_of_their_own() -> None:
    kept = Kept()
    metrics = TracedMetrics("home", kept.tracing)
    metrics.segment_recorded(SEGMENT)
    metrics.cleaned_up(CleanupRun(utc_now(), 0.5, (), 1, "read-only"))
    segment, cleaning = kept.spans
    assert (segment.name, segment.context, segment.attributes["id"]) == (
        "segment finalised",
        segment_context(SEGMENT.id),
        SEGMENT.id,
    )
    assert (cleaning.name, cleaning.error) == ("retention run", "read-only")
    assert cleaning.end - cleaning.start == timedelta(seconds=0.5)
