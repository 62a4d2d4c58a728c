"""A lamp lights up at once, goes out as a whole, and comes again in the same cells; nothing that moves does."""

from nvr.model import GRID_COLUMNS
from processor.cellset import CellSet
from processor.lamps import Lamps


def block(left: int, top: int, width: int = 4, height: int = 2) -> CellSet:
    return sum(1 << (top + row) * GRID_COLUMNS + left + column for row in range(height) for column in range(width))


SIGN = block(10, 5)


def flickering(lamps: Lamps, times: int, cells: CellSet = SIGN) -> None:
    for _ in range(times):
        for seen in (cells, cells, 0, 0):
            lamps.follow(seen)


def test_what_lights_up_twice_in_the_same_cells_and_goes_out_as_a_whole_is_a_lamp() -> None:
    lamps = Lamps()
    flickering(lamps, 1)
    assert not lamps.have(SIGN)
    flickering(lamps, 1)
    assert lamps.have(SIGN)


def test_a_lamp_may_flicker_by_a_cell_at_its_edge() -> None:
    lamps = Lamps()
    flickering(lamps, 1)
    flickering(lamps, 1, SIGN | block(14, 5, 1, 1))
    assert lamps.have(SIGN)


def test_part_of_a_lamp_is_the_lamp_and_what_reaches_far_out_of_it_is_not() -> None:
    lamps = Lamps()
    flickering(lamps, 2)
    assert lamps.have(block(10, 5, 2))
    assert not lamps.have(block(8, 3, 6, 6))


def test_who_comes_in_from_beside_and_leaves_is_no_lamp_however_often() -> None:
    lamps = Lamps()
    for _ in range(5):
        for left in range(8, 14):
            lamps.follow(block(left, 5))
        lamps.follow(0)
    assert not lamps.have(block(13, 5))


def test_things_that_are_seen_in_one_frame_each_are_lamps_only_in_the_same_cells() -> None:
    lamps = Lamps()
    for left in (2, 5, 8, 11, 14):
        lamps.follow(block(left, 5))
        lamps.follow(0)
    assert not lamps.have(block(8, 5))


def test_many_flashes_at_once_are_rain() -> None:
    lamps = Lamps()
    flickering(lamps, 3, block(0, 0, 2) | block(5, 0, 2) | block(10, 0, 2) | block(0, 6, 2) | block(5, 6, 2))
    assert not lamps.have(block(0, 0, 2))


def test_an_upheaval_is_no_end_of_a_flash_and_a_new_scene_forgets_all() -> None:
    lamps = Lamps()
    for _ in range(3):
        lamps.follow(SIGN)
        lamps.rest()
        lamps.follow(0)
    assert not lamps.have(SIGN)
    flickering(lamps, 2)
    lamps.restart()
    assert not lamps.have(SIGN)


def test_what_lit_up_at_once_and_stays_as_it_was_may_be_a_lamp_and_what_has_moved_since_is_none() -> None:
    lamps = Lamps()
    lamps.follow(0)
    lamps.follow(SIGN)
    lamps.follow(SIGN)
    assert lamps.may_be(SIGN)
    lamps.follow(block(11, 5))
    lamps.follow(block(12, 5))
    assert not lamps.may_be(block(12, 5))
