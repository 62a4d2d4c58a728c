"""Recorders that crash again and again leave nothing behind: no zombie, no descriptor, no thread."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from exporters.metrics import Metrics
from ingest.decoder import Decoder
from ingest.ffmpeg import executable
from ingest.frames import FrameQueue
from ingest.gaps import GapLedger
from ingest.health import Health
from ingest.recorder import Recorder
from ingest.store import Store
from ingest.stream import Handling
from ingest.surroundings import Surroundings
from nvr.clock import UtcClock
from nvr.disk import DiskThread
from nvr.model import Cause
from nvr.settings import CameraSettings
from tests.clips import make_clip
from tests.e2e.live import alive, children_of
from tests.faults.conftest import Measured
from tests.ingest.conftest import KeptFacts

CRASHES = 100 if os.environ.get("NVR_LONG") else 20
AT_ONCE = 4

PATIENCE_SECONDS = 20.0
pytestmark = pytest.mark.timeout(60 + CRASHES)


class Crashing:
    """A camera whose recorder is sent a SIGSEGV as soon as pictures come. It is begun anew without waiting."""

    def __init__(self, name: str, clip: Path, around: Surroundings) -> None:
        self._settings, self._around = CameraSettings(name, str(clip)), around
        self._health = Health(name, around.clock.monotonic())
        self._gaps = GapLedger(name, around.store.catalogue, around.facts, around.telemetry, around.clock)
        frames = FrameQueue(name, 8, around.telemetry)
        self._disk = DiskThread(name)
        self._decoder = Decoder(
            name,
            around.program,
            fps=5.0,
            frames=frames,
            telemetry=around.telemetry,
            clock=around.clock,
            beat=around.beat,
        )

    async def crash(self) -> Cause:
        """One run, and the cause of its end."""
        recorder = Recorder(
            self._settings,
            self._around,
            health=self._health,
            gaps=self._gaps,
            disk=self._disk,
            decoder=self._decoder,
            handling=Handling(),
        )
        running = asyncio.create_task(recorder.run_once())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not recorder.running_seconds:  # noqa: ASYNC110  what is waited for tells nobody
                await asyncio.sleep(0.01)
            for pid in self._processes():
                os.kill(pid, signal.SIGSEGV)
            return await running

    def _processes(self) -> list[int]:
        folder = self._around.store.camera_folder(self._settings.name) / ".open"
        return [pid for pid in children_of(os.getpid()) if alive(pid) and Path(f"/proc/{pid}/cwd").readlink() == folder]


def held() -> tuple[int, int]:
    """Open descriptors and threads of this process."""
    return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))  # noqa: PTH208  the fewest possible


@pytest.mark.fault(20)
def test_crashes_leave_no_zombies_descriptors_or_threads(tmp_path: Path, measured: Measured) -> None:
    store = Store(tmp_path / "recordings")
    around = Surroundings(executable(), store, 2.0, KeptFacts(), Metrics("test"), UtcClock())
    clip = make_clip(tmp_path / "clip.mp4", 10)
    cameras = [Crashing(f"camera-{number}", clip, around) for number in range(AT_ONCE)]
    before = set(children_of(os.getpid()))

    async def story() -> tuple[list[Cause], list[tuple[int, int]]]:
        causes, holding = [], []
        for _ in range(CRASHES // AT_ONCE):
            causes += await asyncio.gather(*(camera.crash() for camera in cameras))
            holding.append(held())
        return causes, holding

    causes, holding = asyncio.run(story())
    store.close()
    assert causes == [Cause.CRASH] * CRASHES
    assert set(children_of(os.getpid())) <= before
    descriptors, threads = (last - first for last, first in zip(holding[-1], holding[1], strict=True))
    assert descriptors <= 0
    assert threads <= 4  # those of the loop's pool, which is bounded
    assert not list(tmp_path.rglob(".open/*.mp4"))
    measured(f"{CRASHES} crashes: 0 zombies, {descriptors:+d} descriptors, {threads:+d} threads")
