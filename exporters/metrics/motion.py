"""The metrics of motion: events by zone, and how long a frame takes from the camera to its judgement."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from prometheus_client.core import Metric

from exporters.anomaly import Comparison
from exporters.metrics.instruments import Instruments, Sample, exemplar
from nvr.model import CameraStatus, MotionEvent, SceneChange

LAG_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
PROCESSING_BUCKETS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25)
COMPARED = (
    (
        "motion_anomaly_score",
        "How many deviations the motion of the last hour is above the usual, or below 0 beneath it.",
        "score",
    ),
    ("motion_hour_ratio", "Share of the last hour's minutes in which something moved.", "moving_ratio"),
    ("motion_usual_ratio", "The same share in the same hour of earlier weeks, their median.", "usual_ratio"),
)
"""Metric, its text, and the field of `Comparison`."""

TAMPERING = tuple(kind for kind in SceneChange if kind.is_tampering)
ANYWHERE = ""
"""The zone under which every event counts once, so that events in two zones do not count twice in a total."""


class MotionMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._make, self._site = instruments, instruments.site
        self._open: dict[str, tuple[UUID, frozenset[str]]] = {}
        self._compared: dict[str, Comparison] = {}
        self._events = instruments.counter(
            "motion_events_total",
            "Motion events that opened: all under the empty zone, and each under the zones it touched.",
            "camera",
            "zone",
        )
        self._seconds = instruments.counter(
            "motion_active_seconds_total", "Seconds of motion in closed events.", "camera"
        )
        self._changes = instruments.counter(
            "scene_changes_total", "Changes of the whole picture that are no motion.", "camera", "kind"
        )
        # Looked up once: these are told of every frame.
        self._lag = instruments.histogram(
            "frame_lag_seconds", "From the taking of a frame to its judgement.", LAG_BUCKETS
        ).labels(self._site)
        self._processing = instruments.histogram(
            "frame_processing_seconds", "Time spent on judging a frame.", PROCESSING_BUCKETS
        ).labels(self._site)

    def add(self, camera: str) -> None:
        self._events.labels(self._site, camera, ANYWHERE)
        self._seconds.labels(self._site, camera)

    def forget(self, camera: str) -> None:
        self._open.pop(camera, None)
        self._compared.pop(camera, None)

    def compared(self, comparisons: Mapping[str, Comparison]) -> None:
        """Of those cameras of which there is enough history."""
        self._compared = dict(comparisons)

    def opened(self, event: MotionEvent) -> None:
        self._count(event.camera, {ANYWHERE, *event.zones})
        self._open[event.camera] = event.id, frozenset(event.zones)

    def closed(self, event: MotionEvent) -> None:
        """Counts the zones that the motion only reached after the event had opened."""
        opened, zones = self._open.pop(event.camera, (None, frozenset[str]()))
        known = {ANYWHERE, *zones} if opened == event.id else set()
        self._count(event.camera, {ANYWHERE, *event.zones} - known)
        if event.end is not None:
            seconds = (event.end - event.start).total_seconds()
            self._seconds.labels(self._site, event.camera).inc(max(0.0, seconds))

    def scene_changed(self, camera: str, kind: SceneChange) -> None:
        self._changes.labels(self._site, camera, kind.value).inc()

    def judged(self, lag_seconds: float, processing_seconds: float) -> None:
        trace = exemplar()
        self._lag.observe(lag_seconds, trace)
        self._processing.observe(processing_seconds, trace)

    def collect(self, cameras: Sequence[CameraStatus]) -> Iterator[Metric]:
        yield self._make.sampled_gauge(
            "motion_active",
            "1 while something moves.",
            [((c.camera,), c.motion_active) for c in cameras],
            "camera",
        )
        yield self._make.sampled_gauge(
            "tamper",
            "1 for what is being done to the camera, as its picture tells, 0 for the other kinds.",
            [((c.camera, kind.value), kind in c.tampering) for c in cameras for kind in TAMPERING],
            "camera",
            "kind",
        )
        yield self._make.sampled_gauge(
            "motion_zone_alert_active",
            "1 while something moves in a zone that asks for alerts, and for a minute after.",
            [((c.camera, zone), active) for c in cameras for zone, active in c.alert_zones.items()],
            "camera",
            "zone",
        )

        yield from self._anomalies(cameras)

    def _anomalies(self, cameras: Sequence[CameraStatus]) -> Iterator[Metric]:
        for name, text, field in COMPARED:
            samples: list[Sample] = [
                ((c.camera,), getattr(self._compared[c.camera], field)) for c in cameras if c.camera in self._compared
            ]
            yield self._make.sampled_gauge(name, text, samples, "camera")

    def _count(self, camera: str, zones: set[str]) -> None:
        for zone in zones:
            self._events.labels(self._site, camera, zone).inc()
