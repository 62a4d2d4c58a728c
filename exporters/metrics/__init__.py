"""Prometheus metrics: `Metrics` fills in `nvr.ports.Telemetry` and samples a `nvr.ports.StatusSource` at each scrape.

Each noun's instruments stand in a file of their own. Nothing here does I/O: a scrape reads what is in memory.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from exporters.anomaly import Comparison
from exporters.metrics.camera import CameraMetrics
from exporters.metrics.instruments import Instruments
from exporters.metrics.motion import MotionMetrics
from exporters.metrics.notifications import NotificationMetrics
from exporters.metrics.process import ProcessMetrics
from exporters.metrics.recording import RecordingMetrics
from exporters.metrics.sink import SinkMetrics
from exporters.metrics.storage import StorageMetrics
from nvr.housekeeping import CleanupRun
from nvr.model import Cause, MotionEvent, SceneChange, Segment, Tombstone
from nvr.ports import ConnectOutcome, DropReason, InsertOutcome, Role, StatusSource

disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The site's metrics in `registry`. Reasons and outcomes that never occurred have no series yet."""

    def __init__(self, site: str, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.spans: Callable[[], Mapping[str, int]] = dict
        self._instruments = Instruments(site, self.registry)
        self._camera = CameraMetrics(self._instruments)
        self._recording = RecordingMetrics(self._instruments)
        self._motion = MotionMetrics(self._instruments)
        self._storage = StorageMetrics(self._instruments)
        self._sink = SinkMetrics(self._instruments)
        self._notifications = NotificationMetrics(self._instruments)
        self._process = ProcessMetrics(self._instruments)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def watch(self, status: StatusSource) -> None:
        """From now on each scrape also tells what `status` says."""
        self.registry.register(_Sampled(self, status))

    def add(self, camera: str) -> None:
        """Start the camera's counters at 0, so that their first increase is one that `rate` sees."""
        self._camera.add(camera)
        self._recording.add(camera)
        self._motion.add(camera)

    def forget(self, camera: str) -> None:
        """Remove the series of a camera that is no longer configured."""
        self._camera.forget(camera)
        self._motion.forget(camera)
        self._instruments.forget(camera)

    def connected(self, camera: str, outcome: ConnectOutcome) -> None:
        self._camera.connected(camera, outcome)

    def frames_received(self, camera: str, count: int) -> None:
        self._camera.received(camera, count)

    def frames_dropped(self, camera: str, reason: DropReason, count: int) -> None:
        self._camera.dropped(camera, reason, count)

    def frame_processed(self, camera: str, lag_seconds: float, processing_seconds: float) -> None:
        self._camera.processed(camera)
        self._motion.judged(lag_seconds, processing_seconds)

    def ffmpeg_restarted(self, camera: str, role: Role, reason: Cause) -> None:
        self._camera.restarted(camera, role, reason)

    def recording_expected(self, camera: str, seconds: float) -> None:
        self._recording.expected(camera, seconds)

    def footage_recorded(self, camera: str, seconds: float, size_bytes: int) -> None:
        self._recording.wrote(camera, seconds, size_bytes)

    def segments_last(self, seconds: float) -> None:
        """So long a segment is to be, by the configuration."""
        self._recording.segments_last(seconds)

    def segment_recorded(self, segment: Segment) -> None:
        self._recording.completed(segment)

    def gap_grew(self, camera: str, cause: Cause, seconds: float) -> None:
        self._recording.missed(camera, cause, seconds)

    def motion_event_opened(self, event: MotionEvent) -> None:
        self._motion.opened(event)

    def motion_event_closed(self, event: MotionEvent) -> None:
        self._motion.closed(event)

    def scene_changed(self, camera: str, kind: SceneChange) -> None:
        self._motion.scene_changed(camera, kind)

    def motion_compared(self, comparisons: Mapping[str, Comparison]) -> None:
        self._motion.compared(comparisons)

    def segment_deleted(self, tombstone: Tombstone) -> None:
        self._storage.deleted(tombstone)

    def cleaned_up(self, run: CleanupRun) -> None:
        """What went was counted as it went."""

    def catalogue_rebuilt(self) -> None:
        self._storage.rebuilt()

    def rows_inserted(self, table: str, outcome: InsertOutcome, rows: int, seconds: float) -> None:
        self._sink.inserted(table, outcome, rows, seconds)

    def rows_dropped(self, table: str, rows: int) -> None:
        self._sink.dropped(table, rows)

    def channel_added(self, channel: str) -> None:
        self._notifications.add(channel)

    def delivery_tried(self, channel: str, outcome: str, seconds: float) -> None:
        self._notifications.tried(channel, outcome, seconds)

    def deliveries_dropped(self, count: int) -> None:
        self._notifications.dropped(count)

    def webhook_answered(self, code: int) -> None:
        self._notifications.answered(code)

    def clock_stepped(self, seconds: float) -> None:
        self._process.clock_stepped(seconds)

    def event_loop_lagged(self, seconds: float) -> None:
        self._process.lagged(seconds)

    def failed(self, component: str) -> None:
        self._process.failed(component)

    def request_served(self, route: str, method: str, seconds: float) -> None:
        self._process.served(route, method, seconds)

    def reached_at(self, url: str, runbooks_url: str, grafana_url: str) -> None:
        """Alerts lead there; `grafana_url` is empty where nobody said it."""
        self._process.reached_at(url, runbooks_url, grafana_url)

    def configuration_used(self, time: datetime) -> None:
        self._process.configured(time)

    def configuration_refused(self) -> None:
        self._process.refused_configuration()

    def sample(self, status: StatusSource) -> Iterator[Metric]:
        cameras, volumes = status.cameras(), status.volumes()
        yield from self._camera.collect(cameras)
        yield from self._recording.collect(cameras)
        yield from self._motion.collect(cameras)
        yield from self._storage.collect(volumes)
        yield from self._sink.collect(status.sink())
        yield from self._process.collect(self.spans())


class _Sampled(Collector):
    def __init__(self, metrics: Metrics, status: StatusSource) -> None:
        self._metrics, self._status = metrics, status

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics.sample(self._status)
