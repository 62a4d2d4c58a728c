"""A camera's latest footage in mode `motion`: recorded in any case, and kept only where something moved.

The footage from before a motion is therefore there already when it begins. A segment that overlaps the footage of an
event, rolls included, is promoted: it stays. Another goes, but only once every one of its pictures was analysed, and
those after it for so long that no event can reach back to it any more. Whatever was not judged so stays as well, and
so does what a camera recorded while it was covered, turned, out of focus or frozen: nothing can be judged by that.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ingest.analysed import AnalysedTime
from ingest.schedule import Schedule, Stretch
from nvr.model import Fact, MotionEvent, Segment
from nvr.ports import FactSink
from nvr.settings import MotionSettings, RecordingMode

MOST_SEGMENTS = 1000
"""Beyond these the oldest stay without having been judged."""

ONSET_FRAMES = 8
"""So many frames after its onset a motion may be confirmed."""

TAMPERING_FRAMES = 25
"""So many frames after its beginning tampering may be told, but for a picture that stands still."""

MOST_STRETCHES = 100
"""Of tampering."""

LONGEST = timedelta(hours=2)
"""No segment is longer: one that is still to come may reach so far back."""


def waiting_seconds(motion: MotionSettings, segment_seconds: float) -> float:
    """How long after its end a segment waits for motion: an event that begins a pre-roll later may be told of only
    when it was confirmed and has lasted, with pauses; two segments more are for what is late."""
    lasting = ONSET_FRAMES / motion.fps + motion.min_duration_seconds + motion.off_after_seconds
    late = max(motion.post_roll_seconds + lasting, TAMPERING_FRAMES / motion.fps)
    return motion.pre_roll_seconds + late + 2 * segment_seconds


def pause_seconds(motion: MotionSettings) -> float:
    """How far apart analysed frames may be for nothing to be missed in between."""
    return 1.0 + 2.0 / motion.fps


def edge_seconds(motion: MotionSettings) -> float:
    """How far from a segment's ends the first and the last of its analysed frames may be."""
    return 0.5 + 1.0 / motion.fps


@dataclass(frozen=True, slots=True)
class Worth:
    """The footage of an event; `end` is None while it lasts."""

    start: datetime
    end: datetime | None

    def holds(self, segment: Segment) -> bool:
        return self.start < segment.end and (self.end is None or segment.start < self.end)


class Ring:
    """A FactSink that passes on what it is given. Methods may be called from any thread, and touch no disk."""

    def __init__(
        self,
        facts: FactSink,
        schedule: Schedule,
        motion: MotionSettings,
        segment_seconds: float,
        *,
        note: Callable[[MotionEvent], None],
    ) -> None:
        self._facts, self._schedule, self._note = facts, schedule, note
        self._segment_seconds = segment_seconds
        self._lock = threading.Lock()
        self._segments = deque[Segment](maxlen=MOST_SEGMENTS)
        self._worth: dict[UUID, Worth] = {}
        self._tampered = deque[Stretch](maxlen=MOST_STRETCHES)
        self._sure_since: datetime | None = None
        self._analysed = AnalysedTime(pause_seconds(motion), edge_seconds(motion))
        self._silent_until: datetime | None = None
        self.change(motion)

    def change(self, motion: MotionSettings) -> None:
        """Other motion settings hold."""
        self._wait = timedelta(seconds=waiting_seconds(motion, self._segment_seconds))
        self._before = timedelta(seconds=motion.pre_roll_seconds + TAMPERING_FRAMES / motion.fps)
        self._after = timedelta(seconds=motion.post_roll_seconds)

    def reschedule(self, schedule: Schedule, now: datetime) -> None:
        """Another schedule holds. What was begun under the one before stays, whatever it said."""
        with self._lock:
            self._schedule, self._sure_since = schedule, now

    def put(self, fact: Fact) -> None:
        """A segment that was finished, an event that opened or closed, or something else."""
        self._facts.put(fact)
        if isinstance(fact, MotionEvent):
            self._note(fact)
            with self._lock:
                self._worth[fact.id] = Worth(fact.footage_start, fact.footage_end)
        elif isinstance(fact, Segment) and self._is_for_motion(fact):
            with self._lock:
                self._segments.append(fact)

    def analysed(self, time: datetime) -> None:
        """The picture of that time was; what it told has been put before."""
        with self._lock:
            self._analysed.add(time)

    def tampered(self, time: datetime) -> None:
        """The picture of that time is of a camera that is tampered with. What it recorded when that began stays too."""
        start, end = time - self._before, time + self._after
        with self._lock:
            last = self._tampered[-1] if self._tampered else None
            if last and last[0] <= time and start <= last[1]:
                self._tampered[-1] = (last[0], end)
            else:
                self._tampered.append((start, end))

    def silent(self, now: datetime) -> None:
        """Nothing is recorded, and no picture is on its way to analysis."""
        with self._lock:
            self._silent_until = now

    def unmoved(self) -> list[Segment]:
        """The segments that go: judged, and nothing moved. They are returned until they are forgotten."""
        with self._lock:
            self._drop_settled()
            return [segment for segment in self._segments if self._is_judged(segment)]

    def forget(self, segments: Iterable[Segment]) -> None:
        """They have gone, or stay for good."""
        gone = {segment.id for segment in segments}
        with self._lock:
            self._keep_only(lambda segment: segment.id not in gone)

    def _is_for_motion(self, segment: Segment) -> bool:
        if self._sure_since and segment.start < self._sure_since:
            return False
        return self._schedule.is_throughout(RecordingMode.MOTION, segment.start, segment.end)

    def _is_judged(self, segment: Segment) -> bool:
        until = max((time for time in (self._analysed.until, self._silent_until) if time), default=None)
        return bool(until and until >= segment.end + self._wait) and self._analysed.covers(segment.start, segment.end)

    def _drop_settled(self) -> None:
        """What was promoted, or can never be judged, stays and is none of the ring any more."""
        worth = [*self._worth.values(), *(Worth(*stretch) for stretch in self._tampered)]
        self._keep_only(
            lambda segment: not any(each.holds(segment) for each in worth) and not self._is_unjudgeable(segment)
        )
        oldest = min((segment.start for segment in self._segments), default=None)
        until = self._analysed.until
        if until:
            limit = min(oldest or until, until - LONGEST)
            self._worth = {id: each for id, each in self._worth.items() if each.end is None or each.end > limit}
            while self._tampered and self._tampered[0][1] <= limit:
                self._tampered.popleft()

    def _is_unjudgeable(self, segment: Segment) -> bool:
        return self._analysed.missed(segment.start) and not self._analysed.covers(segment.start, segment.end)

    def _keep_only(self, stays: Callable[[Segment], bool]) -> None:
        self._segments = deque((segment for segment in self._segments if stays(segment)), maxlen=MOST_SEGMENTS)
