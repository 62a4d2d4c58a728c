"""64 cameras in one process whose pictures come ready-made: how late each is judged, and what it costs.

    python -m tests.bench.lag

The pictures come through pipes from another process, as from decoders, and go the recorder's own way through queue,
analyser, facts and metrics: together at the beat, and for comparison each as it comes. py-spy says where the time goes.
The results go to docs/bench/lag.md.
"""

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from prometheus_client import CollectorRegistry

from exporters.metrics import Metrics
from ingest.beat import BEAT_SECONDS, Beat
from ingest.camera import Camera
from ingest.ffmpeg import executable
from ingest.pipe import Pipe
from ingest.reel import Reel
from ingest.store import Store
from ingest.surroundings import Surroundings
from nvr.analysis import Analysis
from nvr.clock import UtcClock
from nvr.model import Fact, Frame, MotionEvent
from nvr.settings import CameraSettings
from tests.bench.report import FOLDER, Row, Setting, table, write
from tests.bench.spy import Spy, spied
from tests.scenarios.catalogue import by_name
from tests.scenarios.trial import shots_of

CAMERAS, FPS, SECONDS, WARM_SECONDS = 64, 5.0, 90.0, 15.0
MOST_P99_SECONDS, MOST_SHARE = 0.25, 0.003
"""How late one picture in a hundred may be judged, and what a camera may take of a core."""

PERCENTILES = (50, 90, 99, 99.9)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FILM = "walker near"
"""Someone walks by for 8 s of 40 s: far more than before most cameras."""


class Timed(Metrics):
    """The recorder's metrics, and beside them how late each picture was judged."""

    def __init__(self) -> None:
        super().__init__("bench", CollectorRegistry())
        self.lags: list[float] = []

    def frame_processed(self, camera: str, lag_seconds: float, processing_seconds: float) -> None:
        self.lags.append(lag_seconds)
        super().frame_processed(camera, lag_seconds, processing_seconds)


class Counted:
    """Facts as they come; `events` have begun."""

    def __init__(self) -> None:
        self.events = 0

    def put(self, fact: Fact) -> None:
        self.events += isinstance(fact, MotionEvent) and fact.end is None


@dataclass(frozen=True, slots=True)
class Lag:
    """`share` is of one core for one camera of which every picture is judged; `lags` are seconds from when one was
    handed over."""

    cameras: int
    seconds: float
    lags: Sequence[float]
    share: float
    events: int

    def percentile(self, percent: float) -> float:
        return float(np.percentile(self.lags, percent))


async def measure(folder: Path, *, cameras: int, seconds: float, warm_seconds: float, beat: Beat | None = None) -> Lag:
    """The first `warm_seconds`, in which scenes are learnt, do not count. Without a `beat` each camera has one of its
    own, alone: its pictures are fetched and judged as they come."""
    pictures = folder / "pictures"
    pictures.write_bytes(b"".join(shot.picture.tobytes() for shot in shots_of(by_name()[FILM])))
    timed, facts = Timed(), Counted()
    with ExitStack() as stack:
        store = stack.enter_context(closing(Store(folder / "recordings")))
        around = Surroundings(executable(), store, 60.0, facts, timed, UtcClock())
        pipes = [(stack.enter_context(Pipe()), stack.enter_context(Pipe())) for _ in range(cameras)]
        for number in range(cameras):
            timed.add(_name(number))
        async with asyncio.TaskGroup() as tasks:
            analyses = [
                tasks.create_task(_analyse(_name(number), *pair, around, beat or Beat()))
                for number, pair in enumerate(pipes)
            ]
            with _feeder(pictures, seconds + warm_seconds, pipes):
                await asyncio.sleep(warm_seconds)
                counted, began, spent = len(timed.lags), time.monotonic(), time.process_time()
                await asyncio.sleep(seconds - 1)
                lasted, spent = time.monotonic() - began, time.process_time() - spent
                lags = timed.lags[counted:]
            for task in analyses:
                task.cancel()
    return Lag(cameras, lasted, lags, spent / max(len(lags), 1) * FPS, facts.events)


