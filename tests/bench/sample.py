"""A recorder at one moment: what its processes use, as the kernel has it, and what it says of itself."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.usage import usage_of
from tests.bench.scrape import Bucket, Scrape
from tests.e2e.live import LiveRecorder

MB = 1e6


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds since the start by whose they are, and of `machine`, all cores, whoever used them."""

    nvr: float
    recorders: float
    decoders: float
    cameras: float
    machine: float

    def since(self, earlier: "Usage") -> "Usage":
        return Usage(
            self.nvr - earlier.nvr,
            self.recorders - earlier.recorders,
            self.decoders - earlier.decoders,
            self.cameras - earlier.cameras,
            self.machine - earlier.machine,
        )

    @property
    def others(self) -> float:
        """What had nothing to do with the soak."""
        return max(0.0, self.machine - self.nvr - self.recorders - self.decoders - self.cameras)


@dataclass(frozen=True, slots=True)
class Sample:
    """`resident_bytes`, `descriptors` and `threads` are of the recorder's own process. Counts are since the start."""

    seconds: float
    cpu: Usage
    resident_bytes: int
    children_bytes: int
    descriptors: int
    threads: int
    children: int
    frames_received: float
    frames_processed: float
    frames_dropped: float
    judging_seconds: float
    recorded: dict[str, float]
    expected: dict[str, float]
    restarts: float
    errors: float
    rows_lost: float
    events: float
    queue_length: float
    spool_bytes: float
    frame_lag: tuple[Bucket, ...]
    loop_lag: tuple[Bucket, ...]


class Sampler:
    """Samples one recorder; CPU seconds of children that have ended stay counted."""

    def __init__(self, recorder: LiveRecorder, cameras: Iterable[int]) -> None:
        self._recorder, self._cameras = recorder, list(cameras)
        self._started = time.monotonic()
        self._spent: dict[tuple[str, int], float] = {}

    def take(self) -> Sample:
        process = Path(f"/proc/{self._recorder.pid}")
        children = self._recorder.children()
        scrape = Scrape(self._recorder.http.get("/metrics").text)
        return Sample(
            seconds=time.monotonic() - self._started,
            cpu=self._cpu(children),
            resident_bytes=usage_of(self._recorder.pid).resident_bytes,
            children_bytes=sum(usage_of(pid).resident_bytes for pid in children),
            descriptors=len(list((process / "fd").iterdir())),
            threads=len(list((process / "task").iterdir())),
            children=len(children),
            frames_received=scrape.total("nvr_camera_frames_received_total"),
            frames_processed=scrape.total("nvr_camera_frames_processed_total"),
            frames_dropped=scrape.total("nvr_camera_frames_dropped_total"),
            judging_seconds=scrape.total("nvr_frame_processing_seconds_sum"),
            recorded=scrape.by("camera", "nvr_recording_seconds_total"),
            expected=scrape.by("camera", "nvr_recording_expected_seconds_total"),
            restarts=scrape.total("nvr_ffmpeg_restarts_total"),
            errors=scrape.total("nvr_errors_total"),
            rows_lost=scrape.total("nvr_event_sink_dropped_rows_total"),
            events=scrape.total("nvr_motion_events_total", zone=""),
            queue_length=scrape.total("nvr_event_sink_queue_length"),
            spool_bytes=scrape.total("nvr_event_sink_spool_bytes"),
            frame_lag=scrape.buckets("nvr_frame_lag_seconds"),
            loop_lag=scrape.buckets("nvr_event_loop_lag_seconds"),
        )

    def _cpu(self, children: list[int]) -> Usage:
        for pid in children:
            spent = usage_of(pid).cpu_seconds
            self._spent[role(pid), pid] = max(spent, self._spent.get((role(pid), pid), 0.0))
        return Usage(
            nvr=usage_of(self._recorder.pid).cpu_seconds,
            recorders=self._of("recorder"),
            decoders=self._of("decoder"),
            cameras=sum(usage_of(pid).cpu_seconds for pid in self._cameras),
            machine=machine_seconds(Path("/proc/stat").read_text(encoding="ascii")),
        )

    def _of(self, wanted: str) -> float:
        return sum(seconds for (name, _), seconds in self._spent.items() if name == wanted)


def role(pid: int) -> str:
    """What an ffmpeg process of the recorder is for: only a recorder's cuts segments."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "gone"
    return "recorder" if b"-segment_list" in arguments else "decoder"


def machine_seconds(stat: str) -> float:
    """CPU seconds that all cores have worked, of `/proc/stat` (proc(5)): all but idle and waiting for disks."""
    user, nice, system, _idle, _wait, *interrupts = map(int, stat.splitlines()[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")
