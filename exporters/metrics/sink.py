"""The metrics of the way to ClickHouse: rows sent, rows waiting, rows lost."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from exporters.metrics.instruments import Instruments, exemplar
from nvr.model import SinkStatus
from nvr.ports import InsertOutcome

INSERT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class SinkMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._make, self._site = instruments, instruments.site
        self._rows = instruments.counter("event_sink_rows_total", "Rows that ClickHouse acknowledged.", "table")
        self._inserts = instruments.counter("event_sink_inserts_total", "Inserts into ClickHouse.", "table", "outcome")
        self._dropped = instruments.counter(
            "event_sink_dropped_rows_total",
            "Rows lost: the spool was full, or ClickHouse can never read them.",
            "table",
        )
        self._durations = instruments.histogram(
            "event_sink_insert_duration_seconds", "How long an insert took.", INSERT_BUCKETS, "table"
        )

    def inserted(self, table: str, outcome: InsertOutcome, rows: int, seconds: float) -> None:
        self._inserts.labels(self._site, table, outcome).inc()
        self._durations.labels(self._site, table).observe(seconds, exemplar())
        if outcome == "ok":
            self._rows.labels(self._site, table).inc(max(0, rows))

    def dropped(self, table: str, rows: int) -> None:
        self._dropped.labels(self._site, table).inc(max(0, rows))

    def collect(self, sink: SinkStatus) -> Iterator[Metric]:
        for name, text, value in (
            ("event_sink_up", "1 while inserts succeed.", sink.up),
            ("event_sink_queue_length", "Rows that wait for ClickHouse.", sink.queue_length),
            ("event_sink_queue_capacity", "Rows that can wait before rows are lost.", sink.queue_capacity),
            ("event_sink_spool_bytes", "Bytes that the spool takes on disk.", sink.spool_bytes),
        ):
            yield self._make.sampled_gauge(name, text, [((), value)])
        yield self._make.sampled_gauge(
            "event_sink_last_success_timestamp_seconds",
            "When an insert last succeeded.",
            [((), sink.last_success.timestamp())] if sink.last_success else (),
        )
