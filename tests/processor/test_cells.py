import numpy as np
import pytest

from processor.cells import box_around, count_per_cell, to_heat, to_pixels, union, within


def test_pixels_are_counted_in_their_cells_and_cameras() -> None:
    pixels = np.random.default_rng(1).random((3, 90, 160)) < 0.3
    expected = pixels.reshape(3, 18, 5, 32, 5).sum(axis=(2, 4))
    np.testing.assert_array_equal(count_per_cell(pixels), expected)


def test_a_full_cell_counts_25() -> None:
    assert (count_per_cell(np.ones((1, 90, 160), bool)) == 25).all()


def test_pixels_within_cells_are_kept() -> None:
    random = np.random.default_rng(3)
    pixels, cells = random.random((90, 160)) < 0.5, random.random((18, 32)) < 0.3
    np.testing.assert_array_equal(within(pixels, cells), pixels & to_pixels(cells))


def test_cells_become_their_pixels_again() -> None:
    cells = np.random.default_rng(2).integers(0, 9, (18, 32))
    pixels = to_pixels(cells)
    assert pixels.shape == (90, 160)
    np.testing.assert_array_equal(pixels[2::5, 2::5], cells)


def test_one_pixel_heats_one_heatmap_cell() -> None:
    pixels = np.zeros((90, 160), bool)
    pixels[89, 1] = True
    assert np.argwhere(to_heat(pixels)).tolist() == [[44, 0]]


def test_boxes_are_fractions_around_the_cells() -> None:
    cells = np.array([0 * 32 + 8, 17 * 32 + 15], np.uint16)
    assert box_around(cells) == pytest.approx((0.25, 0, 0.25, 1))


def test_the_union_of_boxes_holds_both() -> None:
    assert union((0.1, 0.2, 0.1, 0.1), (0.4, 0.1, 0.2, 0.1)) == pytest.approx((0.1, 0.1, 0.5, 0.2))
