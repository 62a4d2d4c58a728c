import pytest

from processor.cellset import CellSet
from processor.travel import MISSED_FRAMES, REMEMBERED_FRAMES, Travel


def box(left: int, top: int = 5, width: int = 2, height: int = 4) -> CellSet:
    return sum(1 << (top + y) * 32 + left + x for y in range(height) for x in range(width))


@pytest.mark.parametrize("frames_a_cell", [1, 2, 10])
def test_what_walks_away_from_where_it_began_travels(frames_a_cell: int) -> None:
    travel = Travel()
    found = [travel.follow([box(2 + frame // frames_a_cell)]) for frame in range(20 * frames_a_cell)]
    assert not found[0]
    assert found[-1] == box(21)


def test_what_sways_on_the_spot_does_not() -> None:
    travel = Travel()
    assert not any(travel.follow([box(8 + (frame % 3))]) for frame in range(100))


def test_twigs_that_move_in_turn_do_not() -> None:
    travel = Travel()
    twigs = [box(4, 2, 2, 2), box(6, 3, 2, 2), box(5, 5, 2, 2), box(6, 5, 2, 2)]
    assert not any(travel.follow([twigs[(3 * frame) % 4]]) for frame in range(100))


def test_a_large_thing_may_jump() -> None:
    travel = Travel()
    travel.follow([box(2, width=4)])
    assert travel.follow([box(8, width=4)])


def test_one_who_travelled_is_believed_for_a_while_where_he_stands() -> None:
    travel = Travel()
    for frame in range(30):
        travel.follow([box(2 + frame // 2)])
    found = [travel.follow([box(16)]) for _ in range(2 * REMEMBERED_FRAMES)]
    assert found[REMEMBERED_FRAMES // 2]
    assert not found[-1]


def test_what_was_lost_is_remembered_for_a_moment_however_long_it_was_followed() -> None:
    travel = Travel()
    for _ in range(300):
        travel.follow([box(10, width=4)])
    for _ in range(MISSED_FRAMES + 1):
        travel.follow([])
    assert not travel.follow([box(16, width=4)])
