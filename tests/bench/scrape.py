"""One scrape of `/metrics`, read as Prometheus reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

Bucket = tuple[float, float]
"""Upper bound, and how many observations were at most that."""


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    labels: dict[str, str]
    value: float


class Scrape:
    """Every series by its whole name, as `nvr_frame_lag_seconds_bucket`."""

    def __init__(self, text: str) -> None:
        families = text_string_to_metric_families(text)
        self._series = [Series(s.name, s.labels, s.value) for family in families for s in family.samples]

    def total(self, name: str, **labels: str) -> float:
        """The sum of all series that have these labels; 0 where there are none."""
        return sum(series.value for series in self._found(name) if labels.items() <= series.labels.items())

    def by(self, label: str, name: str) -> dict[str, float]:
        """The sums by the values of a label."""
        values = {series.labels[label] for series in self._found(name)}
        return {value: self.total(name, **{label: value}) for value in sorted(values)}

    def buckets(self, name: str) -> tuple[Bucket, ...]:
        """A histogram without labels of its own."""
        found = self._found(f"{name}_bucket")
        return tuple(sorted((float(series.labels["le"]), series.value) for series in found))

    def _found(self, name: str) -> list[Series]:
        return [series for series in self._series if series.name == name]


def increase(earlier: Sequence[Bucket], later: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """What was observed between two scrapes."""
    return tuple((bound, count - before) for (_, before), (bound, count) in zip(earlier, later, strict=True))


def quantile(share: float, buckets: Sequence[Bucket]) -> float:
    """As `histogram_quantile`: linear within a bucket, and the highest finite bound beyond that. 0 without any."""
    rank = share * (buckets[-1][1] if buckets else 0.0)
    lower, below = 0.0, 0.0
    for bound, count in buckets:
        if count >= rank and count > below:
            return lower if bound == float("inf") else lower + (bound - lower) * (rank - below) / (count - below)
        lower, below = bound, count
    return 0.0
