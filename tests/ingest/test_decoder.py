import asyncio
import contextlib
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from exporters.metrics import Metrics
from ingest.anchor import Anchor
from ingest.beat import Beat
from ingest.decoder import Decoder, Feed
from ingest.ffmpeg import executable
from ingest.frames import FrameQueue
from ingest.placing import Placing
from nvr.clock import UtcClock, utc_now
from nvr.model import Frame
from tests.clips import make_clip


def _decoder(metrics: Metrics, program: str, clock: UtcClock) -> tuple[Decoder, FrameQueue]:
    frames = FrameQueue("yard", 50, metrics)
    return Decoder("yard", program, fps=5.0, frames=frames, telemetry=metrics, clock=clock, beat=Beat()), frames


async def _until_cancelled(decoder: Decoder, feed: Feed, seconds: float) -> None:
    running = asyncio.create_task(decoder.run(feed))
    await asyncio.sleep(seconds)
    assert not running.done()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def test_pictures_of_a_sub_stream_come_evenly_and_bear_the_time_of_their_arrival(
    metrics: Metrics, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 10)

    async def story() -> list[tuple[Frame, datetime]]:
        decoder, frames = _decoder(metrics, executable(), UtcClock())
        seen: list[tuple[Frame, datetime]] = []

        async def watch() -> None:
            while True:
                seen.append((await frames.get(), utc_now()))

        watching = asyncio.create_task(watch())
        await _until_cancelled(decoder, Feed(str(clip)), 5.0)
        watching.cancel()
        return seen

    seen = asyncio.run(story())
    assert len(seen) > 12
    times = [frame.time for frame, _ in seen]
    steps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert all(0.15 < step < 0.25 for step in steps[5:])
    assert all(timedelta(0) <= arrived - frame.time < timedelta(seconds=0.8) for frame, arrived in seen[5:])
    assert all(frame.picture.shape == (90, 160) for frame, _ in seen)


def test_two_cameras_of_thirty_pictures_a_second_lose_none_at_one_beat(metrics: Metrics, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 20, fps=30)

    async def story() -> list[list[float]]:
        beat, queues = Beat(), [FrameQueue(name, 120, metrics) for name in ("yard", "gate")]
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(
                    Decoder(
                        "yard", executable(), fps=30.0, frames=queue, telemetry=metrics, clock=UtcClock(), beat=beat
                    ).run(Feed(str(clip)))
                )
                for queue in queues
            ]
            async with asyncio.timeout(40):
                times = [[(await queue.get()).time.timestamp() for _ in range(90)] for queue in queues]
            for each in running:
                each.cancel()
        return times

    for times in asyncio.run(story()):
        assert times[-1] - times[30] == pytest.approx(59 / 30, abs=0.2)


def test_another_rate_holds_at_once_and_is_no_failure(metrics: Metrics, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 20)

    async def story() -> list[Frame]:
        decoder, frames = _decoder(metrics, executable(), UtcClock())
        running = asyncio.create_task(decoder.run(Feed(str(clip))))
        for _ in range(5):
            await asyncio.wait_for(frames.get(), 20)
        decoder.change_rate(2.0)
        seen = [await asyncio.wait_for(frames.get(), 20) for _ in range(12)]
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        return seen

    *_, third, second, last = asyncio.run(story())
    assert [(b.time - a.time).total_seconds() for a, b in ((third, second), (second, last))] == pytest.approx(
        [0.5, 0.5], abs=0.1
    )
    assert "nvr_ffmpeg_restarts_total{" not in generate_latest(metrics.registry).decode()


def test_a_decoder_that_cannot_be_started_is_tried_again_and_stops_nothing(metrics: Metrics) -> None:
    decoder, _ = _decoder(metrics, "/no/such/ffmpeg", UtcClock())
    asyncio.run(_until_cancelled(decoder, Feed("/no/such/video.mp4"), 2.0))
    restarts = [
        sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "nvr_ffmpeg_restarts_total" and sample.labels["role"] == "decoder"
    ]
    assert sum(restarts) >= 1


@pytest.fixture
def anchor() -> Anchor:
    made = Anchor(UtcClock(lambda: 1_800_000_100.0, lambda: 100.0))
    for second in range(30):
        made.observe(float(second), float(second))
    return made


def test_a_picture_from_the_future_is_not_believed(anchor: Anchor) -> None:
    placing = Placing(anchor, UtcClock(lambda: 1_800_000_100.0, lambda: 100.0), 5.0)
    assert placing.is_plausible(99.0)
    assert not placing.is_plausible(700.0)


def test_a_sub_stream_whose_time_jumps_is_begun_anew() -> None:
    now = [0.0]
    placing = Placing(None, UtcClock(lambda: 1_800_000_000.0 + now[0], lambda: now[0]), 5.0)
    for second in range(20):
        now[0] = float(second)
        assert placing.arrived(float(second), now[0])
    assert not placing.arrived(620.0, now[0])
