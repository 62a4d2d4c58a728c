"""A recorder's past, made by a real ffmpeg and kept by the real store: two segments, a gap, and one still open."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import numpy as np
import numpy.typing as npt
import pytest
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from exporters.web.sources import Sources
from ingest.ffmpeg import FRAGMENTED_MP4, executable
from ingest.segment_name import path_of
from ingest.store import Store
from nvr.errors import DatabaseError
from nvr.model import Cause, Gap, MotionEvent, Segment
from tests.exporters.statuses import NOON, FixedStatus, camera_status, never_seen
from tests.exporters.web.serving import client_of

SECONDS = 4
FIRST, SECOND = NOON, NOON + timedelta(seconds=SECONDS)
GAP = Gap("front-door", NOON - timedelta(minutes=5), NOON, Cause.STALLED)
GROWING = NOON + timedelta(seconds=2 * SECONDS)
NOW = NOON + timedelta(seconds=2 * SECONDS + 3)
EVENT = MotionEvent(
    id=MotionEvent.identity("front-door", NOON + timedelta(seconds=1)),
    camera="front-door",
    start=NOON + timedelta(seconds=1),
    end=NOON + timedelta(seconds=3),
    peak=0.125,
    box=(0.25, 0.5, 0.125, 0.25),
    zones=("porch",),
    footage_start=NOON,
    footage_end=NOON + timedelta(seconds=8),
)


@dataclass
class FixedPast:
    """What ClickHouse would answer; `away` makes it answer nothing."""

    found: list[MotionEvent] = field(default_factory=lambda: [EVENT])
    counts: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros((45, 80), np.uint64))
    counted: tuple[datetime, datetime] = (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
    away: bool = False
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    async def motion_events(
        self, camera: str | None, start: datetime, end: datetime, *, limit: int = 100, offset: int = 0
    ) -> list[MotionEvent]:
        self._answer()
        inside = [e for e in self.found if camera in (None, e.camera) and e.start < end and (e.end or end) >= start]
        return sorted(inside, key=lambda event: event.start, reverse=True)[offset : offset + limit]

    async def heatmap(self, camera: str, start: datetime, end: datetime) -> tuple[npt.NDArray[np.uint64], bool]:
        self._answer()
        self.asked.append((start, end))
        return self.counts, camera == "front-door" and start < self.counted[1] and end > self.counted[0]

    def _answer(self) -> None:
        if self.away:
            raise DatabaseError("connection refused by http://user:secret@database", hint="start it")


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three files of one run, as the recorder writes them."""
    folder = tmp_path_factory.mktemp("videos")
    source = f"testsrc2=size=320x180:rate=10:duration={3 * SECONDS}"
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
    segment = ["-f", "segment", "-segment_time", str(SECONDS), "-segment_format", "mp4"]
    options = ["-segment_format_options", FRAGMENTED_MP4]
    quiet = ["-nostdin", "-hide_banner", "-loglevel", "error"]
    command = [executable(), *quiet, "-f", "lavfi", "-i", source, *encode, *segment, *options, "run-%06d.mp4"]
    subprocess.run(command, cwd=folder, check=True)
    return sorted(folder.iterdir())


@pytest.fixture
def store(tmp_path: Path, videos: list[Path]) -> Iterator[Store]:
    with closing(Store(tmp_path / "recordings")) as store:
        for video, start in zip(videos[:2], (FIRST, SECOND), strict=True):
            store.catalogue.add(keep(store, video, start), origin=f"front-door-run.{start:%S}")
        store.set_growing("front-door", replace(keep(store, videos[2], GROWING), duration_seconds=3.0, complete=False))
        store.catalogue.gaps.put(GAP)
        yield store


def keep(store: Store, video: Path, start: datetime) -> Segment:
    path = path_of("front-door", start)
    file = store.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(video, file)
    identity = Segment.identity("front-door", start)
    return Segment(identity, "front-door", start, float(SECONDS), file.stat().st_size, path, "h264", 320, 180)


@pytest.fixture
def past() -> FixedPast:
    past = FixedPast()
    past.counts[20:25, 30:50] = 100
    return past


@pytest.fixture
def sources(store: Store, past: FixedPast) -> Sources:
    metrics = Metrics("home", CollectorRegistry())
    return Sources(
        store=store,
        past=past,
        status=FixedStatus([camera_status("front-door"), never_seen("yard")]),
        registry=metrics.registry,
        cameras=["front-door", "yard"],
        site="home",
        timezone=ZoneInfo("Europe/Berlin"),
        telemetry=metrics,
        now=lambda: NOW,
    )


@pytest.fixture
def client(sources: Sources) -> Iterator[httpx.Client]:
    with client_of(sources) as client:
        yield client
