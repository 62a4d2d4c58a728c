"""The metrics of footage: what was promised, what was kept, and what is missing by cause."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import Metric

from exporters.metrics.camera import times
from exporters.metrics.instruments import Instruments
from nvr.model import CameraStatus, Cause, Segment

DURATION_BUCKETS = (1, 5, 10, 30, 59, 61, 120, 300, 600, 1800, 3600)


class RecordingMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._make, self._site = instruments, instruments.site
        self._segments = instruments.counter("recording_segments_total", "Segments completed.", "camera")
        self._bytes = instruments.counter("recording_bytes_total", "Bytes of footage written.", "camera")
        self._seconds = instruments.counter("recording_seconds_total", "Seconds of footage written.", "camera")
        self._expected = instruments.counter(
            "recording_expected_seconds_total", "Seconds in which recording was wanted.", "camera"
        )
        self._gaps = instruments.counter(
            "recording_gap_seconds_total", "Seconds of wanted footage that are missing.", "camera", "reason"
        )
        self._durations = instruments.histogram(
            "recording_segment_duration_seconds", "Durations of completed segments.", DURATION_BUCKETS
        )
        self._target = instruments.gauge(
            "recording_segment_target_seconds", "How long a segment is to be; it ends with the next key frame."
        )
        self._durations.labels(self._site)

    def segments_last(self, seconds: float) -> None:
        self._target.labels(self._site).set(seconds)

    def add(self, camera: str) -> None:
        for counter in (self._segments, self._bytes, self._seconds, self._expected):
            counter.labels(self._site, camera)

    def expected(self, camera: str, seconds: float) -> None:
        self._expected.labels(self._site, camera).inc(max(0.0, seconds))

    def wrote(self, camera: str, seconds: float, size_bytes: int) -> None:
        self._seconds.labels(self._site, camera).inc(max(0.0, seconds))
        self._bytes.labels(self._site, camera).inc(max(0, size_bytes))

    def completed(self, segment: Segment) -> None:
        self._segments.labels(self._site, segment.camera).inc()
        self._durations.labels(self._site).observe(segment.duration_seconds)

    def missed(self, camera: str, cause: Cause, seconds: float) -> None:
        self._gaps.labels(self._site, camera, cause.value).inc(max(0.0, seconds))

    def collect(self, cameras: Sequence[CameraStatus]) -> Iterator[Metric]:
        yield self._make.sampled_gauge(
            "recording_last_segment_timestamp_seconds",
            "When the last segment ended.",
            times(cameras, lambda c: c.last_segment_time),
            "camera",
        )
