"""ClickHouse away, slow, locked, of another release: recording does without it, and nothing is missing afterwards."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from exporters.clickhouse.client import Database
from exporters.clickhouse.schema import create_schema
from exporters.clickhouse.writer import Writer
from exporters.spool import Spool
from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import walker
from nvr.clock import utc_now
from nvr.model import isoformat
from tests.e2e.live import NVR, LiveRecorder
from tests.exporters.clickhouse.dying_recorder import FACTS
from tests.exporters.clickhouse.engine import database_in, with_tables
from tests.exporters.clickhouse.server import ClickHouseServer
from tests.exporters.clickhouse.truth import Truth, compare
from tests.exporters.facts import counted_rows
from tests.faults.conftest import Measured
from tests.faults.past import Past, doubles, kept, noted

OUTAGE_SECONDS = 600 if os.environ.get("NVR_LONG") else 60
VISITS = walker(20)
"""Someone walks by every 20 seconds."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(VISITS, tmp_path_factory.mktemp("clips"))


@pytest.fixture
def camera(clip: Path) -> Iterator[DemoCamera]:
    with DemoCamera("door") as door:
        door.start(clip)
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


def held(dsn: str) -> subprocess.Popen[bytes]:
    """Another process that has the database open until its standard input is closed."""
    program = """
import asyncio, sys
from exporters.clickhouse.client import connect
async def hold():
    database = await connect(sys.argv[1])
    print("held", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await database.close()
asyncio.run(hold())
"""
    command = [sys.executable, "-c", program, dsn]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"held\n"
    return process


def recording_goes_on(recorder: LiveRecorder) -> None:
    """Pictures are recorded and analysed, what is found waits, and nothing is missing."""
    recorder.wait_for(lambda: recorder.metric("nvr_camera_frames_processed_total", camera="door") > 5, 30)
    recorder.wait_for(lambda: len(recorder.timeline("door")["segments"]) >= 2, 30)
    recorder.wait_for(lambda: recorder.metric("nvr_event_sink_queue_length") > 0, 20)
    assert recorder.metric("nvr_event_sink_up") == 0
    assert [gap["cause"] for gap in recorder.timeline("door")["gaps"]] in ([], ["config_change"])


@pytest.mark.fault(33)
def test_a_database_that_another_process_has_open_is_taken_when_it_is_free_and_a_second_recorder_is_refused(
    tmp_path: Path, camera: DemoCamera, measured: Measured
) -> None:
    recorder = LiveRecorder(tmp_path, {"door": {"record": camera.url}}, segment="2s")
    with held(f"chdb://{tmp_path / 'data' / 'clickhouse'}") as holder:
        try:
            with recorder:
                recording_goes_on(recorder)
                said = f"the database in {tmp_path / 'data' / 'clickhouse'} is locked by another process"
                assert said in recorder.log.read_text()
                assert "it is in use by another recorder" in refused(recorder, 1)
                holder.communicate(timeout=20)
                recorder.wait_for(lambda: recorder.metric("nvr_event_sink_up") == 1, 60)
                recorder.wait_for(lambda: recorder.metric("nvr_event_sink_queue_length") == 0, 30)
                recorder.stop()
        finally:
            holder.kill()
    segments, _ = noted(recorder.recordings)
    past = asyncio.run(asked_in(tmp_path / "data" / "clickhouse"))
    assert segments - past.segments.keys() <= {max(segments)}
    assert doubles(past) == []
    with closing(sqlite3.connect(recorder.recordings / "catalogue.sqlite")) as catalogue:
        catalogue.execute("PRAGMA user_version = 99")
    assert "the catalogue has version 99" in refused(recorder, 2)
    measured(
        f"{len(segments)} segments recorded while it was locked or after, all in the database, none twice; a second"
        " recorder ends with code 1 and is tried again, one that finds a newer catalogue ends with code 2"
    )


async def asked_in(directory: Path) -> Past:
    async with database_in(directory) as database:
        return await kept(database)


@pytest.mark.fault(33)
def test_a_database_of_a_newer_release_is_said_and_recording_goes_on(
    tmp_path: Path, camera: DemoCamera, measured: Measured
) -> None:
    directory = tmp_path / "data" / "clickhouse"

    async def marked(statement: str) -> None:
        async with database_in(directory) as database:
            await create_schema(database)
            await database.command(statement)

    asyncio.run(marked("INSERT INTO schema_version (version) VALUES (99)"))
    recorder = LiveRecorder(tmp_path, {"door": {"record": camera.url}}, segment="2s")
    with recorder:
        recording_goes_on(recorder)
        assert "has schema 99, this program knows" in recorder.log.read_text()
        assert "install the newer nvr that wrote it" in recorder.log.read_text()
        recorder.stop()
        asyncio.run(unmarked(directory))
        recorder.start()
        recorder.wait_for(lambda: recorder.metric("nvr_event_sink_up") == 1, 30)
        recorder.wait_for(lambda: recorder.metric("nvr_event_sink_queue_length") == 0, 30)
        recorder.stop()
    segments, _ = noted(recorder.recordings)
    past = asyncio.run(asked_in(directory))
    assert segments - past.segments.keys() <= {max(segments)}
    assert doubles(past) == []
    measured(f"{len(segments)} segments recorded beside it, in the database once it was mended")


async def unmarked(directory: Path) -> None:
    async with database_in(directory) as database:
        await database.command("ALTER TABLE schema_version DELETE WHERE version = 99 SETTINGS mutations_sync = 1")


def refused(recorder: LiveRecorder, code: int) -> str:
    """What `nvr run` says when it refuses to start, which must be by this code and without a traceback."""
    done = subprocess.run([NVR, "run", "-c", recorder.config], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.fault(34)
@pytest.mark.parametrize("table", ["motion_events", "heatmap"])
def test_a_crash_between_insert_and_acknowledgement_doubles_nothing(
    table: str, tmp_path: Path, measured: Measured
) -> None:
    places = [str(tmp_path / "spool"), str(tmp_path / "db")]
    command = [sys.executable, "-m", "tests.exporters.clickhouse.dying_recorder", "after_insert", table, *places]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    spool = Spool(tmp_path / "spool", 1 << 24, counted_rows(), site="home")
    again = spool.rows

    async def scenario(database: Database) -> tuple[int, int]:
        assert await Writer(spool, database, counted_rows()).drain(20)
        [(events,)] = await database.query("SELECT count() FROM motion_events")
        [(frames,)] = await database.query("SELECT sum(frames) FROM heatmap")
        return int(events), int(frames)

    try:
        assert with_tables(tmp_path / "db", scenario) == (FACTS, 3 * FACTS)
    finally:
        spool.close()
    assert again >= FACTS
    measured(f"{again} rows sent again after an insert into {table}, none double")
