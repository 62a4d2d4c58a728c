import numpy as np
import pytest

from processor.heatmap import ColourMap, Scale, intensity
from processor.legend import Tick, ramp, ticks
from tests.processor.true_colours import render


def test_a_logarithmic_legend_names_powers_of_ten_and_the_hottest_count() -> None:
    assert [tick.count for tick in ticks(3000, Scale.LOG)] == [0, 10, 100, 3000]
    assert [tick.count for tick in ticks(7, Scale.LOG)] == [0, 1, 7]


def test_a_linear_legend_names_round_steps_and_the_hottest_count() -> None:
    assert [tick.count for tick in ticks(3000, Scale.LINEAR)] == [0, 1000, 2000, 3000]
    assert [tick.count for tick in ticks(47, Scale.LINEAR)] == [0, 10, 20, 30, 40, 47]


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("most", [0, 1, 2, 9, 10, 999, 123_456, 10**12])
def test_named_counts_stand_apart_and_where_the_picture_has_them(scale: Scale, most: int) -> None:
    named = ticks(most, scale)
    shares = [tick.share for tick in named]
    assert (np.diff(shares) > 0.13).all()
    assert named[-1].count == most
    if most:
        counts = np.array([[tick.count for tick in named]])
        np.testing.assert_allclose(intensity(counts, scale)[0], shares, atol=1e-6)


@pytest.mark.parametrize(
    ("count", "label"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (12_345, "12.3k"),
        (999_500, "1M"),
        (4_000_000, "4M"),
        (10**12, "1T"),
        (10**16, "10,000T"),
    ],
)
def test_large_counts_are_short(count: int, label: str) -> None:
    assert Tick(count, 0).label == label


@pytest.mark.parametrize("colours", ColourMap)
def test_the_ramp_has_all_colours_of_the_picture_in_order(colours: ColourMap) -> None:
    picture = render(np.arange(256).reshape(1, 256), 256, 1, colours=colours, scale=Scale.LINEAR)
    np.testing.assert_array_equal(ramp(256, 1, colours), picture)
