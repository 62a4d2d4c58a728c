"""Acuity: how keenly each place of a picture is watched, from sensitivities, zones, minimum areas and masks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS
from nvr.settings import CameraSettings
from processor.cells import CELL, Bools, Counts, to_pixels
from processor.zones import cells_inside, pixels_masked

NEUTRAL = 50
"""The sensitivity at which all thresholds are as they were measured."""

SIXTEENTHS = 16
_GRID = (GRID_ROWS, GRID_COLUMNS)


@dataclass(frozen=True, slots=True)
class Acuity:
    """Thresholds per place, each falling (never rising) with sensitivity; stacked, arrays gain a leading camera axis.

    `contrast` `(90, 160) int16` scales the base threshold, in sixteenths; `cell_pixels` `(18, 32) uint8` is how many
    pixels make a cell move; `core_pixels` `(18, 32) uint8` is how many the fullest cell of an object has at least.
    """

    contrast: npt.NDArray[np.int16]
    cell_pixels: Counts
    core_pixels: Counts

    @classmethod
    def of(cls, sensitivity: npt.NDArray[np.int64]) -> "Acuity":
        """From a sensitivity per cell `(18, 32)`, 0 to 100. Sensitivity 0 asks for more pixels than a cell has."""
        coarser = np.exp2((NEUTRAL - sensitivity) / 50)
        blind = sensitivity <= 0
        return cls(
            contrast=to_pixels(np.rint(SIXTEENTHS * np.maximum(coarser, coarser**2)).astype(np.int16)),
            cell_pixels=np.where(blind, CELL * CELL + 1, np.floor(3 * coarser + 0.5)).astype(np.uint8),
            core_pixels=np.floor(5 * coarser + 0.5).astype(np.uint8),
        )

    @classmethod
    def stack(cls, lanes: Sequence["Acuity"]) -> "Acuity":
        return cls(
            contrast=np.stack([lane.contrast for lane in lanes]),
            cell_pixels=np.stack([lane.cell_pixels for lane in lanes]),
            core_pixels=np.stack([lane.core_pixels for lane in lanes]),
        )

    @classmethod
    def neutral(cls, lanes: int) -> "Acuity":
        return cls.stack([cls.of(np.full(_GRID, NEUTRAL))] * lanes)


def sensitivity_map(settings: CameraSettings) -> npt.NDArray[np.int64]:
    """The sensitivity in each cell `(18, 32)`: the keenest zone's, outside zones the camera's."""
    cells = np.full(_GRID, settings.motion.sensitivity)
    zones = [(zone.sensitivity, cells_inside(zone.points)) for zone in settings.zones if zone.sensitivity is not None]
    for sensitivity, inside in sorted(zones, key=lambda zone: zone[0]):
        cells[inside] = sensitivity
    return cells


def min_area_map(settings: CameraSettings) -> npt.NDArray[np.float64]:
    """The smallest area that counts in each cell `(18, 32)`: the least demanding zone's, outside zones the camera's."""
    cells = np.full(_GRID, settings.motion.min_area)
    zones = [(zone.min_area, cells_inside(zone.points)) for zone in settings.zones if zone.min_area is not None]
    for area, inside in sorted(zones, key=lambda zone: zone[0], reverse=True):
        cells[inside] = area
    return cells


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
