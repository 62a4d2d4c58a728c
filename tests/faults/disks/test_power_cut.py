"""What a power cut leaves, looked at on copies of a disk that were taken at moments nobody had prepared for.

The recorder's whole folder lies on an ext4 in a file, and that file on another file system. The outer one is frozen for
the copy: the inner disk stands still between two of its writes, and what was not written to it yet is not in the copy,
as after a cut. (To freeze the inner one would write all out first, and a device mapper for snapshots few kernels of
containers have.) To mount the copy replays its journal.
"""

import random
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from exporters.spool import FILE_NAME, Spool
from ingest.demo.camera import DemoCamera
from ingest.mp4 import probe
from ingest.reconcile import adopt, compare, days
from ingest.store import Store
from nvr.clock import utc_now
from nvr.model import Segment
from tests.e2e.live import LiveRecorder
from tests.faults.children import finished
from tests.faults.conftest import Measured
from tests.faults.disks.conftest import FPS
from tests.faults.disks.volume import Volume, copied, ext4, mounted

CUTS = 3
MOST_LOST_SECONDS = 2.0

DATED_SECONDS = 2.0
"""By less than this the first file of a run may be dated too late, where its first reports were: on a busy machine."""

pytestmark = pytest.mark.timeout(180)


@dataclass(frozen=True)
class Cut:
    """The disk as it was, when that was, and the finished segments that the recorder had told of before."""

    image: Path
    moment: datetime
    told: set[str]


def _cut(outer: Volume, inner: Volume, recorder: LiveRecorder, image: Path) -> Cut:
    told = {segment["id"] for segment in finished(recorder, "door")}
    (inner.path / image.stem).write_text("not synced")
    moment = utc_now()
    with outer.frozen():
        return Cut(copied(inner, image), moment, told)


def _after(cut: Cut, path: Path) -> float:
    """Start on what a cut left as a recorder does; returns how many seconds of footage are lost."""
    with mounted(cut.image, path) as volume, closing(Store(volume.path / "recordings")) as store:
        unsynced = volume.path / cut.image.stem
        assert not unsynced.exists() or not unsynced.read_text(), "this was no power cut"
        adopt(store, "door", Metrics("test", CollectorRegistry()))
        for camera, day in days(store):
            assert all(piece.missing == [] for piece in compare(store, camera, day, cut.moment))
        segments = store.segments("door", cut.moment - timedelta(hours=1), cut.moment + timedelta(hours=1))
        assert cut.told <= {segment.id for segment in segments}
        _assert_whole(store, segments)
        assert store.catalogue.renewals == 0
        assert not list(volume.path.rglob("*.corrupt-*"))
        with closing(Spool(next(volume.path.rglob(FILE_NAME)).parent, 10**8, Metrics("test"), site="test")):
            pass
        assert not list(volume.path.rglob("*.corrupt-*"))
        return (cut.moment - segments[-1].end).total_seconds()


def _assert_whole(store: Store, segments: list[Segment]) -> None:
    for earlier, later in pairwise(segments):
        assert abs((later.start - earlier.end).total_seconds()) < DATED_SECONDS
    for segment in segments:
        assert probe(store.file(segment)).pictures == pytest.approx(segment.duration_seconds * FPS, abs=2)


@pytest.mark.fault(24)
@pytest.mark.usefixtures("as_root")
def test_a_power_cut_costs_two_seconds_at_most(tmp_path: Path, camera: DemoCamera, measured: Measured) -> None:
    (tmp_path / "cuts").mkdir()
    with (
        ext4(tmp_path / "outer.img", tmp_path / "outer", "400M") as outer,
        ext4(outer.path / "inner.img", tmp_path / "inner", "200M") as inner,
        LiveRecorder(inner.path, {"door": {"record": camera.url}}, segment="2s") as recorder,
    ):
        recorder.wait_for(lambda: len(finished(recorder, "door")) >= 2, 60)
        cuts = []
        for number in range(CUTS):
            time.sleep(random.uniform(0.7, 1.9))
            cuts.append(_cut(outer, inner, recorder, tmp_path / "cuts" / f"{number}.img"))
        recorder.stop()
    losses = [_after(cut, tmp_path / "after") for cut in cuts]
    assert max(losses) < MOST_LOST_SECONDS
    measured(f"{CUTS} cuts: lost {max(losses):.1f} s at most, catalogue and spool whole")
