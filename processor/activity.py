"""What is kept of every analysed frame: rows of activity per second, and heatmap counts per hour."""

from datetime import datetime, timedelta

import numpy as np

from nvr.model import HEATMAP_COLUMNS, HEATMAP_ROWS, Activity, FrameActivity, HeatmapCounts

STRAGGLER = timedelta(seconds=2)
"""How far a frame may come behind the second being gathered and still count for it."""


class ActivityGatherer:
    """Gathers one camera's moving cells by the second. Seconds without motion make no row."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._second: datetime | None = None
        self._score = 0.0
        self._cells: set[int] = set()

    def add(self, activity: FrameActivity) -> Activity | None:
        """Take in a frame; returns the row of the second it ends."""
        row = self.flush() if self._second is not None and self._ends(self._second, activity.time) else None
        if len(activity.cells):
            self._second = self._second or activity.time.replace(microsecond=0)
            self._score = max(self._score, activity.score)
            self._cells.update(activity.cells.tolist())
        return row

    @staticmethod
    def _ends(second: datetime, time: datetime) -> bool:
        return time >= second + timedelta(seconds=1) or time < second - STRAGGLER

    def flush(self) -> Activity | None:
        """The row of the second being gathered, which ends it."""
        if self._second is None:
            return None
        row = Activity(self._camera, self._second, self._score, tuple(sorted(self._cells)))
        self._second, self._score, self._cells = None, 0.0, set()
        return row


class HeatmapGatherer:
    """Counts in how many frames of an hour each heatmap cell of one camera moved."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._hour: datetime | None = None
        self._counts = np.zeros((HEATMAP_ROWS, HEATMAP_COLUMNS), np.int64)

    def add(self, activity: FrameActivity) -> HeatmapCounts | None:
        """Take in a frame; returns what is left of the hour before, where it begins another."""
        if not len(activity.cells):
            return None
        hour = activity.time.replace(minute=0, second=0, microsecond=0)
        ended = self.flush() if hour != self._hour else None
        self._hour = hour
        self._counts += activity.heat
        return ended

    def flush(self) -> HeatmapCounts | None:
        """The counts since the last flush, None where nothing moved."""
        cells = np.flatnonzero(self._counts)
        if self._hour is None or not len(cells):
            return None
        counts = dict(zip(cells.tolist(), self._counts.ravel()[cells].tolist(), strict=True))
        self._counts[:] = 0
        return HeatmapCounts(self._camera, self._hour, counts)
