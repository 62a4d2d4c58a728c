"""A trial: our analyser on a scenario, as the recorder runs it, and its score."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np

from nvr.model import GRID_COLUMNS, GRID_ROWS, Frame, MotionEvent, Picture
from nvr.settings import CameraSettings
from processor.analyser import Analysis, CameraAnalyser
from tests.scenarios.catalogue import Scenario
from tests.scenarios.chance import NOMINAL
from tests.scenarios.compression import compressed
from tests.scenarios.film import Cells, Shot
from tests.scenarios.score import Found, Score, Seen, score

EPOCH = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
CAMERA = CameraSettings(name="scenario", record="/dev/null")
BLANK = np.zeros((0, 0), np.uint8)


class Pictured(Protocol):
    """A picture `(90, 160) uint8` and when it was taken, as a `Shot` has them."""

    @property
    def seconds(self) -> float: ...
    @property
    def picture(self) -> Picture: ...


def filmed(scenario: Scenario, seed: int = NOMINAL, seconds: float | None = None) -> Iterator[Shot]:
    shots = scenario.film(seed, seconds or scenario.seconds).shots()
    return compressed(shots) if scenario.compressed else shots


def shots_of(scenario: Scenario, seed: int = NOMINAL, seconds: float | None = None) -> list[Shot]:
    return list(filmed(scenario, seed, seconds))


def judge(shots: Iterable[Pictured], settings: CameraSettings = CAMERA) -> tuple[list[Seen], list[Found]]:
    """What our analyser says of each picture, and its events."""
    analyser = CameraAnalyser(settings)
    seen, opened, found = [], 0.0, []
    for shot in shots:
        analysis = analyser.analyse(Frame(settings.name, EPOCH + timedelta(seconds=shot.seconds), shot.picture))
        seen.append(_seen(shot.seconds, analysis))
        for event in _events(analysis.facts):
            opened = opened if event.end else shot.seconds
            found += _found(event, opened)
    for event in _events(analyser.finish()):
        found += _found(event, opened)
    return seen, found


def tried(scenario: Scenario, seed: int = NOMINAL, seconds: float | None = None) -> Score:
    truth: list[Shot] = []
    return score(truth, *judge(_watched(filmed(scenario, seed, seconds), truth)))


def _watched(shots: Iterable[Shot], truth: list[Shot]) -> Iterator[Shot]:
    """The shots, of which only the truth is kept: the pictures of an hour are a gigabyte."""
    for shot in shots:
        truth.append(replace(shot, large=BLANK))
        yield shot


def _seen(seconds: float, analysis: Analysis) -> Seen:
    change = analysis.activity.scene_change
    return Seen(seconds, cells_of(analysis.activity.cells), change.value if change else None)


def cells_of(numbers: np.ndarray[tuple[int], np.dtype[np.uint16]]) -> Cells:
    cells = np.zeros(GRID_ROWS * GRID_COLUMNS, bool)
    cells[numbers] = True
    return cells.reshape(GRID_ROWS, GRID_COLUMNS)


def _events(facts: Sequence[object]) -> list[MotionEvent]:
    return [fact for fact in facts if isinstance(fact, MotionEvent)]


def _found(event: MotionEvent, told: float) -> list[Found]:
    if event.end is None:
        return []
    return [Found((event.start - EPOCH).total_seconds(), (event.end - EPOCH).total_seconds(), told)]
