"""Of which stretches of a camera's time the pictures have been analysed, one after the other."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_STRETCHES = 100
"""Beyond these the oldest are forgotten: what lies in them then counts as never analysed."""


@dataclass(slots=True)
class _Stretch:
    start: datetime
    end: datetime


class AnalysedTime:
    """Told of each frame's time. Frames further apart than `pause_seconds`, or backwards, begin another stretch.

    Footage need not begin and end with an analysed frame: `edge_seconds` at either end may be without.
    """

    def __init__(self, pause_seconds: float, edge_seconds: float) -> None:
        self._pause, self._edge = (timedelta(seconds=each) for each in (pause_seconds, edge_seconds))
        self._stretches = deque[_Stretch](maxlen=MOST_STRETCHES)

    @property
    def until(self) -> datetime | None:
        """The time of the last frame."""
        return self._stretches[-1].end if self._stretches else None

    def add(self, time: datetime) -> None:
        last = self._stretches[-1] if self._stretches else None
        if last and last.end <= time <= last.end + self._pause:
            last.end = time
        else:
            self._stretches.append(_Stretch(time, time))

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether no picture between `start` and `end` was left out."""
        return any(each.start - self._edge <= start and end <= each.end + self._edge for each in self._stretches)

    def missed(self, start: datetime) -> bool:
        """Whether analysis has gone on to a stretch that begins later, so that what began then is never covered."""
        return bool(self._stretches) and start < self._stretches[-1].start - self._edge
