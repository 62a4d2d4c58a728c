"""The metrics of cameras: their state, their frames, and the ffmpeg processes that fetch them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import get_args

from prometheus_client import Counter
from prometheus_client.core import Metric

from exporters.metrics.instruments import Instruments, Sample
from nvr.model import CameraState, CameraStatus, Cause
from nvr.ports import ConnectOutcome, DropReason, Role


class CameraMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._make, self._site = instruments, instruments.site
        self._received = instruments.counter(
            "camera_frames_received_total", "Frames that arrived from the camera.", "camera"
        )
        self._processed = instruments.counter(
            "camera_frames_processed_total", "Frames that were looked at for motion.", "camera"
        )
        self._dropped = instruments.counter(
            "camera_frames_dropped_total", "Frames that arrived and were not looked at.", "camera", "reason"
        )
        self._connects = instruments.counter(
            "camera_connects_total", "Attempts to connect to the camera.", "camera", "outcome"
        )
        self._restarts = instruments.counter(
            "ffmpeg_restarts_total", "Restarts of an ffmpeg process that ended unasked.", "camera", "role", "reason"
        )

        # Looked up once: it is told of every frame.
        self._processed_of: dict[str, Counter] = {}

    def add(self, camera: str) -> None:
        self._received.labels(self._site, camera)
        self._processed_of[camera] = self._processed.labels(self._site, camera)
        for outcome in get_args(ConnectOutcome):
            self._connects.labels(self._site, camera, outcome)

    def connected(self, camera: str, outcome: ConnectOutcome) -> None:
        self._connects.labels(self._site, camera, outcome).inc()

    def received(self, camera: str, count: int) -> None:
        self._received.labels(self._site, camera).inc(count)

    def dropped(self, camera: str, reason: DropReason, count: int) -> None:
        self._dropped.labels(self._site, camera, reason).inc(count)

    def forget(self, camera: str) -> None:
        self._processed_of.pop(camera, None)

    def processed(self, camera: str) -> None:
        counter = self._processed_of.get(camera) or self._processed.labels(self._site, camera)
        counter.inc()

    def restarted(self, camera: str, role: Role, reason: Cause) -> None:
        self._restarts.labels(self._site, camera, role, reason.value).inc()

    def collect(self, cameras: Sequence[CameraStatus]) -> Iterator[Metric]:
        yield from self._states(cameras)
        yield from self._pictures(cameras)
        yield from self._processes(cameras)

    def _states(self, cameras: Sequence[CameraStatus]) -> Iterator[Metric]:
        yield self._make.sampled_gauge(
            "camera_up",
            "1 where the camera is healthy or degraded.",
            [((c.camera,), c.state.is_up) for c in cameras],
            "camera",
        )
        yield self._make.sampled_gauge(
            "camera_state",
            "1 for the state the camera is in, 0 for the others.",
            [((c.camera, state.value), c.state == state) for c in cameras for state in CameraState],
            "camera",
            "state",
        )
        yield self._make.sampled_gauge(
            "camera_info",
            "What the camera delivers; always 1.",
            [((c.camera, c.codec, f"{c.width}x{c.height}"), 1) for c in cameras if c.codec],
            "camera",
            "codec",
            "resolution",
        )

    def _pictures(self, cameras: Sequence[CameraStatus]) -> Iterator[Metric]:
        yield self._make.sampled_gauge(
            "camera_expected_fps",
            "Frames a second that the camera is expected to deliver for analysis.",
            [((c.camera,), c.expected_fps) for c in cameras],
            "camera",
        )
        yield self._make.sampled_gauge(
            "camera_last_frame_timestamp_seconds",
            "When the last frame was taken.",
            times(cameras, lambda c: c.last_frame_time),
            "camera",
        )
        yield self._make.sampled_gauge(
            "camera_last_distinct_frame_timestamp_seconds",
            "When the last frame was taken that differed from the one before.",
            times(cameras, lambda c: c.last_distinct_frame_time),
            "camera",
        )
        yield self._make.sampled_gauge(
            "camera_clock_offset_seconds",
            "How far the camera's media time has run ahead of our clock, or below 0 behind it.",
            [((c.camera,), c.clock_offset_seconds) for c in cameras],
            "camera",
        )
        yield self._make.sampled_gauge(
            "camera_luma_ratio",
            "Mean brightness of the last frame, 0 black to 1 white.",
            [((c.camera,), c.luma_ratio) for c in cameras],
            "camera",
        )

    def _processes(self, cameras: Sequence[CameraStatus]) -> Iterator[Metric]:
        yield self._make.sampled_counter(
            "ffmpeg_cpu_seconds_total",
            "CPU time that the camera's ffmpeg processes took.",
            [
                sample
                for c in cameras
                for sample in roles(c.camera, recorder=c.recorder_cpu_seconds, decoder=c.decoder_cpu_seconds)
            ],
            "camera",
            "role",
        )
        yield self._make.sampled_gauge(
            "ffmpeg_resident_memory_bytes",
            "Memory that the camera's ffmpeg processes hold.",
            [
                sample
                for c in cameras
                for sample in roles(c.camera, recorder=c.recorder_resident_bytes, decoder=c.decoder_resident_bytes)
            ],
            "camera",
            "role",
        )


def times(cameras: Sequence[CameraStatus], read: Callable[[CameraStatus], datetime | None]) -> list[Sample]:
    """One sample for each camera at which it has happened: a time of 0 would look like an outage since 1970."""
    return [((c.camera,), time.timestamp()) for c in cameras if (time := read(c)) is not None]


def roles(camera: str, *, recorder: float, decoder: float) -> list[Sample]:
    return [((camera, "recorder"), recorder), ((camera, "decoder"), decoder)]
