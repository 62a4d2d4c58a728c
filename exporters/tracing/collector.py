"""The way to an OpenTelemetry collector: spans wait in a bounded queue, and a thread of its own sends them by OTLP.

Where the collector is slow or away, spans are lost and counted, and nobody waits. The SDK reads its own variables of
the environment: address, headers, certificates, timeout, compression, pace.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from exporters.tracing.span import Context, Span

log = logging.getLogger(__name__)

MOST_WAITING = 2048
MOST_AT_ONCE = 256
END_SECONDS = 1.0
"""How long a stop waits for the collector to take the last spans."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {"internal": SpanKind.INTERNAL, "server": SpanKind.SERVER}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class Collector:
    """`record` takes spans from any thread, at once. `counts` has what became of them."""

    def __init__(self, site: str) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # It tells each attempt, we the first.
        self._resource = Resource.create(
            {"service.name": "nvr", "service.version": version("sf-nvr"), "service.instance.id": site}
        )
        self._scope = InstrumentationScope("nvr", version("sf-nvr"))
        self._lock = threading.Lock()
        self._waiting = 0
        self._failing = False
        self.counts: Counter[str] = Counter(sent=0, failed=0, dropped=0)
        self._processor = BatchSpanProcessor(
            _Counted(OTLPSpanExporter(), self), max_queue_size=MOST_WAITING, max_export_batch_size=MOST_AT_ONCE
        )

    def record(self, span: Span) -> None:
        with self._lock:
            fits = self._waiting < MOST_WAITING
            self._waiting += fits
            self.counts["dropped"] += not fits
        if fits:
            self._processor.on_end(self._readable(span))

    async def close(self) -> None:
        """Send what waits, for a second at most; what is not sent by then is lost with the process."""
        # A thread that nobody waits for: the SDK's own end takes as long as the collector does.
        ending = threading.Thread(target=self._end, name="end of tracing", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, END_SECONDS)

    def taken(self, spans: int) -> None:
        with self._lock:
            self._waiting -= spans

    def answered(self, spans: int, result: SpanExportResult) -> None:
        fails = result is not SpanExportResult.SUCCESS
        with self._lock:
            self.counts["failed" if fails else "sent"] += spans
        if fails and not self._failing:
            log.warning("the collector of traces takes none; spans are lost, and nothing else is")
        if self._failing and not fails:
            log.info("the collector takes traces again")
        self._failing = fails

    def _end(self) -> None:
        with suppress(Exception):  # A boundary: whatever the library meets, we are leaving.
            self._processor.shutdown()  # type: ignore[no-untyped-call]

    def _readable(self, span: Span) -> ReadableSpan:
        parent = Context(span.context.trace, span.parent) if span.parent else None
        return ReadableSpan(
            name=span.name,
            context=_span_context(span.context),
            parent=_span_context(parent) if parent else None,
            resource=self._resource,
            attributes=dict(span.attributes),
            kind=_KINDS[span.kind],
            status=Status(StatusCode.ERROR, span.error) if span.error else Status(),
            start_time=_nanoseconds(span.start),
            end_time=_nanoseconds(span.end),
            instrumentation_scope=self._scope,
        )


class _Counted(SpanExporter):
    """The exporter, with what it does counted."""

    def __init__(self, exporter: SpanExporter, collector: Collector) -> None:
        self._exporter, self._collector = exporter, collector

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._collector.taken(len(spans))
        result = self._exporter.export(spans)
        self._collector.answered(len(spans), result)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _span_context(context: Context) -> SpanContext:
    return SpanContext(int(context.trace, 16), int(context.span, 16), is_remote=False, trace_flags=_SAMPLED)


def _nanoseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1) * 1000
