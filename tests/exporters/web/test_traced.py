"""Requests as spans: a part of the caller's trace, or one of their own; and what leads to it from a measurement."""

from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from exporters.tracing.span import Span
from exporters.web.sources import Sources
from exporters.web.traced import caller_of
from tests.exporters.web.serving import client_of

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


def spans_of(sources: Sources, *requests: tuple[str, dict[str, str]]) -> list[Span]:
    spans: list[Span] = []
    with client_of(replace(sources, record=spans.append)) as client:
        for path, headers in requests:
            client.get(path, headers=headers)
    return spans


def test_a_request_is_a_span_by_its_route(sources: Sources) -> None:
    first, second = spans_of(sources, ("/api/cameras/front-door?token=canary", {}), ("/canary/path", {}))
    assert (first.name, first.kind, first.error) == ("GET /api/cameras/{camera}", "server", "")
    assert first.attributes["http.response.status_code"] == 400
    assert second.name == "GET other"
    assert "canary" not in f"{first}{second}"
    assert first.context.trace != second.context.trace
    assert first.start <= first.end


def test_a_bug_is_a_failed_request(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr(sources.status, "cameras", broken)
    [span] = spans_of(sources, ("/api/cameras", {}))
    assert (span.name, span.error) == ("GET /api/cameras", "status 500")


def test_a_request_is_part_of_its_callers_trace(sources: Sources) -> None:
    [span] = spans_of(sources, ("/healthz", {"traceparent": f"00-{TRACE}-{SPAN}-01"}))
    assert (span.context.trace, span.parent) == (TRACE, SPAN)


def test_what_asks_every_few_seconds_is_not_traced_nor_what_a_caller_leaves_out(sources: Sources) -> None:
    unwanted = {"traceparent": f"00-{TRACE}-{SPAN}-00"}
    assert spans_of(sources, ("/metrics", {}), ("/healthz", {}), ("/readyz", {}), ("/api/cameras", unwanted)) == []


@pytest.mark.parametrize(
    "header",
    [None, "", "nonsense", f"00-{TRACE}-{SPAN}", f"00-{'0' * 32}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01", "٣" * 55],
)
def test_a_header_that_makes_no_sense_is_as_none(header: str | None) -> None:
    assert caller_of(header) == (None, True)


def test_a_measurement_leads_to_the_trace_of_what_was_measured(sources: Sources) -> None:
    spans: list[Span] = []
    with client_of(replace(sources, record=spans.append)) as client:
        client.get("/api/cameras")
        plain, open_metrics = client.get("/metrics"), client.get("/metrics", headers=OPENMETRICS)
    assert "trace_id" not in plain.text
    assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    exemplars = {
        sample.exemplar.labels["trace_id"]
        for family in text_string_to_metric_families(open_metrics.text)  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.exemplar
    }
    assert exemplars == {spans[0].context.trace}
