"""Makes the recorder's instruments: prefix `nvr_`, label `site` on all, and a camera's series removable."""

from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics import MetricWrapperBase

from nvr.trace import active_trace

Sample = tuple[tuple[str, ...], float]
"""The values of a series' labels, without the site's, and its value."""


def exemplar() -> dict[str, str] | None:
    """What leads from a measurement to the trace that is being worked on, if any."""
    trace = active_trace()
    return {"trace_id": trace} if trace else None


class Instruments:
    """One registry's instruments. All of them carry `site` as their first label."""

    def __init__(self, site: str, registry: CollectorRegistry) -> None:
        self.site, self._registry = site, registry
        self._of_cameras: list[MetricWrapperBase] = []

    def counter(self, name: str, text: str, *labels: str) -> Counter:
        counter = Counter(f"nvr_{name}", text, ("site", *labels), registry=self._registry)
        self._remember(counter, labels)
        return counter

    def gauge(self, name: str, text: str, *labels: str) -> Gauge:
        gauge = Gauge(f"nvr_{name}", text, ("site", *labels), registry=self._registry)
        self._remember(gauge, labels)
        return gauge

    def histogram(self, name: str, text: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"nvr_{name}", text, ("site", *labels), registry=self._registry, buckets=buckets)

    def sampled_gauge(self, name: str, text: str, samples: Iterable[Sample], *labels: str) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"nvr_{name}", text, labels=("site", *labels))
        for values, value in samples:
            family.add_metric((self.site, *values), value)
        return family

    def sampled_counter(self, name: str, text: str, samples: Iterable[Sample], *labels: str) -> CounterMetricFamily:
        family = CounterMetricFamily(f"nvr_{name}", text, labels=("site", *labels))
        for values, value in samples:
            family.add_metric((self.site, *values), value)
        return family

    def forget(self, camera: str) -> None:
        for instrument in self._of_cameras:
            instrument.remove_by_labels({"camera": camera})

    def _remember(self, instrument: MetricWrapperBase, labels: tuple[str, ...]) -> None:
        if "camera" in labels:
            self._of_cameras.append(instrument)
