import numpy as np
import pytest

from processor.heatmap import ColourMap, Scale, blend, enlarged, indexed, intensity
from tests.processor.true_colours import render

COUNTS = np.zeros((45, 80), np.int64)
COUNTS[10:14, 20:24] = [[1, 10, 100, 1000]] * 4


@pytest.mark.parametrize("scale", Scale)
def test_intensity_is_0_where_nothing_moved_and_1_where_most_did(scale: Scale) -> None:
    heat = intensity(COUNTS, scale)
    assert heat.max() == 1
    assert not heat[COUNTS == 0].any()
    assert (np.diff(heat[10, 20:24]) > 0).all()


def test_the_logarithmic_scale_shows_what_the_linear_one_hides() -> None:
    assert intensity(COUNTS, Scale.LOG)[10, 21] > 0.3
    assert intensity(COUNTS, Scale.LINEAR)[10, 21] < 0.02


@pytest.mark.parametrize("size", [(80, 45), (640, 360), (1281, 719), (7, 3)])
def test_a_picture_has_any_size_asked_for(size: tuple[int, int]) -> None:
    width, height = size
    assert indexed(COUNTS, width, height).shape == (height, width)


def test_enlarging_is_smooth_and_keeps_places() -> None:
    large = enlarged(intensity(COUNTS), 800, 450)
    assert np.abs(np.diff(large, axis=1)).max() <= 0.11
    row, column = np.unravel_index(large.argmax(), large.shape)
    assert int(column) // 10 == 23
    assert 10 <= int(row) // 10 < 14


def test_cold_is_dark_and_hot_is_the_maps_end() -> None:
    jet = render(COUNTS, 80, 45)
    assert jet[0, 0].tolist() == [0, 0, 128]
    assert jet[10, 23].tolist() == [128, 0, 0]
    viridis = render(COUNTS, 80, 45, colours=ColourMap.VIRIDIS)
    assert viridis[0, 0].tolist() == [68, 1, 84]
    assert viridis[10, 23].tolist() == [253, 231, 37]


def test_viridis_grows_lighter_all_the_way() -> None:
    ramp = np.tile(np.arange(80), (45, 1))
    luma = render(ramp, 80, 45, colours=ColourMap.VIRIDIS, scale=Scale.LINEAR)[0] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luma) > 0).all()


def test_a_picture_is_unchanged_where_nothing_moved() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (450, 800, 3), dtype=np.uint8)
    mixed = blend(COUNTS, picture)
    hot = enlarged(intensity(COUNTS), 800, 450) > 0
    np.testing.assert_array_equal(mixed[~hot], picture[~hot])
    assert (mixed[hot] != picture[hot]).any(axis=1).mean() > 0.95


def test_no_motion_is_a_cold_picture() -> None:
    assert not indexed(np.zeros((45, 80)), 320, 180).any()


def test_different_motion_gives_different_pictures() -> None:
    one_more = COUNTS.copy()
    one_more[40, 70] += 1
    assert (indexed(COUNTS, 640, 360) != indexed(one_more, 640, 360)).any()
