"""The detector: pictures of N cameras in, what moves in each out.

The model of a scene never depends on how keenly it is watched: it is kept by a watch at neutral acuity. Sensitivity,
zones and minimum areas only decide what is reported of it, so that a higher sensitivity finds what a lower one found.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from nvr.model import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    HEATMAP_COLUMNS,
    HEATMAP_ROWS,
    FrameActivity,
    Picture,
    SceneChange,
)
from nvr.settings import CameraSettings
from processor.acuity import NEUTRAL, Acuity, View, min_area_map, sensitivity_map
from processor.background import Background
from processor.cells import Bools, neighbourhood, to_heat, to_pixels
from processor.components import MEMORY, Components
from processor.light import LightWatch
from processor.patience import Patience
from processor.watch import Motion, Watch

BLIND_FRAMES = 8
"""Frames after a start in which nothing is judged: the background is not known yet."""

RESTART_AFTER = timedelta(seconds=30)
"""A pause after which the scene is learnt anew: the sun has moved, and so may have things."""

SHOWER_CELLS = 8
"""So many unconfirmed cells beside motion are rain or noise."""


class Detector:
    """Finds motion in N cameras at once; lane n is the camera of `settings[n]`."""

    def __init__(self, settings: Sequence[CameraSettings]) -> None:
        lanes = len(settings)
        self._views = [View.of(camera) for camera in settings]
        self._least_pixels = [min_area_map(camera) * FRAME_HEIGHT * FRAME_WIDTH for camera in settings]
        self._scene, self._light, self._patience = Background(lanes), LightWatch(lanes), Patience(lanes)
        self._neutral = Watch(Acuity.neutral(lanes))
        self._keen = _keen_watch(settings) or self._neutral
        self._visible = _visible(self._views)
        self._times = [deque[datetime](maxlen=MEMORY + 1) for _ in settings]

    def detect(self, pictures: Picture, times: Sequence[datetime]) -> list[FrameActivity]:
        """What moves in the next pictures `(N, 90, 160) uint8`, one of each camera, taken at `times`."""
        self._keep(times)
        self._scene.compare(pictures if self._visible is None else pictures * self._visible)
        self._neutral.look(self._scene)
        changes = self._light.follow(self._scene, self._neutral, self._views)
        judged = (self._scene.age > BLIND_FRAMES) & self._light.settled
        found = self._judge(self._neutral, judged)
        self._adapt(found)
        held = self._patience.hold({lane: motion.components.cells for lane, motion in found.items()})
        if self._keen is not self._neutral:
            self._keen.look(self._scene)
            found = self._judge(self._keen, judged)
        self._scene.learn(np.flatnonzero(~judged).tolist(), held)
        return [self._activity(lane, found.get(lane), change) for lane, change in enumerate(changes)]

    def _keep(self, times: Sequence[datetime]) -> None:
        for lane, time in enumerate(times):
            if self._times[lane] and abs(time - self._times[lane][-1]) > RESTART_AFTER:
                self._scene.restart(lane)
            self._times[lane].append(time)

    def _judge(self, watch: Watch, judged: Bools) -> dict[int, Motion]:
        lanes = np.flatnonzero(watch.suspects.any(axis=(1, 2)) & judged)
        motions = {lane: watch.judge(lane, self._scene, self._views[lane].interior) for lane in lanes.tolist()}
        return {lane: motion for lane, motion in motions.items() if motion}

    def _adapt(self, found: Mapping[int, Motion]) -> None:
        """Suspects that nothing confirms are sparks. Beside motion only many are: an object has its own few."""
        for lane in np.flatnonzero(self._light.settled).tolist():
            suspects = self._neutral.suspects[lane]
            if lane not in found:
                self._scene.adapt(lane, int(np.count_nonzero(suspects)))
            elif (sparks := _beside(suspects, found[lane])) > SHOWER_CELLS:
                self._scene.adapt(lane, sparks)

    def _activity(self, lane: int, motion: Motion | None, change: SceneChange | None) -> FrameActivity:
        times = self._times[lane]
        components = self._large_enough(lane, motion) if motion else None
        if not motion or not components or not components.count:
            return FrameActivity(times[-1], 0.0, NO_CELLS, NO_HEAT, change)
        return FrameActivity(
            time=times[-1],
            score=math.sqrt(np.count_nonzero(components.labels) / components.labels.size),
            cells=np.flatnonzero(components.labels).astype(np.uint16),
            heat=to_heat(motion.pixels & to_pixels(components.cells)),
            scene_change=change,
            onset=times[-1 - min(motion.seen_before, len(times) - 1)],
        )

    def _large_enough(self, lane: int, motion: Motion) -> Components:
        least = self._least_pixels[lane]
        if not least.any():
            return motion.components
        return motion.components.kept(motion.components.sums(motion.counts) >= motion.components.least(least))


def _beside(suspects: Bools, motion: Motion) -> int:
    return int(np.count_nonzero(suspects & ~neighbourhood(motion.components.cells)))


def _keen_watch(settings: Sequence[CameraSettings]) -> Watch | None:
    """A watch at the cameras' own acuities, None where all are neutral."""
    maps = [sensitivity_map(camera) for camera in settings]
    if all((sensitivity == NEUTRAL).all() for sensitivity in maps):
        return None
    return Watch(Acuity.stack([Acuity.of(sensitivity) for sensitivity in maps]))


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
