"""Spans on their way to a collector: one that takes them, one that never answers, and one that is not there."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from exporters.tracing.collector import END_SECONDS, MOST_WAITING, Collector
from exporters.tracing.endpoint import collector_in
from exporters.tracing.span import Context, Span
from tests.e2e.live import free_port
from tests.exporters.tracing.receiver import BlackHole, Receiver

NOON = datetime(2026, 11, 22, 12, microsecond=123456, tzinfo=UTC)
ROOT = Context("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
SPAN = Span(
    "insert", Context(ROOT.trace, "00f067aa0ba902b7"), NOON, NOON + timedelta(seconds=1), ROOT.span, {"rows": 7}
)
ON_TIME_SECONDS = 4.0
"""END_SECONDS, and what a crowded machine adds."""


def collector(monkeypatch: pytest.MonkeyPatch, url: str) -> Collector:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "50"}
    for name, value in (environ | {"NO_PROXY": "*"}).items():
        monkeypatch.setenv(name, value)
    found = collector_in(environ, "home")
    assert found is not None
    return found


def closing_seconds(collector: Collector) -> float:
    began = time.monotonic()
    asyncio.run(collector.close())
    return time.monotonic() - began


def test_a_span_arrives_as_it_was_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as receiver:
        sending = collector(monkeypatch, receiver.url)
        sending.record(SPAN)
        receiver.wait_for(lambda: bool(receiver.spans))
        asyncio.run(sending.close())
    [span] = receiver.spans
    assert (span.trace, span.id, span.parent) == (ROOT.trace, "00f067aa0ba902b7", ROOT.span)
    assert (span.start, span.end - span.start) == (1795348800123456000, 1_000_000_000)
    assert (span.name, span.attributes, span.failed) == ("insert", {"rows": 7}, False)
    assert receiver.resource["service.name"] == "nvr"
    assert receiver.resource["service.instance.id"] == "home"
    assert sending.counts == {"sent": 1, "failed": 0, "dropped": 0}


def test_what_waits_at_the_end_is_still_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as receiver:
        sending = collector(monkeypatch, receiver.url)
        for _ in range(1000):
            sending.record(SPAN)
        asyncio.run(sending.close())
        assert len(receiver.spans) == 1000


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_collector_that_never_answers_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with BlackHole() as hole:
        sending = collector(monkeypatch, hole.url)
        began = time.process_time()
        for _ in range(MOST_WAITING + 1000):
            sending.record(SPAN)
        cpu_seconds = time.process_time() - began
        assert sending.counts["dropped"] >= 1000 - 256  # What is being sent waits no more.
        assert cpu_seconds / (MOST_WAITING + 1000) < 0.001
        assert closing_seconds(sending) < ON_TIME_SECONDS


def test_a_collector_that_is_not_there_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    port = free_port()
    sending = collector(monkeypatch, f"http://127.0.0.1:{port}")
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            failed = sending.counts["failed"]
            sending.record(SPAN)
            wait_for(lambda before=failed: sending.counts["failed"] > before)
        with Receiver(port) as receiver:
            sending.record(SPAN)
            receiver.wait_for(lambda: bool(receiver.spans))
            wait_for(lambda: sending.counts["sent"] == 1)
            assert closing_seconds(sending) < ON_TIME_SECONDS
    assert [record.message for record in caplog.records] == [
        "the collector of traces takes none; spans are lost, and nothing else is",
        "the collector takes traces again",
    ]


def wait_for(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_end_is_waited_for_a_second() -> None:
    assert END_SECONDS == 1.0
