"""What of a ring stays: what moved, rolls included, and whatever was not judged."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ingest.analysed import AnalysedTime
from ingest.ring import Ring, pause_seconds, waiting_seconds
from ingest.schedule import Schedule
from nvr.model import MotionEvent, Segment
from nvr.settings import MotionSettings, RecordingMode, RecordingSettings, WeeklyRange
from tests.ingest.conftest import NOON, KeptFacts

SECOND = timedelta(seconds=1)
MOTION = MotionSettings(fps=4.0, pre_roll_seconds=3.0, post_roll_seconds=4.0, off_after_seconds=2.0)
LENGTH = 2.0
WAIT = 15
ALWAYS = RecordingSettings(RecordingMode.MOTION)


def at(seconds: float) -> datetime:
    return NOON + seconds * SECOND


def segment(start: float, length: float = LENGTH) -> Segment:
    return Segment(Segment.identity("yard", at(start)), "yard", at(start), length, 1000, "p", "h264", 16, 9)


def event(start: float, end: float | None, motion: MotionSettings = MOTION) -> MotionEvent:
    before, after = motion.pre_roll_seconds * SECOND, motion.post_roll_seconds * SECOND
    return MotionEvent(
        id=MotionEvent.identity("yard", at(start)),
        camera="yard",
        start=at(start),
        end=None if end is None else at(end),
        peak=0.5,
        box=(0, 0, 1, 1),
        zones=(),
        footage_start=at(start) - before,
        footage_end=None if end is None else at(end) + after,
    )


class Story:
    """A ring that is told of segments, frames and events; times are seconds after noon."""

    def __init__(self, recording: RecordingSettings = ALWAYS) -> None:
        self.facts, self.noted = KeptFacts(), list[MotionEvent]()
        schedule = Schedule(recording, ZoneInfo("UTC"))
        self.ring = Ring(self.facts, schedule, MOTION, LENGTH, note=self.noted.append)

    def record(self, start: float, end: float) -> None:
        while start < end:
            self.ring.put(segment(start))
            start += LENGTH

    def analyse(self, start: float, end: float) -> None:
        for tenth in range(int(start * 10), int(end * 10) + 1, 2):
            self.ring.analysed(at(tenth / 10))

    def going(self) -> list[float]:
        """When those begin that go."""
        return [(each.start - NOON) / SECOND for each in self.ring.unmoved()]


def test_the_wait_is_as_long_as_an_event_may_reach_back_and_be_late() -> None:
    assert waiting_seconds(MOTION, LENGTH) == WAIT
    assert waiting_seconds(replace(MOTION, min_duration_seconds=5.0), 60.0) == 3 + 4 + 2 + 5 + 2 + 120


def test_what_nothing_moved_in_goes_when_its_wait_is_over_and_is_told_of_until_it_is_gone() -> None:
    story = Story()
    story.record(0, 4)
    story.analyse(0, 2 + WAIT - 1)
    assert story.going() == []
    story.analyse(2 + WAIT - 0.8, 2 + WAIT)
    assert story.going() == story.going() == [0]
    story.ring.forget([segment(0)])
    story.analyse(2 + WAIT + 0.2, 60)
    assert story.going() == [2]


def test_an_event_keeps_its_rolls() -> None:
    story = Story()
    story.record(0, 30)
    story.analyse(0, 10)
    story.ring.put(event(10, None))
    story.analyse(10.2, 15)
    story.ring.put(event(10, 13))
    story.analyse(15.2, 60)
    assert story.going() == [0, 2, 4, 18, 20, 22, 24, 26, 28]  # 7 to 17 is the event's footage
    assert story.noted == [event(10, None), event(10, 13)]


def test_segments_that_are_finished_while_it_moves_or_shortly_after_stay() -> None:
    story = Story()
    story.analyse(0, 10)
    story.ring.put(event(10, None))
    story.record(6, 10)
    story.analyse(10.2, 15)
    story.ring.put(event(10, 13))
    story.record(10, 20)
    story.analyse(15.2, 60)
    assert story.going() == [18]


def test_what_is_recorded_while_an_event_lasts_and_lasts_stays() -> None:
    story = Story()
    story.ring.put(event(0, None))
    story.record(0, 60)
    story.analyse(0, 200)
    assert story.going() == []


@pytest.mark.parametrize(
    ("pictures", "going"),
    [
        ([], []),
        ([(0, 3), (9, 60)], [0, 10, 12]),  # the decoder was away
        ([(7, 60)], [8, 10, 12]),
        ([(0, 5.2), (6.4, 60)], [0, 2, 4, 6, 8, 10, 12]),  # a slow camera
    ],
)
def test_what_was_not_analysed_from_beginning_to_end_stays(
    pictures: list[tuple[float, float]], going: list[float]
) -> None:
    story = Story()
    story.record(0, 14)
    for start, end in pictures:
        story.analyse(start, end)
        story.ring.unmoved()
    assert story.going() == going


def test_pictures_that_come_late_are_waited_for() -> None:
    story = Story()
    story.record(0, 60)
    story.analyse(0, 3)
    assert story.going() == []


def test_the_end_of_a_days_recording_is_judged_when_no_picture_is_on_its_way() -> None:
    story = Story()
    story.record(0, 4)
    story.analyse(0, 4)
    story.ring.silent(at(10))
    assert story.going() == []
    story.ring.silent(at(4 + WAIT))
    assert story.going() == [0, 2]


def test_what_was_recorded_in_continuous_time_stays() -> None:
    noon = 12 * 3600
    nights = RecordingSettings(
        RecordingMode.CONTINUOUS, (WeeklyRange(frozenset(range(7)), noon + 3, noon + 8, RecordingMode.MOTION),)
    )
    story = Story(nights)
    story.record(0, 14)
    story.analyse(0, 60)
    assert story.going() == [4, 6]  # 2 to 4 and 8 to 10 are continuous in part


def test_other_motion_settings_hold_for_what_waits() -> None:
    story = Story()
    story.record(0, 2)
    story.analyse(0, 2 + WAIT)
    story.ring.change(replace(MOTION, pre_roll_seconds=30.0))
    assert story.going() == []


def test_what_a_camera_recorded_while_it_was_tampered_with_stays() -> None:
    story = Story()
    story.record(0, 60)
    story.analyse(0, 20)
    for second in range(20, 31):
        story.ring.tampered(at(second))
        story.analyse(second, second + 0.8)
    story.analyse(31, 120)
    before, after = 3 + 25 / 4, 4
    gone = [start for start in range(0, 60, 2) if start + LENGTH <= 20 - before or start >= 30 + after]
    assert story.going() == gone


def test_tampering_that_is_told_late_finds_what_came_before_still_there() -> None:
    """Under the slowest analysis and without rolls, where the wait is shortest."""
    motion = MotionSettings(fps=0.5, pre_roll_seconds=0.0, post_roll_seconds=0.0, off_after_seconds=0.0)
    assert waiting_seconds(motion, LENGTH) >= 25 / motion.fps


def test_a_changed_schedule_holds_for_what_is_begun_after_it() -> None:
    story = Story(RecordingSettings(RecordingMode.CONTINUOUS))
    story.record(0, 4)
    story.ring.reschedule(Schedule(ALWAYS, ZoneInfo("UTC")), at(5))
    story.record(4, 12)
    story.analyse(0, 30)
    assert story.going() == [6, 8, 10]
    story.ring.reschedule(Schedule(RecordingSettings(RecordingMode.CONTINUOUS), ZoneInfo("UTC")), at(31))
    story.record(32, 40)
    story.analyse(30.2, 80)
    assert story.going() == [6, 8, 10]


def test_everything_is_passed_on() -> None:
    story = Story()
    story.ring.put(segment(0))
    story.ring.put(event(0, None))
    assert story.facts.facts == [segment(0), event(0, None)]


def test_a_clock_that_is_set_back_takes_nothing_that_was_not_analysed() -> None:
    story = Story()
    story.record(0, 10)
    story.analyse(0, 10)
    story.analyse(-100, -50)
    assert story.going() == []
    story.record(-100, -50)
    story.analyse(-49.8, 40)
    assert set(story.going()) >= {-100.0, -60.0}


@settings(max_examples=25, deadline=None)
@given(
    some.lists(some.tuples(some.integers(6, 30), some.integers(0, 15)), max_size=2),
    some.lists(some.tuples(some.integers(0, 60), some.integers(3, 10)), max_size=2),
)
def test_nothing_goes_that_moved_or_was_not_looked_at(
    pauses: list[tuple[int, int]], outages: list[tuple[int, int]]
) -> None:
    """Told in the order of a recorder: segments when they end, events when they open and when they close."""
    story, motions, gone, at_most = Story(), list[tuple[int, int]](), set[float](), 80
    for pause, lasts in pauses:
        since = motions[-1][0] + motions[-1][1] if motions else 0
        motions.append((since + pause, lasts))
    untold = [(a, event(a, None)) for a, _ in motions] + [(a + b + 2, event(a, a + b)) for a, b in motions]
    untold.sort(key=lambda each: each[0])
    for time in (half / 2 for half in range(at_most * 2)):
        if time and time % LENGTH == 0:
            story.ring.put(segment(time - LENGTH))
        if not any(a < time < a + b for a, b in outages):
            while untold and time >= untold[0][0]:
                story.ring.put(untold.pop(0)[1])
            story.ring.analysed(at(time))
        for start in story.going():
            gone.add(start)
            story.ring.forget([segment(start)])
    for start in gone:
        assert not any(start < a + b + 4 and start + LENGTH > a - 3 for a, b in motions)
        assert not any(
            a <= start and a + b >= start + LENGTH and b > pause_seconds(MOTION) + LENGTH for a, b in outages
        )
    assert gone or motions or outages


def test_analysed_time_has_its_pauses() -> None:
    analysed = AnalysedTime(2.0, 0.5)
    assert analysed.until is None
    for second in (0, 1, 3, 6, 7):
        analysed.add(at(second))
    assert analysed.until == at(7)
    assert analysed.covers(at(0), at(3))
    assert analysed.covers(at(5.5), at(7.5))
    assert not analysed.covers(at(5), at(7))
    assert not analysed.covers(at(0), at(7))
    assert analysed.missed(at(3))
    assert not analysed.missed(at(5.5))
