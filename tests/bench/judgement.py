"""How well ours and the usual ways judge the films of tests/scenarios, by event and by cell, and at what CPU time."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nvr.model import GRID_COLUMNS, GRID_ROWS
from tests.bench.contenders import Contender
from tests.bench.films import FilmFile
from tests.scenarios.film import COVERED, Cells, Shot
from tests.scenarios.score import JOINED_SECONDS, Found, Score, Seen, score
from tests.scenarios.trial import judge

LEARNING_SECONDS = 2.0
"""At the start of a film, in which the usual ways call everything motion. Ours is given no such time."""

LEAST_CELLS = 3
"""Below it the usual ways are taken to have seen nothing."""

NOTHING: Cells = np.zeros((GRID_ROWS, GRID_COLUMNS), bool)


@dataclass(slots=True)
class Judged:
    """What one contender said of all films. `cpu_seconds` went into `frames`."""

    name: str
    score: Score = field(default_factory=Score)
    cpu_seconds: float = 0.0
    frames: int = 0
    whole: bool = False
    """A whole program, with decoding; it tells no cells."""

    def add(self, film: FilmFile, seen: Sequence[Seen], events: Iterable[Found], cpu_seconds: float) -> None:
        self.score += score(film.shots, seen, events)
        self.cpu_seconds += cpu_seconds
        self.frames += film.frames

    def row(self) -> list[str]:
        latency = np.percentile(self.score.told or [np.nan], (50, 95))
        return [
            self.name,
            f"{1e6 * self.cpu_seconds / self.frames:.0f}",
            f"{self.score.recall:.3f}",
            f"{self.score.precision:.3f}",
            f"{self.score.false_events / self.score.hours:.0f}",
            f"{latency[0]:.1f} / {latency[1]:.1f}",
            "" if self.whole else f"{self.score.cell_f1:.2f}",
        ]


HEAD = ("", "CPU us a frame", "recall", "precision", "false / h", "latency p50 / p95, s", "cells' F1")


def judged(films: Sequence[FilmFile], usual: Iterable[Contender]) -> list[Judged]:
    return [_ours(films), *(_usual(one, films) for one in usual)]


def _ours(films: Sequence[FilmFile]) -> Judged:
    result = Judged("ours: the whole analyser")
    for film in films:
        small = [shot.picture for shot in film.shots]
        shots = [_Small(shot.seconds, picture) for shot, picture in zip(film.shots, small, strict=True)]
        began = time.process_time()
        seen, events = judge(shots)
        result.add(film, seen, events, time.process_time() - began)
    return result


@dataclass(frozen=True, slots=True)
class _Small:
    """A shot whose scaling is not counted: ffmpeg does it in a recorder."""

    seconds: float
    picture: npt.NDArray[np.uint8]


def _usual(contender: Contender, films: Sequence[FilmFile]) -> Judged:
    result = Judged(contender.name)
    for film in films:
        look, spent, seen = contender.begin(), 0.0, []
        for shot in film.shots:
            began = time.process_time()
            changed = look(shot.large)
            spent += time.process_time() - began
            seen.append(Seen(shot.seconds, _cells(changed, shot)))
        result.add(film, seen, events_of(seen), spent)
    return result


def _cells(changed: object, shot: Shot) -> Cells:
    """The cells that a mask `(180, 320)` of 255 for motion covers as the truth does."""
    if shot.seconds < LEARNING_SECONDS:
        return NOTHING
    side = shot.large.shape[0] // GRID_ROWS
    mask = np.asarray(changed) == 255
    cells = mask.reshape(GRID_ROWS, side, GRID_COLUMNS, side).mean(axis=(1, 3)) >= COVERED
    return np.asarray(cells if cells.sum() >= LEAST_CELLS else NOTHING)


def events_of(seen: Iterable[Seen]) -> list[Found]:
    """Moving pictures as events, joined as the truth is; each is known with its first picture."""
    events: list[Found] = []
    for moment in (one.seconds for one in seen if one.cells.any()):
        if events and moment - events[-1].end < JOINED_SECONDS:
            events[-1] = Found(events[-1].start, moment, events[-1].told)
        else:
            events.append(Found(moment, moment, moment))
    return events
