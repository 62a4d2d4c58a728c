from datetime import timedelta

import numpy as np

from nvr.model import FrameActivity
from processor.activity import ActivityGatherer, HeatmapGatherer
from tests.processor.scenes import EPOCH


def frame(second: float, *cells: int, score: float = 0.1) -> FrameActivity:
    heat = np.zeros((45, 80), bool)
    heat.ravel()[list(cells)] = True
    return FrameActivity(EPOCH + timedelta(seconds=second), score, np.array(cells, np.uint16), heat)


def test_a_second_holds_the_union_of_its_cells_and_the_highest_score() -> None:
    gatherer = ActivityGatherer("yard")
    assert gatherer.add(frame(0.2, 5, 3, score=0.2)) is None
    assert gatherer.add(frame(0.8, 3, 9, score=0.4)) is None
    row = gatherer.add(frame(1.0))
    assert row is not None
    assert (row.second, row.cells, row.score) == (EPOCH, (3, 5, 9), 0.4)
    assert gatherer.flush() is None


def test_seconds_without_motion_make_no_row() -> None:
    gatherer = ActivityGatherer("yard")
    assert [gatherer.add(frame(second / 5)) for second in range(50)] == [None] * 50
    assert gatherer.flush() is None


def test_a_straggler_counts_for_the_second_being_gathered() -> None:
    gatherer = ActivityGatherer("yard")
    gatherer.add(frame(5.0, 1))
    assert gatherer.add(frame(4.9, 2)) is None
    row = gatherer.flush()
    assert row is not None
    assert row.cells == (1, 2)


def test_a_clock_set_back_begins_another_second() -> None:
    gatherer = ActivityGatherer("yard")
    gatherer.add(frame(500, 1))
    assert gatherer.add(frame(5, 2)) is not None


def test_every_moving_frame_is_counted_in_its_heatmap_cells() -> None:
    gatherer = HeatmapGatherer("yard")
    for number in range(10):
        assert gatherer.add(frame(number / 5, 7, *([8] if number % 2 else []))) is None
    counts = gatherer.flush()
    assert counts is not None
    assert (counts.hour, counts.counts) == (EPOCH, {7: 10, 8: 5})


def test_a_flush_is_an_increment() -> None:
    gatherer = HeatmapGatherer("yard")
    gatherer.add(frame(0, 7))
    assert gatherer.flush() is not None
    assert gatherer.flush() is None
    gatherer.add(frame(1, 7))
    counts = gatherer.flush()
    assert counts is not None
    assert counts.counts == {7: 1}


def test_hours_are_counted_apart() -> None:
    gatherer = HeatmapGatherer("yard")
    gatherer.add(frame(3599.8, 1))
    before = gatherer.add(frame(3600.0, 2))
    after = gatherer.flush()
    assert before is not None
    assert after is not None
    assert (before.hour, before.counts) == (EPOCH, {1: 1})
    assert (after.hour, after.counts) == (EPOCH + timedelta(hours=1), {2: 1})
