"""Which cells an object covers, learnt: `python -m tests.learning.extent` writes `processor/learnt.py`.

Each film is shown to the analyser; of every cell that it asks about, what it knows of it is put beside the truth. It
takes some minutes. Nothing is judged by any of these films: the seeds that are named here are for learning only.
"""

import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from nvr.model import Frame
from processor.analyser import CameraAnalyser
from processor.cells import Bools, Counts, Reals
from processor.cellset import CellSet, grown, union, unpacked
from processor.evidence import TRAITS, Evidence
from processor.extent import covering, together, traits
from processor.network import PLACES, inputs
from processor.watch import Component
from tests.learning.lens import bits_a_second, lens
from tests.learning.network import fitted
from tests.learning.parade import parade
from tests.scenarios.catalogue import SCENARIOS, Kind, Scenario
from tests.scenarios.compression import compressed
from tests.scenarios.film import Shot
from tests.scenarios.trial import CAMERA, EPOCH, filmed

PARADES, PLAIN_SEEDS, LENS_SEEDS = range(1, 501), range(201, 219), range(219, 237)
MOST_CELLS = 12_000
"""Of one film: what fills the picture all the time has no more to teach."""

HIDDEN = 32
LINE = 118
LEARNT = Path(__file__).parents[2] / "processor" / "learnt.py"
HEAD = '''"""What was learnt: numbers, by `python -m tests.learning.extent`. New traits are to be learnt anew."""

import numpy as np

from processor.network import Network

_WEIGHTS = """
{weights}
"""

_SAYS = """
{says}
"""

COVERED = Network(
    np.fromstring(_WEIGHTS, np.float32, sep=" ").reshape({units}, -1), np.fromstring(_SAYS, np.float32, sep=" ")
)
"""Whether an object covers a cell: by the traits of `processor.evidence`."""
'''


class Lesson(NamedTuple):
    """Of one film, what was known of n cells `(n, 6 t)`, and which were `covered` `(n,)`."""

    known: Reals
    covered: Bools


def lesson(shots: Iterable[Shot]) -> Lesson:
    """Of all that the analyser asks about; what stands still, and may move or not, is left out."""
    analyser, asked = CameraAnalyser(CAMERA), list[tuple[npt.NDArray[np.intp], Reals, Bools]]()

    def noting(found: Sequence[Component], evidence: Evidence, full: CellSet, counts: Counts) -> list[Component]:
        wholes = [together(one.cells, full) for one in found]
        near = unpacked(grown(union(wholes))).take(evidence.cells)
        asked.append((evidence.cells, traits(wholes, evidence), near))
        return covering(found, evidence, full, counts)

    known, covered = [np.zeros((0, PLACES * TRAITS), np.float32)], [np.zeros(0, bool)]
    with patch("processor.lane.covering", noting):
        for shot in shots:
            asked.clear()
            analyser.analyse(Frame(CAMERA.name, EPOCH + timedelta(seconds=shot.seconds), shot.picture))
            for cells, shown, near in asked:
                told = near & ~shot.ignored.ravel()[cells]
                known.append(inputs(cells, shown)[told])
                covered.append(shot.cells.ravel()[cells][told])
    return _some(Lesson(np.concatenate(known), np.concatenate(covered)))


def _some(lesson: Lesson) -> Lesson:
    chosen = np.random.default_rng(0).permutation(len(lesson.covered))[:MOST_CELLS]
    return Lesson(lesson.known[chosen], lesson.covered[chosen])


def _of_parade(seed: int) -> Lesson:
    return lesson(parade(seed))


def _of_scenario(task: tuple[Scenario, int]) -> Lesson:
    return lesson(filmed(*task))


def _through_a_lens(task: tuple[Scenario, int]) -> Lesson:
    return lesson(seen_through_a_lens(*task))


def seen_through_a_lens(scenario: Scenario, seed: int) -> Iterator[Shot]:
    """Its film as a camera takes it that blurs and smears, and encodes worse or better."""
    random = np.random.default_rng([seed, len(scenario.name), 7])
    film = scenario.film(seed, scenario.seconds)
    shots = replace(film, veils=(*film.veils, lens(random, film.actors))).shots()
    return compressed(shots, bits_a_second(random)) if scenario.compressed else shots


def lessons() -> list[Lesson]:
    moving = [one for one in SCENARIOS if one.kind in (Kind.MOTION, Kind.MIXED)]
    with ProcessPoolExecutor() as pool:
        found = [
            *pool.map(_of_parade, PARADES),
            *pool.map(_of_scenario, [(one, seed) for one in moving for seed in PLAIN_SEEDS]),
            *pool.map(_through_a_lens, [(one, seed) for one in moving for seed in LENS_SEEDS]),
        ]
    return [one for one in found if len(one.covered)]


def written(weights: Reals, says: Reals) -> str:
    """As the module's text."""
    return HEAD.format(weights=_lines(weights), units=len(weights), says=_lines(says))


def _lines(numbers: npt.NDArray[np.float32]) -> str:
    return textwrap.fill(" ".join(f"{number:.4g}" for number in numbers.ravel()), LINE)


def main(say: Callable[[str], object] = sys.stderr.write) -> None:
    taught = lessons()
    say(f"{len(taught)} films, {sum(len(one.covered) for one in taught)} cells\n")
    known, covered = [one.known for one in taught], [one.covered for one in taught]
    LEARNT.write_text(written(*fitted(known, covered, HIDDEN)), encoding="utf-8")


if __name__ == "__main__":
    main()
