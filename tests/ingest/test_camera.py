"""A camera's ingest with a real ffmpeg, against servers that answer as troubled cameras do."""

import asyncio
import contextlib
import logging
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from exporters.metrics import Metrics
from ingest.camera import Camera
from ingest.catalogue import Catalogue
from ingest.demo.camera import DemoCamera
from ingest.ffmpeg import executable
from ingest.store import Store
from ingest.surroundings import Surroundings
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import CameraState, Cause, Gap, Segment
from nvr.settings import CameraSettings
from tests.clips import make_clip
from tests.faults.rtsp.camera import FaultyCamera
from tests.faults.rtsp.clips import FPS, make_raw_clip
from tests.ingest.conftest import NOON, KeptFacts


@pytest.fixture
def around(store: Store, facts: KeptFacts, metrics: Metrics) -> Surroundings:
    return Surroundings(executable(), store, 2.0, facts, metrics, UtcClock())


@contextlib.asynccontextmanager
async def answering(status: str) -> AsyncIterator[int]:
    """An RTSP server with one answer; gives its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                number = next(line for line in request.splitlines() if line.lower().startswith("cseq"))
                challenge = 'WWW-Authenticate: Basic realm="camera"\r\n' if "401" in status else ""
                writer.write(f"RTSP/1.0 {status}\r\n{number}\r\n{challenge}\r\n".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _run_until(camera: Camera, condition: Callable[[], bool], seconds: float) -> None:
    running = asyncio.create_task(camera.run())
    try:
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110  what is waited for is many things
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize(
    ("status", "cause"),
    [("401 Unauthorized", Cause.AUTH), ("404 Not Found", Cause.NOT_FOUND)],
)
def test_an_answer_has_its_cause_and_no_password_is_told(
    around: Surroundings, facts: KeptFacts, caplog: pytest.LogCaptureFixture, status: str, cause: Cause
) -> None:
    async def story() -> Camera:
        async with answering(status) as port:
            camera = Camera(CameraSettings("yard", f"rtsp://viewer:hunter2@127.0.0.1:{port}/main"), around)
            await _run_until(camera, lambda: camera.health.consecutive_failures > 0, 20)
            return camera

    with caplog.at_level(logging.DEBUG):
        camera = asyncio.run(story())
    assert camera.health.last_cause is cause
    assert [fact.cause for fact in facts.facts if isinstance(fact, Gap)][-1] is cause
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("rtsp://127.0.0.1:1/main", Cause.REFUSED),
        ("rtsp://no-such-host.example/main", Cause.DNS),
        ("/no/such/video.mp4", Cause.NOT_FOUND),
    ],
)
def test_what_cannot_be_reached_has_its_cause(around: Surroundings, source: str, cause: Cause) -> None:
    camera_states = []

    async def story() -> None:
        camera = Camera(CameraSettings("yard", source), around)
        await _run_until(camera, lambda: camera.health.consecutive_failures > 0, 20)
        camera_states.append((camera.health.last_cause, camera.status().state))

    asyncio.run(story())
    assert camera_states == [(cause, CameraState.STARTING)]


def test_a_wrong_password_is_not_tried_again_soon(around: Surroundings) -> None:
    async def story() -> int:
        async with answering("401 Unauthorized") as port:
            camera = Camera(CameraSettings("yard", f"rtsp://viewer:wrong@127.0.0.1:{port}/main"), around)
            with contextlib.suppress(TimeoutError):
                await _run_until(camera, lambda: camera.health.consecutive_failures > 1, 6)
            return camera.health.consecutive_failures

    assert asyncio.run(story()) == 1


def test_unusual_codecs_are_recorded_and_analysed_after_one_short_run(
    around: Surroundings, facts: KeptFacts, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "jpeg.mkv", 20, codec="mjpeg")

    async def story() -> None:
        camera = Camera(CameraSettings("yard", str(clip)), around)
        seen = asyncio.create_task(camera.frames.get())
        await _run_until(camera, lambda: seen.done() and any(_segments(facts)), 30)
        assert camera.health.consecutive_failures == 0

    asyncio.run(story())
    assert {segment.codec for segment in _segments(facts)} == {"mjpeg"}
    assert Camera(CameraSettings("yard", str(clip)), around)._handling.packet_format == "nut"


def _segments(facts: KeptFacts) -> list[Segment]:
    return [fact for fact in facts.facts if isinstance(fact, Segment)]


def test_a_camera_that_pauses_in_mid_stream_leaves_a_gap_without_a_new_run(
    around: Surroundings, facts: KeptFacts, metrics: Metrics, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 20)

    async def story(server: DemoCamera) -> None:
        camera = Camera(CameraSettings("yard", server.url), around)
        running = asyncio.create_task(_run_until(camera, lambda: bool(_gaps(facts, Cause.STALLED)), 40))
        await asyncio.wait_for(camera.frames.get(), 20)
        await asyncio.sleep(4.0)
        server.freeze()
        await asyncio.sleep(3.5)
        server.thaw()
        await running
        assert camera.health.consecutive_failures == 0

    with DemoCamera("yard") as server:
        server.start(clip)
        asyncio.run(story(server))
    [gap] = _gaps(facts, Cause.STALLED)
    assert gap.end is not None
    assert 3.0 < (gap.end - gap.start).total_seconds() < 5.0
    segments = sorted(_segments(facts), key=lambda segment: segment.start)
    seconds = (segments[-1].end - segments[0].start - (gap.end - gap.start)).total_seconds()
    counted = metrics.registry.get_sample_value("nvr_recording_seconds_total", {"site": "test", "camera": "yard"})
    assert counted is not None
    assert counted == pytest.approx(seconds, abs=1.0)


def _gaps(facts: KeptFacts, cause: Cause) -> list[Gap]:
    return [fact for fact in facts.facts if isinstance(fact, Gap) and fact.cause is cause]


def test_a_stream_that_turns_into_another_codec_in_its_session_is_begun_anew(
    around: Surroundings, facts: KeptFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.decoder.SILENCE_SECONDS", 4.0)
    monkeypatch.setattr("ingest.decoder.START_SECONDS", 6.0)
    clips = {"usual": make_raw_clip(tmp_path / "usual.h264"), "other": make_raw_clip(tmp_path / "other.hevc")}

    async def story(server: FaultyCamera) -> None:
        camera = Camera(CameraSettings("yard", server.url()), around)
        running = asyncio.create_task(_run_until(camera, lambda: camera.health.codec == "hevc", 60))
        for _ in range(20):
            await asyncio.wait_for(camera.frames.get(), 30)
        await asyncio.to_thread(server.behave, clip="other")
        await running
        assert camera.health.last_cause is Cause.CODEC

    server = FaultyCamera(FPS, clips)
    server.begin()
    try:
        server.wait()
        asyncio.run(story(server))
    finally:
        server.stop()
    assert [gap.cause for gap in _gaps(facts, Cause.CODEC)]


def test_a_disk_that_refuses_at_the_start_is_asked_again_and_ends_nothing(
    around: Surroundings, facts: KeptFacts, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = around.store.begin_run("yard", NOON)
    shutil.copy(footage, run.file(0))
    pressed: list[int] = []
    around = replace(around, disk_is_full=lambda: pressed.append(1))
    add, refusals = Catalogue.add, iter([True, True])

    def refuse_twice(catalogue: Catalogue, segment: Segment, *, origin: str) -> None:
        if next(refusals, False):
            full = sqlite3.OperationalError("database or disk is full")
            raise StorageError("the catalogue cannot be written, it is full", path=around.store.root) from full
        add(catalogue, segment, origin=origin)

    monkeypatch.setattr(Catalogue, "add", refuse_twice)
    camera = Camera(CameraSettings("yard", str(footage)), around)
    asyncio.run(_run_until(camera, lambda: camera.in_order, 20))
    assert pressed
    assert any(segment.duration_seconds == pytest.approx(5.0, abs=0.1) for segment in _segments(facts))
