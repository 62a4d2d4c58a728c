"""Acuity: how keenly each place of a picture is watched, from sensitivities, zones, areas and masks.

Sensitivity is a ladder of rungs. Each rung is a watch with thresholds of its own, the highest the lowest ones. A
sensitivity takes all that the rungs below it find, and of its own rung what is strong enough: so whatever a lower
sensitivity finds, a higher one finds too, by construction.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS
from nvr.settings import CameraSettings, Zone
from processor.cells import Bools, Counts
from processor.cellset import ALL, CellSet, numbers, packed
from processor.zones import cells_inside, pixels_masked

_GRID = (GRID_ROWS, GRID_COLUMNS)


@dataclass(frozen=True, slots=True)
class Rung:
    """A watch for sensitivities above `low` up to `high`: the part of the threshold that all pixels share is scaled by
    `contrast`, so many pixels make a cell suspect, the fullest cell of an object has so many
    at least, and a small one is so strong."""

    low: int
    high: int
    contrast: float
    cell_pixels: int
    core_pixels: int
    least_strength: float


NEUTRAL = 50
"""The sensitivity at which all thresholds are as they were measured."""

LADDER = (Rung(0, NEUTRAL, 1.0, 3, 5, 2.0), Rung(NEUTRAL, 75, 0.7, 3, 4, 1.7), Rung(75, 100, 0.5, 2, 3, 1.4))

FULL_STRENGTH = 4.0
"""The strength that is asked for half way up a rung; at its top none is."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How strong a component must be to count, in each cell `(18, 32)`; None where all count everywhere."""

    strengths: npt.NDArray[np.float64] | None

    @classmethod
    def of(cls, rung: Rung, sensitivity: npt.NDArray[np.int64]) -> "Demand":
        """Falling with sensitivity, endless at the bottom of the rung, nothing at its top."""
        climbed = np.clip((sensitivity - rung.low) / (rung.high - rung.low), 0, 1)
        if (climbed == 1).all():
            return cls(None)
        with np.errstate(divide="ignore"):
            return cls(FULL_STRENGTH * (1 / climbed - 1))

    def met_by(self, strength: float) -> CellSet:
        """The cells in which a component of that strength counts."""
        return ALL if self.strengths is None else packed(self.strengths <= strength)


def rungs(sensitivity: npt.NDArray[np.int64]) -> list[tuple[Rung, Demand]]:
    """Those that some cell's sensitivity reaches; the lowest always, since the scene is learnt by it."""
    reached = [rung for rung in LADDER if rung.low < sensitivity.max()] or [LADDER[0]]
    return [(rung, Demand.of(rung, sensitivity)) for rung in reached]


def sensitivity_map(settings: CameraSettings) -> npt.NDArray[np.int64]:
    """The sensitivity in each cell `(18, 32)`: the keenest zone's, outside zones the camera's."""
    return np.asarray(_mapped(settings, settings.motion.sensitivity, lambda zone: zone.sensitivity, keenest=max), int)


def min_area_map(settings: CameraSettings) -> npt.NDArray[np.float64]:
    """The smallest area that counts in each cell `(18, 32)`: the least demanding zone's, outside zones the camera's."""
    return _mapped(settings, settings.motion.min_area, lambda zone: zone.min_area, keenest=min)


def max_area_map(settings: CameraSettings) -> npt.NDArray[np.float64]:
    """The largest area that counts in each cell `(18, 32)`: the most generous zone's, outside zones the camera's."""
    return _mapped(settings, settings.motion.max_area, lambda zone: zone.max_area, keenest=max)


def _mapped(
    settings: CameraSettings,
    everywhere: float,
    of_zone: Callable[[Zone], float | None],
    keenest: Callable[[npt.NDArray[np.float64]], float] | Callable[..., float],
) -> npt.NDArray[np.float64]:
    cells = np.full(_GRID, everywhere, np.float64)
    values = [(value, cells_inside(zone.points)) for zone in settings.zones if (value := of_zone(zone)) is not None]
    for value, inside in sorted(values, key=lambda zone: zone[0], reverse=keenest is min):
        cells[inside] = value
    return cells


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many pixels of something count in each cell `(576,)`, at `least` and at `most`; `any_does` where all do."""

    least: npt.NDArray[np.float64]
    most: npt.NDArray[np.float64]
    any_does: bool

    @classmethod
    def of(cls, settings: CameraSettings) -> "Sizes":
        pixels = FRAME_HEIGHT * FRAME_WIDTH
        least, most = min_area_map(settings).ravel() * pixels, max_area_map(settings).ravel() * pixels
        return cls(least, most, bool((least <= 0).all() and (most >= pixels).all()))

    def allow(self, cells: CellSet, counts: Counts) -> bool:
        """Whether something in these cells counts, of whose pixels so many differ in each `(576,)`."""
        if self.any_does:
            return True
        own = numbers(cells)
        pixels = int(counts[own].sum(dtype=np.int64))
        return bool(self.least[own].min() <= pixels <= self.most[own].max())


@dataclass(frozen=True, slots=True)
class View:
    """What of a camera's picture may be looked at, `(90, 160)`.

    `interior` leaves out the pixels beside a mask too: a mask's edge would look like the edge of an object.
    """

    visible: Bools
    interior: Bools
    size: int

    @classmethod
    def of(cls, settings: CameraSettings) -> "View":
        visible = ~pixels_masked(settings.masks)
        padded = np.pad(visible, 1, constant_values=True)
        interior = visible & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
        return cls(visible, interior, max(1, int(visible.sum())))

    @property
    def is_whole(self) -> bool:
        return self.size == FRAME_HEIGHT * FRAME_WIDTH

    @property
    def partial(self) -> Bools | None:
        """The `interior` where there are masks."""
        return None if self.is_whole else self.interior
