"""ClickHouse away, slow, locked, of another release: recording does without it, and nothing is missing afterwards."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from exporters.clickhouse.client import Database
from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import walker
from nvr.clock import utc_now
from nvr.model import isoformat
from tests.e2e.live import LiveRecorder
from tests.exporters.clickhouse.server import ClickHouseServer
from tests.exporters.clickhouse.truth import Truth, compare
from tests.faults.conftest import Measured
from tests.faults.past import Past, doubles, kept, noted

OUTAGE_SECONDS = 600 if os.environ.get("NVR_LONG") else 60
VISITS = walker(20)
"""Someone walks by every 20 seconds."""


@pytest.fixture
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCamera]:
    with DemoCamera("door") as door:
        door.start(make_clip(VISITS, tmp_path_factory.mktemp("clips")))
        yield door


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ClickHouseServer]:
    with ClickHouseServer(tmp_path / "clickhouse") as running:
        yield running


@dataclass(frozen=True)
class Load:
    """The load of tests/exporters/clickhouse, beside the recorder and on the same server."""

    process: subprocess.Popen[bytes]
    log: Path

    def finish(self) -> None:
        self.process.terminate()
        _, said = self.process.communicate(timeout=90)
        assert self.process.returncode == 0, said.decode()


@pytest.fixture
def load(tmp_path: Path, server: ClickHouseServer) -> Iterator[Load]:
    log = tmp_path / "load.log"
    command = [sys.executable, "-m", "tests.exporters.clickhouse.load", server.dsn, str(tmp_path / "spool"), str(log)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        yield Load(process, log)
    finally:
        process.kill()
        process.communicate()


def recorder_on(folder: Path, camera: DemoCamera, dsn: str) -> LiveRecorder:
    recorder = LiveRecorder(folder, {"door": {"record": camera.url}})
    settings = yaml.safe_load(recorder.config.read_text(encoding="utf-8"))
    settings["database"] = {"dsn": dsn}
    recorder.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return recorder


def stay_away(server: ClickHouseServer) -> None:
    """A third of the outage it hangs with what is on its way to it, then it dies of that, and is away."""
    server.freeze()
    time.sleep(OUTAGE_SECONDS / 3)
    server.kill()
    time.sleep(OUTAGE_SECONDS * 2 / 3)


@pytest.mark.fault(32)
@pytest.mark.timeout(OUTAGE_SECONDS + 180)
def test_an_outage_of_the_database_loses_and_doubles_nothing(
    tmp_path: Path, camera: DemoCamera, server: ClickHouseServer, load: Load, measured: Measured
) -> None:
    with recorder_on(tmp_path, camera, server.dsn) as recorder:
        recorder.wait_for(lambda: recorder.metric("nvr_event_sink_up") == 1, 30)
        recorder.wait_for(lambda: recorder.metric("nvr_camera_frames_processed_total", camera="door") > 0, 20)
        began = utc_now()
        stay_away(server)
        assert recorder.metric("nvr_event_sink_up") == 0
        waiting = recorder.metric("nvr_event_sink_queue_length")
        assert waiting > 10
        assert recorder.metric("nvr_event_sink_spool_bytes") > 1000
        gaps = [gap for gap in recorder.timeline("door")["gaps"] if gap["start"] > isoformat(began)]
        assert sum(gap["duration_seconds"] for gap in gaps) < 1.0, gaps
        ended = utc_now()

        server.start()
        recorder.wait_for(lambda: recorder.metric("nvr_event_sink_up") == 1, 90)
        camera.kill()
        recorder.wait_for(lambda: recorder.metric("nvr_motion_active", camera="door") == 0, 20)
        recorder.wait_for(lambda: recorder.metric("nvr_event_sink_queue_length") == 0, 60)
        drained = (utc_now() - ended).total_seconds()
        opened = int(recorder.metric("nvr_motion_events_total", camera="door", zone=""))
        during = recorder.get("/api/events", **{"from": isoformat(began), "to": isoformat(ended)})["events"]
        assert recorder.metric("nvr_event_sink_dropped_rows_total") == 0
        assert recorder.metric("nvr_camera_frames_dropped_total", camera="door") == 0
        recorder.stop()
    load.finish()
    past, truth = asyncio.run(asked(server, load.log))

    assert len(during) >= OUTAGE_SECONDS // 20 - 1
    assert len(past.events) == opened
    # The gap since the camera was killed has no end yet, and the last segment ended with the recorder.
    segments, closed = noted(recorder.recordings)
    assert segments - past.segments.keys() <= {max(segments)}
    assert closed <= past.gaps.keys()
    assert doubles(past) == []
    assert (truth.missing, truth.double, truth.invented) == ([], [], [])
    assert truth.durable > OUTAGE_SECONDS * 100
    log = recorder.log.read_text()
    assert log.count(f"event sink failed: ClickHouse at http://127.0.0.1:{server.port}/nvr") == 1
    assert log.count(f"ClickHouse takes rows: http://127.0.0.1:{server.port}/nvr") == 2
    assert "canary-password" not in log
    measured(
        f"{OUTAGE_SECONDS} s away: {waiting:.0f} rows waited, {opened} motion events and {3 * truth.durable} rows of a"
        f" load of 600 a second arrived once, {drained:.0f} s after it was back"
    )


async def asked(server: ClickHouseServer, log: Path) -> tuple[Past, Truth]:
    async def scenario(database: Database) -> tuple[Past, Truth]:
        return await kept(database), await compare(database, log)

    return await server.ask(scenario)
