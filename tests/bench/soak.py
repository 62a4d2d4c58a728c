"""A recorder under load for minutes or hours: what it uses, whether that grows, and whether anything is lost.

    SOAK_CAMERAS=32 SOAK_MINUTES=30 python -m tests.bench.soak

The real `nvr run` records and analyses synthetic RTSP cameras. What these use of the machine is told apart from what
the recorder uses. The results go to docs/bench/soak.md; the exit code is 1 where anything grew or was lost.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from nvr.clock import utc_now
from tests.bench.coverage import uncovered
from tests.bench.event_watch import EventWatch
from tests.bench.report import FOLDER, write
from tests.bench.sample import MB, Sample, Sampler
from tests.bench.soak_page import Soak, page
from tests.bench.soak_plan import SEGMENT, Plan
from tests.bench.verdict import Window
from tests.e2e.live import LiveRecorder

SHOWN_SECONDS = 5.0
"""Footage that is being written is shown so long after it was filmed, at the latest."""


def soak(plan: Plan, folder: Path) -> Soak:
    """Run it. Everything it starts has ended when it returns, and what was recorded stays in `folder`."""
    with _servers(plan, folder) as servers:
        load = os.getloadavg()[0]
        urls = {f"camera-{number:02d}": servers[number % len(servers)].url for number in range(plan.cameras)}
        with LiveRecorder(folder, {name: {"record": url} for name, url in urls.items()}, segment=SEGMENT) as recorder:
            sampler, warm_from = Sampler(recorder, [server.pid for server in servers]), plan.warm_from(utc_now())
            with EventWatch(recorder.http.base_url) as events:
                samples = [_shown(sample) for sample in _sampled(plan, sampler)]
            gaps = recorder.get("/api/gaps", limit="1000")["gaps"]
            missing = uncovered(recorder, urls, warm_from, utc_now() - timedelta(seconds=SHOWN_SECONDS))
            loads = load, os.getloadavg()[0]
            recorder.stop()
    warm = [sample for sample in samples if sample.seconds >= plan.warm_up_seconds]
    return Soak(plan, samples, Window(warm, gaps, missing, events.seconds(warm_from)), loads)


@contextlib.contextmanager
def _servers(plan: Plan, folder: Path) -> Iterator[list[DemoCamera]]:
    """One process for each scene: it serves as many as ask."""
    print("Making the cameras' pictures", file=sys.stderr)
    clips = [make_clip(scene, folder / "clips") for scene in plan.scenes]
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(DemoCamera(scene.name)) for scene in plan.scenes]
        for server, clip in zip(servers, clips, strict=True):
            server.start(clip)
        yield servers


def _sampled(plan: Plan, sampler: Sampler) -> Iterator[Sample]:
    started = time.monotonic()
    for number in range(int(plan.seconds / plan.every_seconds) + 1):
        time.sleep(max(0.0, started + number * plan.every_seconds - time.monotonic()))
        yield sampler.take()


def _shown(sample: Sample) -> Sample:
    print(
        f"{sample.seconds:6.0f} s  {sample.resident_bytes / MB:6.1f} MB  {sample.descriptors} descriptors  "
        f"{sample.threads} threads  {sample.frames_processed:.0f} frames, {sample.frames_dropped:.0f} dropped",
        file=sys.stderr,
    )
    return sample


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        result = soak(Plan.of_environment(), Path(folder))
    lines = page(result)
    print("\n".join(lines))
    write(FOLDER / "soak.md", lines)
    return 1 if result.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
