import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from processor.cells import Bools
from processor.cellset import (
    ALL,
    CellSet,
    components,
    filled,
    grown,
    lone,
    numbers,
    packed,
    rim,
    spread,
    subset,
    union,
    unpacked,
    unpacked_all,
)

SETS = st.sets(st.integers(0, 575), max_size=120).map(lambda cells: sum(1 << cell for cell in cells))
EIGHT = np.ones((3, 3), bool)


def grid(cells: CellSet) -> Bools:
    return unpacked(cells).reshape(18, 32)


def at(*places: tuple[int, int]) -> CellSet:
    return sum(1 << row * 32 + column for row, column in places)


@given(SETS)
def test_a_set_and_its_array_are_the_same(cells: CellSet) -> None:
    assert packed(unpacked(cells)) == cells
    assert sum(1 << int(number) for number in numbers(cells)) == cells


@given(SETS)
def test_growing_adds_the_eight_neighbours_within_the_picture(cells: CellSet) -> None:
    np.testing.assert_array_equal(grid(grown(cells)), ndimage.binary_dilation(grid(cells), EIGHT))
    assert grown(cells) <= ALL


@given(SETS)
def test_the_rim_has_what_an_erosion_takes(cells: CellSet) -> None:
    left = ndimage.binary_erosion(grid(cells), EIGHT, border_value=1)
    np.testing.assert_array_equal(grid(rim(cells)), grid(cells) & ~left)


@given(SETS)
def test_components_are_those_of_scipy(cells: CellSet) -> None:
    labels, count = ndimage.label(grid(cells), EIGHT)
    expected = {packed(labels == number) for number in range(1, count + 1)}
    assert set(components(cells)) == expected


def test_what_hangs_together_with_a_part_or_lies_beside_it_is_all_of_it() -> None:
    street = at((1, 1), (2, 2), (2, 3), (9, 9))
    assert spread(at((2, 2)), street) == spread(at((3, 4)), street) == at((1, 1), (2, 2), (2, 3))
    assert spread(at((6, 20)), street) == 0


def test_corners_hang_together() -> None:
    assert sorted(one.bit_count() for one in components(at((1, 1), (2, 2), (9, 9)))) == [1, 2]


def test_the_end_of_a_row_and_the_beginning_of_the_next_do_not() -> None:
    assert len(list(components(at((3, 31), (4, 0))))) == 2


@given(SETS)
def test_what_has_some_on_all_four_sides_is_filled(cells: CellSet) -> None:
    shown = grid(cells)
    np.testing.assert_array_equal(grid(filled(cells)), _spanned(shown) & _spanned(shown.T).T)


def _spanned(lines: Bools) -> Bools:
    """Each line from its first cell to its last."""
    return np.logical_or.accumulate(lines, axis=1) & np.logical_or.accumulate(lines[:, ::-1], axis=1)[:, ::-1]


@given(SETS)
def test_those_are_lone_that_are_components_of_their_own(cells: CellSet) -> None:
    assert lone(cells) == union(one for one in components(cells) if one.bit_count() == 1)


def test_a_subset_has_the_chosen_of_the_numbers() -> None:
    assert subset(np.array([3, 64, 65]), np.array([True, False, True])) == 1 << 3 | 1 << 65


def test_sets_are_unpacked_together_as_one_by_one() -> None:
    sets = [0, 1 << 3 | 1 << 65, ALL]
    np.testing.assert_array_equal(unpacked_all(sets), [unpacked(one) for one in sets])


def test_the_union_holds_all() -> None:
    assert union([1, 4, 5]) == 5
    assert union([]) == 0
