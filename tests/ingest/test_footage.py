import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from exporters.metrics import Metrics
from ingest.anchor import Anchor
from ingest.footage import Footage
from ingest.gaps import GapLedger
from ingest.health import Health
from ingest.run import Run
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import Cause, Segment
from tests.ingest.conftest import NOON, KeptFacts

EVER = (NOON - timedelta(days=1), NOON + timedelta(days=1))
Story = Callable[[Footage, Run], None]


class Stage:
    """A run whose media time 0 was at noon."""

    def __init__(self, store: Store, facts: KeptFacts, metrics: Metrics) -> None:
        self.clock_set_by = 0.0
        self.clock = UtcClock(lambda: NOON.timestamp() + 100.0 + self.clock_set_by, lambda: 100.0)
        self._store, self._facts, self._metrics = store, facts, metrics
        self.run = store.begin_run("yard", NOON)

    def play(self, story: Story, *, is_reported: bool = True, fps: float = 0.0) -> Footage:
        anchor = Anchor(self.clock)
        if is_reported:
            anchor.observe(0.0, 0.0)
        footage = Footage(
            self.run,
            anchor,
            store=self._store,
            facts=self._facts,
            telemetry=self._metrics,
            gaps=GapLedger("yard", self._store.catalogue, self._facts, self._metrics, self.clock),
            health=Health("yard", 0.0, expected_fps=fps),
        )
        story(footage, self.run)
        return footage


@pytest.fixture
def stage(store: Store, facts: KeptFacts, metrics: Metrics) -> Stage:
    return Stage(store, facts, metrics)


def _segments(facts: KeptFacts) -> list[Segment]:
    return [fact for fact in facts.facts if isinstance(fact, Segment)]


def test_a_file_that_is_there_before_the_first_report_waits_for_it(stage: Stage, footage: Path) -> None:
    def story(made: Footage, run: Run) -> None:
        shutil.copy(footage, run.file(0))
        made.keep()

    assert stage.play(story, is_reported=False).end is None
    assert stage.run.read_note() is None


def test_closed_files_follow_one_another(stage: Stage, facts: KeptFacts, footage: Path) -> None:
    def story(made: Footage, run: Run) -> None:
        made.reached(10.0)
        for index in range(2):
            shutil.copy(footage, run.file(index))
            made.closed(index, index * 5.0, index * 5.0 + 5.0)

    assert stage.play(story).end == NOON + timedelta(seconds=10)
    assert [segment.start - NOON for segment in _segments(facts)] == [timedelta(0), timedelta(seconds=5)]


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(seconds=-12)])
def test_a_clock_that_is_set_ends_no_run_and_dates_the_next_file(
    stage: Stage, store: Store, facts: KeptFacts, footage: Path, step: timedelta
) -> None:
    def story(made: Footage, run: Run) -> None:
        made.reached(10.0)
        for index in range(2):
            shutil.copy(footage, run.file(index))
            stage.clock_set_by = step.total_seconds()
            stage.clock.sample()
            made.closed(index, index * 5.0, index * 5.0 + 5.0)

    stage.play(story)
    assert [segment.start - NOON for segment in _segments(facts)] == [timedelta(0), timedelta(seconds=5) + step]
    assert [segment.clock_step_seconds for segment in _segments(facts)] == [step.total_seconds(), 0.0]
    left_out = [(gap.start - NOON, gap.end, gap.cause) for gap in store.gaps("yard", *EVER)]
    five = timedelta(seconds=5)
    assert left_out == ([(five, NOON + five + step, Cause.CLOCK_STEP)] if step > timedelta(0) else [])


def test_a_file_never_reaches_further_than_what_was_received(stage: Stage, facts: KeptFacts, footage: Path) -> None:
    """An RTP jump of -600 s made a file that claimed 47,123 s."""

    def story(made: Footage, run: Run) -> None:
        made.reached(5.0)
        shutil.copy(footage, run.file(0))
        made.closed(0, 0.0, 47_123.0)
        shutil.copy(footage, run.file(1))
        made.adopt_rest()

    stage.play(story)
    assert all(segment.end <= NOON + timedelta(seconds=7) for segment in _segments(facts))


