"""What the scene itself shows a pixel aside is told from what is new to it."""

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture
from processor.patches import by_cell, patches
from processor.sway import aside

CELL_PIXELS = 25
LEAVES = np.random.default_rng(4).integers(40, 200, (FRAME_HEIGHT, FRAME_WIDTH), np.uint8)
ROOM = np.full(FRAME_HEIGHT * FRAME_WIDTH, 10, np.uint8)


def count_aside(picture: Picture, *cells: int) -> list[float]:
    """By cell."""
    at = patches(np.array(cells))
    shown = aside(picture.take(at), LEAVES.take(at) - 5, ROOM.take(at))
    return [float(count) for count in by_cell(shown)]


def test_leaves_a_pixel_aside_are_all_scene() -> None:
    assert count_aside(np.roll(LEAVES, (1, -1), (0, 1)), 40, 300) == [CELL_PIXELS, CELL_PIXELS]


def test_an_object_is_new_to_its_place_and_to_all_around() -> None:
    picture = LEAVES.copy()
    picture[5:10, 40:45] = 255
    assert count_aside(picture, 40) == [0]


def test_at_the_border_of_the_picture_the_nearest_pixels_count() -> None:
    assert count_aside(LEAVES, 0, 31, 544, 575) == [CELL_PIXELS] * 4
