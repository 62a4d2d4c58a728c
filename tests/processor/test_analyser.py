import numpy as np

from nvr.model import Activity, HeatmapCounts, MotionEvent
from nvr.settings import MotionSettings, Polygon, Zone
from tests.processor.scenes import Shot, analyse, both, camera, closed_events, overlap, seconds, shoot, walker

LEFT: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
RIGHT: Polygon = ((0.5, 0), (1, 0), (1, 1), (0.5, 1))
PACING = both(*(walker(start, start + 20, path=(0.1, 0.4)) for start in (8, 50, 110)))


def test_a_crossing_is_one_event_with_true_times_and_box() -> None:
    _, facts = analyse(shoot(24, walker(8, 16)))
    [event] = closed_events(facts)
    assert event.end is not None
    assert abs(seconds(event.start) - 8) <= 0.4
    assert abs(seconds(event.end) - 15.8) <= 0.4
    assert overlap(event.box, (0.05, 0.4, 0.9, 0.45)) >= 0.75
    assert 0.15 < event.peak < 0.5


def test_an_event_is_told_when_it_opens_and_when_it_closes() -> None:
    analyses, facts = analyse(shoot(24, walker(8, 16)))
    opened, closed = [fact for fact in facts if isinstance(fact, MotionEvent)]
    assert opened.end is None
    assert opened.id == closed.id
    [frame] = [number for number, analysis in enumerate(analyses) if opened in analysis.facts]
    assert frame <= 42


def test_an_event_still_open_is_closed_by_finish() -> None:
    analyses, facts = analyse(shoot(14, walker(8, 16)))
    assert not any(isinstance(fact, MotionEvent) and fact.end for analysis in analyses for fact in analysis.facts)
    assert len(closed_events(facts)) == 1


def test_a_slow_small_object_is_one_event_that_ends_when_it_has_left() -> None:
    _, facts = analyse(shoot(80, walker(8, 68, size=(0.04, 0.08), path=(0.2, 0.8), gray=75)))
    [event] = closed_events(facts)
    assert event.end is not None
    assert abs(seconds(event.start) - 8) <= 0.6
    assert abs(seconds(event.end) - 68) <= 1


def test_switching_the_light_makes_no_event() -> None:
    _, facts = analyse(shoot(30, light=lambda time: 0.4 if 10 <= time < 20 else 1.0))
    assert facts == []


def test_zones_are_named_where_something_moved() -> None:
    zones = (Zone("left", LEFT), Zone("right", RIGHT))
    _, facts = analyse(shoot(20, walker(8, 16, path=(0.1, 0.4))), camera(zones=zones))
    assert [event.zones for event in closed_events(facts)] == [("left",)]
    _, facts = analyse(shoot(20, walker(8, 16)), camera(zones=zones))
    assert [event.zones for event in closed_events(facts)] == [("left", "right")]


def test_motion_shorter_than_the_minimum_duration_is_no_event_but_is_counted() -> None:
    settings = camera(motion=MotionSettings(min_duration_seconds=30))
    _, facts = analyse(shoot(20, walker(8, 16)), settings)
    assert [fact for fact in facts if isinstance(fact, MotionEvent)] == []
    assert any(isinstance(fact, Activity) for fact in facts)


def test_activity_rows_are_the_seconds_in_which_something_moved() -> None:
    _, facts = analyse(shoot(24, walker(8, 16)))
    rows = [fact for fact in facts if isinstance(fact, Activity)]
    assert [seconds(row.second) for row in rows] == list(range(8, 16))
    assert all(row.cells and row.score > 0 for row in rows)


def test_the_heatmap_counts_every_moving_frame_and_is_cold_elsewhere() -> None:
    analyses, facts = analyse(shoot(150, PACING))
    total = np.zeros((45, 80), int)
    for fact in facts:
        if isinstance(fact, HeatmapCounts):
            np.add.at(total.ravel(), list(fact.counts), list(fact.counts.values()))
    np.testing.assert_array_equal(total, np.sum([analysis.activity.heat for analysis in analyses], axis=0))
    assert total[20:36, 8:30].min() > 0
    assert not total[:, 45:].any()
    assert not total[:12].any()


def test_heatmap_counts_are_handed_over_every_ten_seconds() -> None:
    analyses, _ = analyse(shoot(150, PACING))
    handed = [n / 5 for n, a in enumerate(analyses) if any(isinstance(fact, HeatmapCounts) for fact in a.facts)]
    assert len(handed) >= 8
    assert all(moment % 10 == 0 for moment in handed)


def test_a_frozen_picture_is_not_distinct() -> None:
    live = list(shoot(2))
    frozen = [Shot(2 + number / 5, live[-1].picture, None) for number in range(5)]
    analyses, _ = analyse(iter([*live, *frozen]))
    assert [analysis.is_distinct for analysis in analyses] == [True] * 10 + [False] * 5