def test_a_first_burst_that_comes_before_its_reports_keeps_its_length(
    stage: Stage, facts: KeptFacts, footage: Path
) -> None:
    def story(made: Footage, run: Run) -> None:
        made.reached(0.5)
        for index in range(2):
            shutil.copy(footage, run.file(index))
            made.closed(index, index * 5.0, index * 5.0 + 5.0)

    stage.play(story, fps=10.0)
    assert [(segment.start - NOON, segment.duration_seconds) for segment in _segments(facts)] == [
        (timedelta(0), 5.0),
        (timedelta(seconds=5), 5.0),
    ]


def test_the_growing_file_is_shown_as_long_as_it_is(stage: Stage, store: Store, footage: Path) -> None:
    def story(made: Footage, run: Run) -> None:
        shutil.copy(footage, run.file(0))
        made.reached(4.5)
        made.keep()

    stage.play(story)
    [growing] = store.segments("yard", NOON, NOON + timedelta(minutes=1))
    assert (growing.complete, growing.duration_seconds) == (False, 4.5)
    note = stage.run.read_note()
    assert note is not None
    assert (note.anchor, note.index, note.media_start) == (NOON.timestamp(), 0, 0.0)


def test_footage_whose_naming_failed_half_way_is_there_once(
    stage: Stage, store: Store, facts: KeptFacts, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_segment: Segment, *, origin: str) -> None:
        raise StorageError(f"the disk is full for {origin}", path=store.root)

    def story(made: Footage, run: Run) -> None:
        shutil.copy(footage, run.file(0))
        made.reached(5.0)
        with monkeypatch.context() as full:
            full.setattr(store.catalogue, "add", refuse)
            with pytest.raises(StorageError):
                made.closed(0, 0.0, 5.0)
        assert made.end == NOON + timedelta(seconds=5)
        made.adopt_rest()

    stage.play(story)
    assert len(_segments(facts)) == 1
    assert len(list(store.root.rglob("*.mp4"))) == 1


def test_footage_reaches_to_what_was_received_until_it_is_adopted(stage: Stage, footage: Path) -> None:
    """A disk that hangs lets nobody adopt: the gap must not begin where the last finished segment ended."""

    def story(made: Footage, run: Run) -> None:
        shutil.copy(footage, run.file(0))
        made.reached(4.0)
        assert made.end == NOON + timedelta(seconds=4)
        made.reached(9.0)
        made.closed(0, 0.0, 5.0)
        shutil.copy(footage, run.file(1))
        assert made.end == NOON + timedelta(seconds=9)
        made.adopt_rest()

    assert stage.play(story).end == NOON + timedelta(seconds=10)  # as the pictures in the file have it


def test_a_closed_file_that_is_damaged_is_kept(stage: Stage, facts: KeptFacts, footage: Path) -> None:
    def story(made: Footage, run: Run) -> None:
        made.reached(10.0)
        run.file(0).write_bytes(b"\0" * 4096 + footage.read_bytes()[4096:])
        made.closed(0, 0.0, 5.0)
        run.file(1).touch()
        made.closed(1, 5.0, 10.0)

    stage.play(story)
    assert _segments(facts) == []
    assert [file.name for file in stage.run.folder.rglob("*.mp4")] == [stage.run.file(0).name]
    assert not stage.run.file(0).exists()


def test_bytes_are_counted_once(stage: Stage, metrics: Metrics, footage: Path) -> None:
    def story(made: Footage, run: Run) -> None:
        shutil.copy(footage, run.file(0))
        made.reached(4.0)
        made.keep()
        made.keep()
        made.reached(5.0)
        made.closed(0, 0.0, 5.0)
        made.adopt_rest()

    stage.play(story)
    labels = {"site": "test", "camera": "yard"}
    assert metrics.registry.get_sample_value("nvr_recording_bytes_total", labels) == footage.stat().st_size
    assert metrics.registry.get_sample_value("nvr_recording_seconds_total", labels) == 5.0


def test_a_camera_folder_that_is_deleted_is_no_bug(stage: Stage) -> None:
    def story(made: Footage, run: Run) -> None:
        shutil.rmtree(run.folder)
        made.reached(4.0)
        made.keep()
        made.adopt_rest()

    assert stage.play(story).end is None
