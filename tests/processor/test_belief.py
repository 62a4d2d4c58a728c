"""What is believed of what moves, in a young scene and in one that is known."""

import numpy as np

from processor.belief import Belief
from processor.cellset import CellSet, packed
from processor.patience import YOUNG_FRAMES
from processor.watch import SHOWER, Component

CALMLY = 0.2


def block(column: int, size: int = 4) -> CellSet:
    cells = np.zeros((18, 32), bool)
    cells[6 : 6 + size, column : column + size] = True
    return packed(cells)


def component(cells: CellSet, contrast: float = 3.0, seen_before: int = 1) -> Component:
    return Component(cells, contrast, strength=10.0, seen_before=seen_before)


def known() -> Belief:
    belief = Belief()
    for _ in range(YOUNG_FRAMES):
        belief.judge(0, [], CALMLY, 0)
    return belief


def judged(belief: Belief, one: Component, sparks: float = CALMLY) -> bool:
    return bool(belief.judge(one.cells, [one], sparks, one.cells))


def test_what_moves_in_a_known_scene_is_believed_at_once_and_held_back_from_learning() -> None:
    belief, faint = known(), component(block(3), contrast=1.0, seen_before=0)
    assert judged(belief, faint)
    assert belief.held & faint.cells == faint.cells


def test_in_a_young_scene_what_is_faint_is_believed_when_one_like_it_was_plain() -> None:
    belief = Belief()
    assert not judged(belief, component(block(3), contrast=1.0))
    assert belief.held == 0
    for column in range(4, 16):
        told = judged(belief, component(block(column)))
    assert told
    assert judged(belief, component(block(16), contrast=1.0))


def test_what_is_faint_in_a_shower_of_noise_must_get_somewhere() -> None:
    belief, faint = known(), component(block(3), contrast=1.5)
    assert not judged(belief, faint, sparks=SHOWER)
    assert judged(belief, component(block(20)), sparks=SHOWER)


def test_what_lights_the_very_same_cells_again_is_a_lamp() -> None:
    belief, lamp = known(), component(block(3))
    told = []
    for _ in range(3):
        told += [judged(belief, lamp)]
        belief.judge(0, [], CALMLY, lamp.cells)
    assert told == [True, True, False]
