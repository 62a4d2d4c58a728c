"""Where something stands: it moved there, has differed from the scene ever since, and is still now."""

from datetime import timedelta

import numpy as np

from processor.cellset import CellSet, packed
from processor.standing import FEWEST, Standing
from tests.processor.scenes import EPOCH


def block(column: int, width: int = 4) -> CellSet:
    cells = np.zeros((18, 32), bool)
    cells[6:10, column : column + width] = True
    return packed(cells)


class Place:
    """A camera's, a picture a second."""

    def __init__(self, stands_for: float = 10.0) -> None:
        self._second = 0
        self.standing = Standing(timedelta(seconds=stands_for))

    def shows(self, full: CellSet, moving: CellSet = 0) -> CellSet:
        self._second += 1
        self.standing.follow(EPOCH + timedelta(seconds=self._second), full, moving)
        return self.standing.cells


def test_what_stops_stands_and_what_it_came_through_does_not() -> None:
    place = Place()
    assert place.shows(block(2), moving=block(2)) == 0
    assert place.shows(block(5), moving=block(5)) == 0
    assert place.shows(block(5)) == block(5)
    assert place.shows(block(2) | block(5)) == block(5)


def test_what_moves_on_stands_no_more_but_what_stays_behind_does() -> None:
    place = Place()
    place.shows(block(2, 8), moving=block(2, 8))
    assert place.shows(block(2, 8), moving=block(6)) == block(2)
    assert place.shows(block(2) | block(10), moving=block(10)) == block(2)


def test_what_was_gone_for_one_picture_is_another() -> None:
    place = Place()
    place.shows(block(5), moving=block(5))
    assert place.shows(0) == 0
    assert place.shows(block(5)) == 0


def test_a_few_cells_are_noise() -> None:
    place = Place()
    place.shows(block(5), moving=block(5))
    few = block(5) & block(5, 1) & ((1 << 32 * (6 + FEWEST - 1)) - 1)
    assert few.bit_count() == FEWEST - 1
    assert place.shows(few) == 0


def test_it_is_not_waited_for_too_long() -> None:
    place = Place()
    place.shows(block(5), moving=block(5))
    assert [bool(place.shows(block(5))) for _ in range(11)] == [True] * 9 + [False] * 2
    nobody = Place(stands_for=0)
    nobody.shows(block(5), moving=block(5))
    assert nobody.shows(block(5)) == 0


def test_one_who_waits_does_not_make_another_wait_for_longer() -> None:
    place = Place()
    place.shows(block(5), moving=block(5))
    for _ in range(9):
        place.shows(block(5) | block(20), moving=block(20))
    assert place.shows(block(5) | block(20)) == block(20)
