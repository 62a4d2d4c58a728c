"""The detector: pictures of N cameras in, what moves in each out.

The model of a scene never depends on how keenly it is watched: it is kept by a watch of neutral acuity. Sensitivity,
zones and areas only decide what is reported of it.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from nvr.model import (
    GRID_COLUMNS,
    GRID_ROWS,
    HEATMAP_COLUMNS,
    HEATMAP_ROWS,
    FrameActivity,
    Picture,
    SceneChange,
)
from nvr.settings import CameraSettings
from processor.acuity import View
from processor.background import Background
from processor.cells import Bools, count_per_cell, to_heat, within
from processor.cellset import numbers, unpacked
from processor.lane import Lane, Verdict


class Detector:
    """Finds motion in N cameras at once; lane n is the camera of `settings[n]`."""

    def __init__(self, settings: Sequence[CameraSettings]) -> None:
        self._scene = Background(len(settings))
        self._lanes = [Lane(number, camera) for number, camera in enumerate(settings)]
        self._visible = _visible([View.of(camera) for camera in settings])

    def tampering(self, number: int = 0) -> frozenset[SceneChange]:
        """What camera `number` suffers now: the scene changes by tampering that last."""
        return self._lanes[number].tampering

    def detect(self, pictures: Picture, times: Sequence[datetime]) -> list[FrameActivity]:
        """What moves in the next pictures `(N, 90, 160) uint8`, one of each camera, taken at `times`.

        Pictures are kept, those that a scene begins with for 25 frames: pass new arrays.
        """
        pictures = pictures if self._visible is None else pictures * self._visible
        scene = self._scene
        # Grays below `low` wrap around to the top, so that one comparison does for both sides.
        differing = (pictures - scene.low) > scene.room
        counts = count_per_cell(differing)
        verdicts = [
            lane.judge(times[number], pictures[number], scene, differing[number], counts[number])
            for number, lane in enumerate(self._lanes)
        ]
        scene.learn(pictures, {number: lane.held for number, lane in enumerate(self._lanes) if lane.held})
        return [_activity(lane.times, verdict) for lane, verdict in zip(self._lanes, verdicts, strict=True)]


def _activity(times: Sequence[datetime], verdict: Verdict) -> FrameActivity:
    report = verdict.report
    standing = numbers(verdict.standing).astype(np.uint16) if verdict.standing else NO_CELLS
    if report is None:
        return FrameActivity(times[-1], 0.0, NO_CELLS, NO_HEAT, verdict.change, standing=standing)
    cells = unpacked(report.cells)
    return FrameActivity(
        time=times[-1],
        score=math.sqrt(report.cells.bit_count() / cells.size),
        cells=cells.nonzero()[0].astype(np.uint16),
        heat=to_heat(within(report.differing, cells.reshape(GRID_ROWS, GRID_COLUMNS))),
        scene_change=verdict.change,
        onset=times[-1 - min(report.seen_before, len(times) - 1)],
        standing=standing,
    )


def _visible(views: Sequence[View]) -> Picture | None:
    """Ones where something may be seen, noughts under masks `(N, 90, 160) uint8`; None where there are no masks."""
    if all(view.is_whole for view in views):
        return None
    return np.stack([view.visible for view in views]).astype(np.uint8)


def _nothing(shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Shared by all idle frames, hence read-only."""
    array = np.zeros(shape, dtype)
    array.flags.writeable = False
    return array


NO_CELLS: npt.NDArray[np.uint16] = _nothing((0,), np.uint16)
NO_HEAT: Bools = _nothing((HEATMAP_ROWS, HEATMAP_COLUMNS), bool)
