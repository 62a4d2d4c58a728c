"""A simulated hour of each nuisance, shown to the detector picture by picture: how often it is taken for motion.

    python -m tests.bench.nuisances

The results go to docs/bench/nuisances.md, each as soon as it is known: all of it takes a quarter of an hour. The exit
code is 1 where one has more false events than are known of it.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from tests.bench.report import FOLDER, Row, Setting, table, write
from tests.scenarios.catalogue import by_name
from tests.scenarios.chance import NOMINAL
from tests.scenarios.hours import FALSE_IN_AN_HOUR, HOUR, nuisances
from tests.scenarios.score import Score
from tests.scenarios.trial import tried

HOLD_OUT = 1001
"""A seed that no one looks at while the detector is changed."""

SETTING = Setting("python -m tests.bench.nuisances", ("numpy", "scipy"))
HEAD = ("nuisance", "seed", "false events", "known", "called motion", "CPU, s")


@dataclass(frozen=True, slots=True)
class Hour:
    """`seconds` are of CPU, for making the pictures and judging them."""

    name: str
    seed: int
    score: Score
    seconds: float

    @property
    def known(self) -> int:
        return FALSE_IN_AN_HOUR.get(self.name, 0)

    @property
    def is_worse(self) -> bool:
        return self.seed == NOMINAL and self.score.false_events > self.known

    def row(self) -> Row:
        mark = " **more than known**" if self.is_worse else ""
        known = str(self.known) if self.seed == NOMINAL else ""
        moving = f"{100 * self.score.moving_frames / self.score.frames:.2f} %"
        return self.name + mark, str(self.seed), str(self.score.false_events), known, moving, f"{self.seconds:.0f}"


def watched(name: str, seed: int, seconds: float) -> Hour:
    began = time.process_time()
    result = tried(by_name()[name], seed, seconds)
    return Hour(name, seed, result, time.process_time() - began)


def measure(seeds: Sequence[int] = (NOMINAL, HOLD_OUT), seconds: float = HOUR) -> Iterator[Hour]:
    """Each as it comes, on every core; processes are spawned, as a fork would share what numpy has opened."""
    asked = [(scenario.name, seed, seconds) for scenario in nuisances() for seed in seeds]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        yield from pool.map(watched, *zip(*asked, strict=True))


def page(hours: Sequence[Hour], seconds: float = HOUR) -> list[str]:
    false, shown = sum(hour.score.false_events for hour in hours), sum(hour.score.hours for hour in hours)
    return [
        "# An hour of each nuisance",
        "",
        *SETTING.lines(),
        "",
        f"{seconds / 60:.0f} simulated minutes of each nuisance at 5 pictures a second, in which nothing moves: every"
        " event is a false one. What happens once in a film, as a lamp that is switched, happens each minute. Seed"
        f" {NOMINAL} is that of the tests, on which the detector was made; seed {HOLD_OUT} has another scene, other"
        " weather and other noise, and is looked at here only. Known is how many false events are allowed to be left.",
        "",
        *table(HEAD, (hour.row() for hour in hours)),
        "",
        f"All in all {false} false events in {shown:.0f} hours.",
    ]


def main(file: Path = FOLDER / "nuisances.md") -> int:
    hours: list[Hour] = []
    for hour in measure():
        print(*hour.row(), sep=" | ", flush=True)
        hours.append(hour)
        write(file, page(hours))
    return 1 if any(hour.is_worse for hour in hours) else 0


if __name__ == "__main__":
    sys.exit(main())