@contextmanager
def _feeder(pictures: Path, seconds: float, pipes: Sequence[tuple[Pipe, Pipe]]) -> Iterator[None]:
    ends = [pipe.write_end for pipe in itertools.chain(*pipes)]
    pairs = [f"{one.write_end},{other.write_end}" for one, other in pipes]
    command = [sys.executable, "-m", "tests.bench.feeder", str(pictures), str(seconds), str(FPS), *pairs]
    process = subprocess.Popen(command, pass_fds=ends)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _name(number: int) -> str:
    return f"camera-{number}"


async def _analyse(name: str, pictures: Pipe, times: Pipe, around: Surroundings, beat: Beat) -> None:
    settings = CameraSettings(name=name, record="/dev/null")
    camera = Camera(settings, around)
    analysis = Analysis(camera, settings, facts=around.facts, telemetry=around.telemetry, clock=around.clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(analysis.run())
        await _receive(camera, pictures, times, beat)


async def _receive(camera: Camera, pictures: Pipe, times: Pipe, beat: Beat) -> None:
    """As the decoder does, less the anchor: the time of a picture is that at which it was handed over."""
    reel = Reel(pictures, times)
    with beat.calling(reel):
        while came := await reel.next():
            for shown in came:
                time = EPOCH + timedelta(seconds=shown.media_seconds)
                camera.frames.put(Frame(camera.name, time, shown.picture))


def page(lag: Lag, singly: Lag, spy: Spy) -> list[str]:
    kept = "kept" if lag.percentile(99) <= MOST_P99_SECONDS and lag.share <= MOST_SHARE else "**not kept**"
    return [
        "# From pipe to event",
        "",
        *Setting("python -m tests.bench.lag", ("numpy", "scipy")).lines(),
        "",
        f"{lag.cameras} cameras in one process for {lag.seconds:.0f} s, {FPS:.0f} ready-made pictures a second each;"
        f" before each someone walks by for 8 s of 40 s: {len(lag.lags)} of {lag.cameras * FPS * lag.seconds:.0f} were"
        f" judged meanwhile, {lag.events} events found. A camera takes {100 * lag.share:.2f} % of"
        f" a core from pipe to event, beside decoding; at most {100 * MOST_SHARE:.1f} % are wanted, and a p99 of at"
        f" most {1000 * MOST_P99_SECONDS:.0f} ms: {kept}. The load of the machine was {os.getloadavg()[0]:.1f}.",
        "",
        *table(
            ["pictures", "% of a core", *(f"p{percent:g}, ms" for percent in PERCENTILES)],
            [_row(f"together, at a beat of {1000 * BEAT_SECONDS:.0f} ms", lag), _row("each as it comes", singly)],
        ),
        "",
        "Where the time goes, as py-spy saw it:",
        "",
        *spy.lines(),
    ]


def _row(words: str, lag: Lag) -> Row:
    lags = (f"{1000 * lag.percentile(percent):.1f}" for percent in PERCENTILES)
    return [words, f"{100 * lag.share:.2f}", *lags]


def _measured(folder: Path, seconds: float, beat: Beat | None) -> Lag:
    folder.mkdir()
    return asyncio.run(measure(folder, cameras=CAMERAS, seconds=seconds, warm_seconds=WARM_SECONDS, beat=beat))


def main(file: Path = FOLDER / "lag.md") -> None:
    with tempfile.TemporaryDirectory(prefix="lag-") as name:
        singly = _measured(Path(name) / "singly", SECONDS / 2, None)
        with spied(Path(name)) as spy:
            lag = _measured(Path(name) / "together", SECONDS, Beat())
            spy.finish()
        lines = page(lag, singly, spy)
    print("\n".join(lines))
    write(file, lines)


if __name__ == "__main__":
    main()
