"""When an hour is unusual, and when nothing can be said."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from exporters.anomaly import LEAST_WEEKS, Hour, compare, ends

BERLIN = ZoneInfo("Europe/Berlin")


def score(last: int, *earlier: int) -> float:
    comparison = compare(Hour(last, 1.0), [Hour(minutes, 1.0) for minutes in earlier])
    assert comparison is not None
    return comparison.score


def test_an_hour_as_usual_scores_nothing() -> None:
    assert score(12, 12, 12, 12) == 0
    assert abs(score(12, 10, 14, 11, 12)) < 1


@pytest.mark.parametrize("usual", [0, 1, 5, 20])
def test_much_more_than_usual_is_an_outlier(usual: int) -> None:
    assert score(usual + 30, usual, usual, usual, usual) > 3.5


def test_a_cat_in_a_quiet_night_is_none() -> None:
    assert score(1, 0, 0, 0, 0) < 2
    assert score(2, 0, 0, 0, 0) < 3


def test_silence_where_something_always_moves_is_an_outlier_below() -> None:
    assert score(0, 20, 24, 18, 22, 25) < -3.5


def test_silence_where_little_moves_is_none() -> None:
    assert score(0, 2, 1, 3, 2) > -2.5


def test_one_odd_week_does_not_shift_what_is_usual() -> None:
    assert score(12, 12, 11, 13, 60, 12) == pytest.approx(score(12, 12, 11, 13, 12, 12), abs=0.5)
    assert score(45, 12, 11, 13, 60, 12) > 3.5


def test_what_varies_much_is_less_surprising() -> None:
    assert 0 < score(40, 2, 30, 10, 45, 20) < score(40, 19, 20, 21, 20, 20)


def test_weeks_that_happen_to_agree_do_not_make_everything_unusual() -> None:
    assert score(22, 20, 20, 20, 20) < 1


def test_nothing_is_said_of_too_few_weeks() -> None:
    assert compare(Hour(60, 1.0), [Hour(0, 1.0)] * (LEAST_WEEKS - 1)) is None
    assert compare(Hour(60, 1.0), [Hour(0, 1.0)] * LEAST_WEEKS) is not None


def test_hours_in_which_the_camera_was_not_seen_do_not_count() -> None:
    assert compare(Hour(60, 1.0), [Hour(0, 1.0)] * 2 + [Hour(0, 0.5)] * 6) is None
    assert compare(Hour(0, 0.5), [Hour(30, 1.0)] * 8) is None


def test_shares_are_told_in_the_same_measure() -> None:
    comparison = compare(Hour(30, 1.0), [Hour(15, 1.0)] * 3)
    assert comparison is not None
    assert comparison.moving_ratio == 0.5
    assert comparison.usual_ratio == 0.25


def test_the_clock_on_the_wall_tells_which_hour_is_the_same() -> None:
    """Summer time ended on 25 October 2026."""
    now, *earlier = ends(datetime(2026, 10, 28, 7, 30, tzinfo=UTC), BERLIN)
    assert now == datetime(2026, 10, 28, 7, 30, tzinfo=UTC)
    assert earlier[0] == datetime(2026, 10, 21, 6, 30, tzinfo=UTC)
    assert {end.astimezone(BERLIN).hour for end in earlier} == {8}
