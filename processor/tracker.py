"""The tracker: one camera's FrameActivities in, motion events out, in event time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from nvr.model import Box, FrameActivity, MotionEvent
from nvr.settings import MotionSettings
from processor.cells import box_around, union
from processor.zones import ZoneMap


@dataclass(frozen=True, slots=True)
class Stretch:
    """Motion as gathered so far, from its onset to its last moving frame; it may never become an event."""

    start: datetime
    last: datetime
    peak: float
    box: Box
    zones: frozenset[str]

    @property
    def duration(self) -> timedelta:
        return self.last - self.start

    def joined(self, other: "Stretch") -> "Stretch":
        return replace(
            self,
            last=max(self.last, other.last),
            peak=max(self.peak, other.peak),
            box=union(self.box, other.box),
            zones=self.zones | other.zones,
        )


class Tracker:
    """Opens an event when motion lasts `min_duration_seconds`, closes it when there was none for `off_after_seconds`
    and nothing that moved stands there any more; its end is its last moving frame.

    An event is returned when it opens, and again when it closes. A pause in the frames, or a step back of the clock,
    longer than `off_after_seconds` closes it at its last moving frame; a smaller step back is borne.
    """

    def __init__(self, camera: str, settings: MotionSettings, zones: ZoneMap) -> None:
        self._camera, self._settings, self._zones = camera, settings, zones
        self._off_after = timedelta(seconds=settings.off_after_seconds)
        self._cooldown = timedelta(seconds=settings.cooldown_seconds)
        self._stretch: Stretch | None = None
        self._present = datetime.min.replace(tzinfo=UTC)
        self._event_open = False
        self._closed: datetime | None = None

    @property
    def motion_active(self) -> bool:
        """Whether an event is open."""
        return self._event_open

    @property
    def zones(self) -> frozenset[str]:
        """Those that the open event has touched by now."""
        return self._stretch.zones if self._stretch and self._event_open else frozenset()

    def follow(self, activity: FrameActivity) -> tuple[MotionEvent, ...]:
        """The events that this frame opens or closes."""
        closed = self.finish() if self._is_over(activity.time) else ()
        if len(activity.cells) and not self._is_cooling(activity.time):
            return closed + self._gather(self._seen_in(activity))
        if len(activity.standing) and self._stretch and self._event_open:
            self._wait_for(self._stretch, activity)
        return closed

    def finish(self) -> tuple[MotionEvent, ...]:
        """Close what is open, at its last moving frame: the end of the file, or of the recorder."""
        stretch, self._stretch = self._stretch, None
        if stretch is None or not self._event_open:
            return ()
        self._event_open, self._closed = False, stretch.last
        return (self._event(stretch, end=stretch.last),)

    def _is_over(self, time: datetime) -> bool:
        return self._stretch is not None and abs(time - self._present) >= self._off_after

    def _is_cooling(self, time: datetime) -> bool:
        """Within the cooldown after an event. A clock set back does not prolong it."""
        return self._closed is not None and abs(time - self._closed) < self._cooldown

    def _seen_in(self, activity: FrameActivity) -> Stretch:
        return Stretch(
            start=self._start(activity),
            last=activity.time,
            peak=activity.score,
            box=box_around(activity.cells),
            zones=self._zones.touched(activity.cells, activity.time),
        )

    def _start(self, activity: FrameActivity) -> datetime:
        """The onset, unless it lies within the event before."""
        onset = activity.onset or activity.time
        return activity.time if self._closed and onset <= self._closed <= activity.time else onset

    def _wait_for(self, stretch: Stretch, activity: FrameActivity) -> None:
        """What moved is still there, and so are the zones in which it lingers."""
        self._present = max(self._present, activity.time)
        touched = self._zones.touched(activity.standing, activity.time)
        self._stretch = replace(stretch, zones=stretch.zones | touched)

    def _gather(self, seen: Stretch) -> tuple[MotionEvent, ...]:
        self._stretch = stretch = self._stretch.joined(seen) if self._stretch else seen
        self._present = stretch.last
        if self._event_open or stretch.duration < timedelta(seconds=self._settings.min_duration_seconds):
            return ()
        self._event_open = True
        return (self._event(stretch, end=None),)

    def _event(self, stretch: Stretch, end: datetime | None) -> MotionEvent:
        return MotionEvent(
            id=MotionEvent.identity(self._camera, stretch.start),
            camera=self._camera,
            start=stretch.start,
            end=end,
            peak=stretch.peak,
            box=stretch.box,
            zones=tuple(sorted(stretch.zones)),
            footage_start=stretch.start - timedelta(seconds=self._settings.pre_roll_seconds),
            footage_end=end and end + timedelta(seconds=self._settings.post_roll_seconds),
        )
