"""The analyser: all that is done with the frames of one camera, from picture to the facts that are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from nvr.model import Activity, Frame, FrameActivity, HeatmapCounts, MotionEvent, SceneChange
from nvr.settings import CameraSettings
from processor.activity import ActivityGatherer, HeatmapGatherer
from processor.detector import Detector
from processor.tracker import Tracker
from processor.zones import ZoneMap

Finding = Activity | MotionEvent | HeatmapCounts

HEATMAP_EVERY = timedelta(seconds=10)
"""How often counts are handed over: this much is lost when the process is killed."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one frame told. `is_distinct` is False where the picture equals the one before it in every pixel, as a
    frozen camera's do."""

    activity: FrameActivity
    facts: tuple[Finding, ...]
    is_distinct: bool


class CameraAnalyser:
    """Analyses the frames of one camera, in the order they were taken."""

    def __init__(self, settings: CameraSettings) -> None:
        self._detector = Detector([settings])
        self._tracker = Tracker(settings.name, settings.motion, ZoneMap(settings.zones))
        self._activity, self._heatmap = ActivityGatherer(settings.name), HeatmapGatherer(settings.name)
        self._heatmap_flushed: datetime | None = None
        self._last = b""

    @property
    def motion_active(self) -> bool:
        return self._tracker.motion_active

    @property
    def zones(self) -> frozenset[str]:
        """Those that the motion of the open event has touched by now."""
        return self._tracker.zones

    @property
    def tampering(self) -> frozenset[SceneChange]:
        """What is done to the camera now, as far as its picture tells."""
        return self._detector.tampering()

    def analyse(self, frame: Frame) -> Analysis:
        [activity] = self._detector.detect(frame.picture[np.newaxis], [frame.time])
        grays, before = frame.picture.tobytes(), self._last  # bytes compare in a fifth of the time of arrays
        self._last = grays
        return Analysis(activity, self._facts(activity), grays != before)

    def finish(self) -> tuple[Finding, ...]:
        """What is still held back: at the end of a file, or of the recorder."""
        return _present(self._activity.flush(), self._heatmap.flush(), *self._tracker.finish())

    def _facts(self, activity: FrameActivity) -> tuple[Finding, ...]:
        return _present(
            self._activity.add(activity),
            self._heatmap.add(activity),
            self._heatmap.flush() if self._is_heatmap_due(activity.time) else None,
            *self._tracker.follow(activity),
        )

    def _is_heatmap_due(self, time: datetime) -> bool:
        if self._heatmap_flushed and abs(time - self._heatmap_flushed) < HEATMAP_EVERY:
            return False
        self._heatmap_flushed = time
        return True


def _present(*facts: Finding | None) -> tuple[Finding, ...]:
    return tuple(fact for fact in facts if fact is not None)
