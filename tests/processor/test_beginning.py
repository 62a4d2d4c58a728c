"""A scene begins with the median of its first pictures, which is taken anew when slow things have moved on."""

import numpy as np

from nvr.model import Picture
from processor.beginning import AGAIN, FRAMES, Beginning

BLANK = np.zeros((90, 160), np.uint8)


def due(beginning: Beginning, pictures: int, picture: Picture = BLANK) -> list[int]:
    """Of how many pictures each background was to be made."""
    return [number + 1 for number in range(pictures) if beginning.add(picture)]


def test_a_background_is_made_four_times_and_never_again() -> None:
    assert due(Beginning(), 500) == [FRAMES, *AGAIN]


def test_nothing_is_judged_before_the_first() -> None:
    beginning = Beginning()
    known = []
    for _ in range(FRAMES + 1):
        beginning.add(BLANK)
        known.append(beginning.is_over)
    assert known == [False] * (FRAMES - 1) + [True, True]


def test_it_is_settled_once_what_passed_at_first_is_gone_from_it() -> None:
    beginning = Beginning()
    due(beginning, AGAIN[1] - 1)
    assert not beginning.is_settled
    beginning.add(BLANK)
    assert beginning.is_settled


def test_what_is_not_needed_any_more_is_forgotten() -> None:
    beginning = Beginning()
    due(beginning, AGAIN[-1])
    assert FRAMES < len(beginning.pictures) < AGAIN[-1]
    beginning.add(BLANK)
    assert beginning.pictures == []
