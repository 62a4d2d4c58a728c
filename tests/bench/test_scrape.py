import pytest

from tests.bench.scrape import Scrape, increase, quantile

TEXT = """\
# TYPE nvr_frames_total counter
nvr_frames_total{camera="a",site="s"} 3.0
nvr_frames_total{camera="b",site="s"} 4.0
# TYPE nvr_lag_seconds histogram
nvr_lag_seconds_bucket{le="0.1",site="s"} 90.0
nvr_lag_seconds_bucket{le="0.5",site="s"} 98.0
nvr_lag_seconds_bucket{le="+Inf",site="s"} 100.0
nvr_lag_seconds_count{site="s"} 100.0
nvr_lag_seconds_sum{site="s"} 9.0
"""


def test_series_are_added_up() -> None:
    scrape = Scrape(TEXT)
    assert scrape.total("nvr_frames_total") == 7
    assert scrape.total("nvr_frames_total", camera="b") == 4
    assert scrape.total("nvr_unheard_of_total") == 0
    assert scrape.by("camera", "nvr_frames_total") == {"a": 3, "b": 4}


def test_a_quantile_lies_within_its_bucket() -> None:
    buckets = Scrape(TEXT).buckets("nvr_lag_seconds")
    assert quantile(0.45, buckets) == pytest.approx(0.05)
    assert quantile(0.94, buckets) == pytest.approx(0.3)
    assert quantile(0.99, buckets) == 0.5  # more is not known of what is beyond the last bound
    assert quantile(0.99, ()) == 0


def test_an_increase_leaves_out_what_was_observed_before() -> None:
    earlier = ((0.1, 10.0), (float("inf"), 20.0))
    later = ((0.1, 20.0), (float("inf"), 30.0))
    assert quantile(1.0, increase(earlier, later)) == 0.1
