"""The metrics of the process itself: its build, its configuration, its event loop, its HTTP requests, its errors."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version

from prometheus_client.core import Metric

from exporters.metrics.instruments import Instruments, exemplar

LOOP_LAG_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 10)
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
ADDRESSES = ("url", "runbooks_url", "grafana_url")


class ProcessMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._make, self._site = instruments, instruments.site
        self._errors = instruments.counter("errors_total", "Errors logged.", "component")
        self._clock_steps = instruments.counter("clock_steps_total", "Times that the host's clock was set.")
        self._clock_step = instruments.gauge(
            "clock_last_step_seconds", "By how much the host's clock was last set, ahead or back."
        )
        self._loop_lag = instruments.histogram(
            "event_loop_lag_seconds", "How late the event loop ran what was due.", LOOP_LAG_BUCKETS
        )
        self._requests = instruments.histogram(
            "http_request_duration_seconds",
            "From a request to the end of its answer.",
            REQUEST_BUCKETS,
            "route",
            "method",
        )
        self._reload = instruments.gauge(
            "config_last_reload_successful", "1 where the configuration could be used when last read."
        )
        self._reloaded = instruments.gauge(
            "config_last_reload_success_timestamp_seconds", "When the configuration in use was read."
        )
        build = instruments.gauge("build_info", "The recorder's version; always 1.", "version")
        build.labels(self._site, version("sf-nvr")).set(1)
        self._web = instruments.gauge(
            "web_info", "Where people reach the recorder, its runbooks and Grafana; always 1.", *ADDRESSES
        )
        self._clock_steps.labels(self._site)
        self._clock_step.labels(self._site).set(0)
        self._loop_lag.labels(self._site)

    def collect(self, spans: Mapping[str, int]) -> Iterator[Metric]:
        yield self._make.sampled_counter(
            "trace_spans_total",
            "Spans of traces, by what became of them; none where tracing is off.",
            [((outcome,), count) for outcome, count in spans.items()],
            "outcome",
        )

    def reached_at(self, url: str, runbooks_url: str, grafana_url: str) -> None:
        self._web.labels(self._site, url, runbooks_url, grafana_url).set(1)

    def failed(self, component: str) -> None:
        self._errors.labels(self._site, component).inc()

    def clock_stepped(self, seconds: float) -> None:
        self._clock_steps.labels(self._site).inc()
        self._clock_step.labels(self._site).set(seconds)

    def lagged(self, seconds: float) -> None:
        self._loop_lag.labels(self._site).observe(seconds)

    def served(self, route: str, method: str, seconds: float) -> None:
        self._requests.labels(self._site, route, method).observe(seconds, exemplar())

    def configured(self, time: datetime) -> None:
        self._reload.labels(self._site).set(1)
        self._reloaded.labels(self._site).set(time.timestamp())

    def refused_configuration(self) -> None:
        self._reload.labels(self._site).set(0)
