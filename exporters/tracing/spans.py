"""What is told of motion events, segments, clean-ups and alerts, as spans."""

from datetime import datetime, timedelta

from exporters.tracing.span import Attributes, Context, Span
from nvr.alert import Alert
from nvr.housekeeping import CleanupRun
from nvr.model import MotionEvent, Segment


def event_context(event_id: str) -> Context:
    """The root of a motion event's trace, whose id is the event's own without its hyphens."""
    return Context.of("motion event", event_id, event_id.replace("-", ""))


def segment_context(segment_id: str) -> Context:
    return Context.of("segment", segment_id)


def opened(event: MotionEvent, now: datetime, lag_seconds: float, judging_seconds: float) -> list[Span]:
    """The frame that opened the event, which was judged just now, and the motion that was followed until then."""
    root = event_context(str(event.id))
    frame = Context.of("frame", str(event.id), root.trace)
    taken = now - timedelta(seconds=lag_seconds)
    about: Attributes = {"camera": event.camera}
    return [
        Span("frame", frame, taken, now, root.span, about),
        Span("detect", _under(frame), now - timedelta(seconds=judging_seconds), now, frame.span, about),
        Span(
            "track", _under(root), min(event.start, taken), taken, root.span, {**about, "zones": ",".join(event.zones)}
        ),
    ]


def closed(event: MotionEvent) -> Span:
    assert event.end is not None
    about: Attributes = {
        "camera": event.camera,
        "zones": ",".join(event.zones),
        "peak": event.peak,
        "id": str(event.id),
    }
    return Span("motion event", event_context(str(event.id)), event.start, event.end, "", about)


def finalised(segment: Segment, now: datetime) -> Span:
    """From its last picture until it had its name and its place in the catalogue."""
    about: Attributes = {
        "camera": segment.camera,
        "id": segment.id,
        "duration_seconds": segment.duration_seconds,
        "size_bytes": segment.size_bytes,
    }
    return Span("segment finalised", segment_context(segment.id), min(segment.end, now), now, "", about)


def cleaned_up(run: CleanupRun) -> Span:
    about: Attributes = {
        "segments": sum(step.segments for step in run.steps),
        "size_bytes": sum(step.size_bytes for step in run.steps),
        "policies": ",".join(step.policy for step in run.steps),
        "refused": run.refused,
    }
    end = run.started + timedelta(seconds=run.seconds)
    return Span("retention run", Context.new(), run.started, end, "", about, run.error)


def told(alert: Alert, cause: Context | None, now: datetime) -> Span:
    """From the beginning of the condition until the outbox had it; part of what caused it, where that is known."""
    about: Attributes = {"alertname": alert.name, "severity": alert.severity, "camera": alert.camera, "id": alert.id}
    context = Context.of("alert", alert.id, cause.trace if cause else "")
    return Span("alert", context, min(alert.start, now), now, cause.span if cause else "", about)


def _under(parent: Context) -> Context:
    return Context.new(parent.trace)
