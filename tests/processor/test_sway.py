"""What the scene itself shows a pixel aside is told from what is new to it."""

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture
from processor.evidence import patches
from processor.sway import count_aside

CELL_PIXELS = 25
LEAVES = np.random.default_rng(4).integers(40, 200, (FRAME_HEIGHT, FRAME_WIDTH), np.uint8)
ROOM = np.full(FRAME_HEIGHT * FRAME_WIDTH, 10, np.uint8)


def aside(picture: Picture, *cells: int) -> list[float]:
    differing = np.ones(picture.size, bool)
    counts = count_aside(patches(np.array(cells)), picture.ravel(), LEAVES.ravel() - 5, ROOM, differing)
    return [float(count) for count in counts]


def test_leaves_a_pixel_aside_are_all_scene() -> None:
    assert aside(np.roll(LEAVES, (1, -1), (0, 1)), 40, 300) == [CELL_PIXELS, CELL_PIXELS]


def test_an_object_is_new_to_its_place_and_to_all_around() -> None:
    picture = LEAVES.copy()
    picture[5:10, 40:45] = 255
    assert aside(picture, 40) == [0]


def test_only_pixels_that_differ_are_counted() -> None:
    nowhere = np.zeros(LEAVES.size, bool)
    assert count_aside(patches(np.array([40])), LEAVES.ravel(), LEAVES.ravel() - 5, ROOM, nowhere).tolist() == [0]


def test_at_the_border_of_the_picture_the_nearest_pixels_count() -> None:
    assert aside(LEAVES, 0, 31, 544, 575) == [CELL_PIXELS] * 4
