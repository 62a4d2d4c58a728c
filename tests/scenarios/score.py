"""The score: what was said of a film against its truth, by event, by picture and by cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Self

import numpy as np

from nvr.model import GRID_COLUMNS, GRID_ROWS, Box
from tests.scenarios.film import Cells, Shot

JOINED_SECONDS = 3.0
"""Motion that pauses for less is one event, as by the default `off_after`."""

STANDING_SECONDS = 10.0
"""The same, where the one who moved stands in the picture meanwhile."""

BEFORE_SECONDS, AFTER_SECONDS = 0.5, 1.5
"""How far outside of a true event a detected one, or a moving picture, may lie and still belong to it."""

LARGE_CELLS = 40


@dataclass(frozen=True, slots=True)
class Span:
    start: float
    end: float

    def near(self, other: "Span") -> bool:
        return other.start - BEFORE_SECONDS <= self.end and self.start <= other.end + AFTER_SECONDS


@dataclass(frozen=True, slots=True)
class Seen:
    """What was said of one picture, whatever said it. `change` is the word of a scene change."""

    seconds: float
    cells: Cells
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Found(Span):
    """A detected event; it was known at `told` seconds."""

    told: float


@dataclass(slots=True)
class Score:
    """Sums over films, so that scores add up. Latencies are in seconds, overlaps in shares; true events that were told
    as several are `split`."""

    hours: float = 0.0
    true_events: int = 0
    missed: int = 0
    split: int = 0
    detected: int = 0
    false_events: int = 0
    frames: int = 0
    moving_frames: int = 0
    false_frames: int = 0
    hits: int = 0
    false_cells: int = 0
    missed_cells: int = 0
    onsets: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    overlaps: list[float] = field(default_factory=list)
    changes: set[str] = field(default_factory=set)

    @property
    def recall(self) -> float:
        return 1 - self.missed / self.true_events if self.true_events else 1.0

    @property
    def precision(self) -> float:
        return 1 - self.false_events / self.detected if self.detected else 1.0

    @property
    def cell_f1(self) -> float:
        wrong = self.false_cells + self.missed_cells
        return 2 * self.hits / (2 * self.hits + wrong) if self.hits or wrong else 1.0

    def __iadd__(self, other: "Score") -> Self:
        for sums in fields(self):
            if sums.name != "changes":
                setattr(self, sums.name, getattr(self, sums.name) + getattr(other, sums.name))
        self.changes |= other.changes
        return self


def true_events(shots: Sequence[Shot]) -> list[Span]:
    """Stretches in which something moves, from the first picture with a moving cell to the last."""
    spans: list[Span] = []
    stood = 0.0
    for shot in shots:
        if shot.ignored.any():
            stood = shot.seconds
        if not shot.cells.any():
            continue
        if spans and shot.seconds - spans[-1].end < _pause(spans[-1], shot, stood):
            spans[-1] = Span(spans[-1].start, shot.seconds)
        else:
            spans.append(Span(shot.seconds, shot.seconds))
    return spans


def _pause(span: Span, shot: Shot, stood: float) -> float:
    return STANDING_SECONDS if span.end < stood < shot.seconds else JOINED_SECONDS


def score(shots: Sequence[Shot], seen: Sequence[Seen], events: Iterable[Found]) -> Score:
    """Of one film; `seen` has one entry a shot."""
    truth, detected = true_events(shots), list(events)
    result = Score(hours=(shots[-1].seconds - shots[0].seconds) / 3600, true_events=len(truth), detected=len(detected))
    result.false_events = sum(not any(one.near(span) for span in truth) for one in detected)
    for span in truth:
        found = [one for one in detected if one.near(span)]
        if not found:
            result.missed += 1
            continue
        result.split += len(found) > 1
        result.onsets.append(abs(found[0].start - span.start))
        result.told.append(found[0].told - span.start)
        result.ends.append(abs(found[-1].end - span.end))
    for shot, one in zip(shots, seen, strict=True):
        _count(result, shot, one, truth)
    return result


def _count(result: Score, shot: Shot, seen: Seen, truth: Sequence[Span]) -> None:
    result.frames += 1
    result.moving_frames += bool(seen.cells.any())
    moment = Span(shot.seconds, shot.seconds)
    result.false_frames += bool(seen.cells.any()) and not any(moment.near(span) for span in truth)
    result.hits += int((seen.cells & shot.cells).sum())
    result.false_cells += int((seen.cells & ~shot.cells & ~shot.ignored).sum())
    result.missed_cells += int((shot.cells & ~seen.cells).sum())
    if seen.change:
        result.changes.add(seen.change)
    if shot.box and shot.cells.sum() >= LARGE_CELLS:
        result.overlaps.append(overlap(box_of(seen.cells), shot.box))


def box_of(cells: Cells) -> Box | None:
    rows, columns = np.nonzero(cells)
    if not len(rows):
        return None
    left, top = columns.min() / GRID_COLUMNS, rows.min() / GRID_ROWS
    return left, top, (columns.max() + 1) / GRID_COLUMNS - left, (rows.max() + 1) / GRID_ROWS - top


def overlap(one: Box | None, other: Box) -> float:
    """Intersection over union."""
    if one is None:
        return 0.0
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
