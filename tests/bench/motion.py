"""What finding motion costs, and how well it judges: ours and the usual ways, side by side in one run.

    python -m tests.bench.motion

All are shown the films of tests/scenarios, decoded from the same files, whole programs among them. For the cost of one
frame everyone looks at the same minute of a synthetic camera, once with nobody in it and once with someone walking by,
in turns, so that whatever else the machine does hits all alike. The tables go to docs/bench/motion.md.
"""

import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np

from ingest.demo.scenes import Scene, walker
from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture
from tests.bench.contenders import FPS, MOG2, Contender, contenders, usual_ways
from tests.bench.films import filmed
from tests.bench.judgement import HEAD, Judged, judged
from tests.bench.programs import Missing, debian_motion, dvr_scan
from tests.bench.report import FOLDER, Setting, table, write
from tests.scenarios.catalogue import SCENARIOS

ROUNDS = 9
LEARNING_FRAMES = 28
"""Frames at the start, while a background is learnt, that do not count."""

SETTING = Setting("make bench", ("numpy", "scipy", "opencv-contrib-python-headless"))

GRAY = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class Reel:
    """A minute of gray pictures by their zoom, and which of them count."""

    pictures: Mapping[int, list[Picture]]
    counting: list[bool]


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time of one frame of one camera in microseconds: the median of the rounds' medians, and their extremes."""

    microseconds: float
    least: float
    most: float

    @classmethod
    def of(cls, rounds: list[float]) -> "Cost":
        return cls(median(rounds), min(rounds), max(rounds))

    def __str__(self) -> str:
        return f"{self.microseconds:.0f} ({self.least:.0f} to {self.most:.0f})"


Costs = Mapping[tuple[Contender, str], Cost]


def reels() -> dict[str, Reel]:
    """Idle: noise alone. Busy: only the frames with someone in them count."""
    scene = walker(width=2 * FRAME_WIDTH, height=2 * FRAME_HEIGHT, fps=FPS)
    empty = replace(scene, actors=())
    late = [number >= LEARNING_FRAMES for number in range(scene.frame_count)]
    busy = [late[number] and bool(scene.boxes(number / FPS)) for number in range(scene.frame_count)]
    return {"idle": _reel(empty, late), "busy": _reel(scene, busy)}


def _reel(scene: Scene, counting: list[bool]) -> Reel:
    large = [(picture @ GRAY).astype(np.uint8) for picture in scene.frames()]
    small = [halved(picture) for picture in large]
    return Reel({1: small, 2: large}, counting)


def halved(picture: Picture) -> Picture:
    """Each pixel the mean of four, as ffmpeg's area scaling has it."""
    height, width = picture.shape
    mean: Picture = picture.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)).astype(np.uint8)
    return mean


def spend(contender: Contender, reel: Reel, frames: int | None = None) -> float:
    """The median CPU time of a frame and a camera, in microseconds; of the first frames, where so many are named."""
    look, spent = contender.begin(), []
    shown = list(zip(reel.pictures[contender.zoom], reel.counting, strict=True))[: contender.frames or frames]
    for picture, counts in shown:
        pictures = np.repeat(picture[np.newaxis], contender.lanes, axis=0) if contender.lanes > 1 else picture
        began = time.process_time()
        look(pictures)
        if counts:
            spent.append(time.process_time() - began)
    return median(spent) / contender.lanes * 1e6


def measure(rounds: int = ROUNDS, frames: int | None = None) -> Costs:
    """In turns: each round has everyone look at everything once."""
    minutes = reels()
    spent: dict[tuple[Contender, str], list[float]] = {}
    turns = [(contender, name) for contender in contenders() for name in minutes]
    for number in range(rounds):
        for contender, name in turns:
            spent.setdefault((contender, name), []).append(spend(contender, minutes[name], frames))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return {turn: Cost.of(times) for turn, times in spent.items()}


def yardstick(everyone: Sequence[Contender]) -> Contender:
    """What ratios are to: MOG2, or ours where there is no OpenCV."""
    return next((contender for contender in everyone if contender.name == MOG2), everyone[0])


def rows(costs: Costs) -> Iterable[list[str]]:
    everyone = list(dict.fromkeys(contender for contender, _ in costs))
    idle, busy = (costs[yardstick(everyone), name].microseconds for name in ("idle", "busy"))
    for contender in everyone:
        still, moving = costs[contender, "idle"], costs[contender, "busy"]
        ratios = [f"{still.microseconds / idle:.2f}", f"{moving.microseconds / busy:.2f}"]
        yield [contender.name, contender.size, str(still), str(moving), *ratios]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How all judged the films; `missing` says of each program that was left out why."""

    films: int
    judged: Sequence[Judged]
    missing: Sequence[str] = ()


def verdicts(names: Collection[str] = (), *, whole_programs: bool = True) -> Verdicts:
    """On the named scenarios, or on all."""
    with tempfile.TemporaryDirectory(prefix="motion-") as name:
        films = filmed((one for one in SCENARIOS if one.name in names or not names), Path(name))
        found, missing = judged(films, usual_ways()), []
        for number, program in enumerate((dvr_scan, debian_motion) if whole_programs else ()):
            folder = Path(name) / f"program{number}"
            folder.mkdir()
            try:
                found.append(program(films, folder))
            except Missing as reason:
                missing.append(f"{program.__name__} is left out: {reason}.")
        return Verdicts(len(films), found, missing)


def page(costs: Costs, said: Verdicts) -> list[str]:
    head = ["", "picture", "idle, us", "busy, us", "idle, of MOG2", "busy, of MOG2"]
    return [
        "# What finding motion costs",
        "",
        *SETTING.lines(),
        "",
        "## How well it judges, and at what cost",
        "",
        f"On {said.films} films of tests/scenarios, encoded as H.264 at 640 x 360 and 5 pictures a second, which all"
        " decode from the same files. Recall, precision and false events an hour are of events, latency is from the"
        " first moving picture to when it is known, F1 is of cells. The usual ways are believed from 3 cells on, and"
        " have 2 s at the start of each film in which nothing counts; ours has none. CPU time is the mean over all"
        " films, for whole programs with decoding and everything else they do. The hours hold nothing but trouble: a"
        " camera has far fewer false events. Motion tells times by its log, to half a second.",
        "",
        *table(HEAD, (one.row() for one in said.judged)),
        "",
        *(f"{reason}\n" for reason in said.missing),
        "## One frame",
        "",
        "CPU time of one frame of one camera in microseconds: the median over the frames of a minute, the middle of"
        f" {ROUNDS} rounds taken in turns, and their extremes. Idle is a still scene with a sensor's noise, busy are"
        " the frames in which someone walks by (in a batch, in front of all cameras at once). Ratios are to MOG2 at"
        " 320 x 180 in the same run. Scaling and decoding are not in it. All but the row with pauses look at frame"
        " after frame with warm caches, which a recorder never has: that row is what it really pays.",
        "",
        *table(head, rows(costs)),
    ]


def main(file: Path = FOLDER / "motion.md", rounds: int = ROUNDS) -> None:
    lines = page(measure(rounds), verdicts())
    print("\n".join(lines))
    write(file, lines)


if __name__ == "__main__":
    main()
