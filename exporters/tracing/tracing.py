"""Traces of what happens, where they are asked for. Off, none of this costs anything."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Protocol

from exporters.delivery import Delivery
from exporters.notify.message import alerts_of_key
from exporters.tracing import spans
from exporters.tracing.span import Attributes, Context, Span
from exporters.tracing.trail import Trail
from nvr.alert import Alert
from nvr.clock import utc_now
from nvr.housekeeping import CleanupRun
from nvr.model import MotionEvent, Segment
from nvr.trace import within

MOST_INSERTS = 100
"""Rows of one batch whose traces are told of it: after an outage thousands come at once."""

_ROOTS = {"motion_events": spans.event_context, "segments": spans.segment_context}


class Following(Protocol):
    """`Tracing`, as far as rows and notifications go."""

    def inserting(self, table: str, lines: Sequence[str]) -> AbstractContextManager[None]: ...
    def delivering(self, delivery: Delivery) -> AbstractContextManager[None]: ...
    def alerted(self, alerts: Sequence[Alert]) -> None: ...


class Untraced:
    """Nobody follows anything."""

    def inserting(self, table: str, lines: Sequence[str]) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()

    def delivering(self, delivery: Delivery) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()

    def alerted(self, alerts: Sequence[Alert]) -> None:
        pass


UNTRACED = Untraced()


class Tracing:
    """Hands the spans of what it is told to `record`, which never blocks. From any thread."""

    def __init__(self, record: Callable[[Span], None], now: Callable[[], datetime] = utc_now) -> None:
        self.record, self._now = record, now
        self._trail = Trail()

    def motion_opened(self, event: MotionEvent, lag_seconds: float, judging_seconds: float) -> None:
        self._trail.moved(event)
        for span in spans.opened(event, self._now(), lag_seconds, judging_seconds):
            self.record(span)

    def motion_closed(self, event: MotionEvent) -> None:
        self._trail.moved(event)
        self.record(spans.closed(event))

    def segment_finalised(self, segment: Segment) -> None:
        self.record(spans.finalised(segment, self._now()))

    def cleaned_up(self, run: CleanupRun) -> None:
        self.record(spans.cleaned_up(run))

    def alerted(self, alerts: Sequence[Alert]) -> None:
        """They are handed to the outbox; each is told once, whoever else is sent it."""
        for alert in alerts:
            if not self._trail.knows(alert.id):
                span = spans.told(alert, self._trail.cause(alert), self._now())
                self._trail.note(alert.id, span.context)
                self.record(span)

    @contextmanager
    def delivering(self, delivery: Delivery) -> Iterator[None]:
        alerts = alerts_of_key(delivery.key)
        parent = self._trail.of(alerts[0]) if alerts else Context.of("delivery", delivery.key)
        about: Attributes = {"channel": delivery.channel, "severity": delivery.severity, "resolved": delivery.resolved}
        with within(parent.trace), self._timed("notification", [parent], about):
            yield

    @contextmanager
    def inserting(self, table: str, lines: Sequence[str]) -> Iterator[None]:
        """The rows' events and segments each get a span of it."""
        roots = _roots(table, lines)
        about: Attributes = {"table": table, "rows": len(lines)}
        with within(roots[0].trace if roots else ""), self._timed("insert", roots, about):
            yield

    @contextmanager
    def _timed(self, name: str, parents: Sequence[Context], about: Attributes) -> Iterator[None]:
        start, error = self._now(), "it was interrupted"
        try:
            yield
            error = ""
        except Exception as failure:
            error = type(failure).__name__
            raise
        finally:
            end = self._now()
            for parent in parents:
                self.record(Span(name, Context.new(parent.trace), start, end, parent.span, about, error))


def _roots(table: str, lines: Sequence[str]) -> list[Context]:
    if (root := _ROOTS.get(table)) is None:
        return []
    return [root(str(json.loads(line)["id"])) for line in lines[:MOST_INSERTS]]
