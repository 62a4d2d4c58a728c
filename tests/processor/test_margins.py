"""What the scene itself shows a pixel aside is told from what is new to it, and what stirs from what is noise."""

import numpy as np
import pytest

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture
from processor.cells import count_in_cells
from processor.margins import Margins

CELL_PIXELS = 25
LEAVES = np.random.default_rng(4).integers(40, 200, (FRAME_HEIGHT, FRAME_WIDTH), np.uint8)
ROOM = np.full((FRAME_HEIGHT, FRAME_WIDTH), 10, np.uint8)
ONES = np.ones(FRAME_HEIGHT * FRAME_WIDTH, np.uint8)
MARGINS = Margins.of(LEAVES - 5, ROOM)


def count_aside(picture: Picture, *cells: int) -> list[int]:
    """By cell."""
    counts = count_in_cells(MARGINS.shown(picture.ravel()))
    return [int(counts[cell]) for cell in cells]


@pytest.mark.parametrize("way", [(1, -1), (-1, 0), (0, 1)])
def test_leaves_a_pixel_aside_are_all_scene(way: tuple[int, int]) -> None:
    assert count_aside(np.roll(LEAVES, way, (0, 1)), 40, 300) == [CELL_PIXELS, CELL_PIXELS]


def test_an_object_is_new_to_its_place_and_to_all_around() -> None:
    picture = LEAVES.copy()
    picture[5:10, 40:45] = 255
    assert count_aside(picture, 40) == [0]


def test_at_the_border_of_the_picture_the_nearest_pixels_count() -> None:
    assert count_aside(LEAVES, 0, 31, 544, 575) == [CELL_PIXELS] * 4


@pytest.mark.parametrize(("room", "least"), [(4, 5), (16, 6), (80, 30), (255, 94)])
@pytest.mark.parametrize("way", [1, -1])
def test_a_pixel_stirs_where_it_changes_by_more_than_three_eighths_of_the_room(room: int, least: int, way: int) -> None:
    margins = Margins.of(np.zeros((90, 160), np.uint8), np.full((90, 160), room, np.uint8))
    ago = 130 * ONES
    assert not margins.changed((130 + way * least) * ONES, ago).any()
    assert margins.changed((130 + way * (least + 1)) * ONES, ago).all()


@pytest.mark.parametrize("room", [4, 110, 255])
@pytest.mark.parametrize(("ago", "now"), [(0, 255), (255, 0), (1, 254)])
def test_a_change_from_black_to_white_is_one(room: int, ago: int, now: int) -> None:
    margins = Margins.of(np.zeros((90, 160), np.uint8), np.full((90, 160), room, np.uint8))
    assert margins.changed(now * ONES, ago * ONES).all()
