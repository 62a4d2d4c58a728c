"""A small public stand-in for the recorder's state, and example values to fill it with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nvr.model import CameraState, CameraStatus, Cause, SceneChange, SinkStatus, VolumeStatus

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def camera_status(camera: str, state: CameraState = CameraState.HEALTHY) -> CameraStatus:
    return CameraStatus(
        camera=camera,
        state=state,
        recording_wanted=True,
        last_frame_time=NOON,
        last_distinct_frame_time=NOON,
        last_connection_attempt=NOON,
        last_successful_connection=NOON,
        last_segment_time=NOON,
        total_reconnects=3,
        consecutive_failures=0,
        last_cause=Cause.EOF,
        fps=14.9,
        expected_fps=5.0,
        width=1920,
        height=1080,
        codec="h264",
        clock_offset_seconds=0.25,
        luma_ratio=0.5,
        motion_active=True,
        recorder_cpu_seconds=1.5,
        decoder_cpu_seconds=12.5,
        recorder_resident_bytes=30_000_000,
        decoder_resident_bytes=40_000_000,
        tampering=frozenset({SceneChange.COVERED}),
        alert_zones={"porch": True, "street": False},
    )


def never_seen(camera: str) -> CameraStatus:
    return CameraStatus(
        camera=camera,
        state=CameraState.STARTING,
        recording_wanted=True,
        last_frame_time=None,
        last_distinct_frame_time=None,
        last_connection_attempt=None,
        last_successful_connection=None,
        last_segment_time=None,
        total_reconnects=0,
        consecutive_failures=2,
        last_cause=Cause.REFUSED,
        fps=0.0,
        expected_fps=5.0,
        width=0,
        height=0,
        codec="",
        clock_offset_seconds=0.0,
        luma_ratio=0.0,
        motion_active=False,
        recorder_cpu_seconds=0.0,
        decoder_cpu_seconds=0.0,
        recorder_resident_bytes=0,
        decoder_resident_bytes=0,
    )


def volume_status(*cameras: str) -> VolumeStatus:
    return VolumeStatus(
        volume="recordings",
        size_bytes=1_000_000_000,
        free_bytes=400_000_000,
        budget_bytes=900_000_000,
        used_bytes=500_000_000,
        writable=True,
        camera_bytes=dict.fromkeys(cameras, 250_000_000),
        oldest=dict.fromkeys(cameras, NOON),
        retention_last_success=NOON,
        retention_target_seconds=604_800.0,
    )


SINK = SinkStatus(up=True, queue_length=7, queue_capacity=100_000, spool_bytes=4096, last_success=NOON)


@dataclass
class FixedStatus:
    """A `nvr.ports.StatusSource` that says what it was given."""

    camera_statuses: list[CameraStatus] = field(default_factory=list)
    volume_statuses: list[VolumeStatus] = field(default_factory=list)
    sink_status: SinkStatus = SINK

    def cameras(self) -> Sequence[CameraStatus]:
        return self.camera_statuses

    def volumes(self) -> Sequence[VolumeStatus]:
        return self.volume_statuses

    def sink(self) -> SinkStatus:
        return self.sink_status
