"""The metrics of volumes: their room, who takes it, and what retention does about it."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import Metric

from exporters.metrics.instruments import Instruments, Sample
from nvr.model import Tombstone, VolumeStatus

GAUGES = (
    ("storage_size_bytes", "Size of the volume.", "size_bytes"),
    ("storage_free_bytes", "Bytes free on the volume.", "free_bytes"),
    ("storage_budget_bytes", "Bytes that footage may take on the volume.", "budget_bytes"),
    ("storage_used_bytes", "Bytes that footage takes on the volume.", "used_bytes"),
    ("storage_writable", "1 where the volume could be written when last tried.", "writable"),
)
"""Metric, its text, and the field of `VolumeStatus`."""


class StorageMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._make, self._site = instruments, instruments.site
        self._segments = instruments.counter("retention_deleted_segments_total", "Segments deleted.", "reason")
        self._bytes = instruments.counter("retention_deleted_bytes_total", "Bytes of segments deleted.", "reason")
        self._rebuilds = instruments.counter(
            "catalogue_rebuilds_total", "Times that a lost or damaged catalogue was made anew from the files."
        )
        self._rebuilds.labels(self._site)

    def deleted(self, tombstone: Tombstone) -> None:
        self._segments.labels(self._site, tombstone.policy).inc()
        self._bytes.labels(self._site, tombstone.policy).inc(max(0, tombstone.segment.size_bytes))

    def rebuilt(self) -> None:
        self._rebuilds.labels(self._site).inc()

    def collect(self, volumes: Sequence[VolumeStatus]) -> Iterator[Metric]:
        for name, text, field in GAUGES:
            samples: list[Sample] = [((v.volume,), float(getattr(v, field))) for v in volumes]
            yield self._make.sampled_gauge(name, text, samples, "volume")
        yield self._make.sampled_gauge(
            "storage_camera_bytes",
            "Bytes that a camera's footage takes on the volume.",
            [((camera, v.volume), size) for v in volumes for camera, size in v.camera_bytes.items()],
            "camera",
            "volume",
        )
        yield from self._retention(volumes)

    def _retention(self, volumes: Sequence[VolumeStatus]) -> Iterator[Metric]:
        oldest = [time.timestamp() for v in volumes for time in v.oldest.values()]
        targets = [v.retention_target_seconds for v in volumes if v.retention_target_seconds is not None]
        runs = [v.retention_last_success.timestamp() for v in volumes if v.retention_last_success is not None]
        yield self._make.sampled_gauge(
            "storage_oldest_segment_timestamp_seconds",
            "When the oldest footage begins.",
            [((), min(oldest))] if oldest else (),
        )
        yield self._make.sampled_gauge(
            "storage_camera_oldest_segment_timestamp_seconds",
            "When the oldest footage of a camera on the volume begins.",
            [((camera, v.volume), time.timestamp()) for v in volumes for camera, time in v.oldest.items()],
            "camera",
            "volume",
        )
        yield self._make.sampled_gauge(
            "retention_target_seconds",
            "How long footage is promised to be kept.",
            [((), max(targets))] if targets else (),
        )
        yield self._make.sampled_gauge(
            "retention_last_success_timestamp_seconds",
            "When retention last ran through on every volume.",
            [((), min(runs))] if runs and len(runs) == len(volumes) else (),
        )
