import numpy as np

from processor.cells import Bools
from processor.components import Components, Memory, persistent


def cells(*places: tuple[int, int]) -> Bools:
    grid = np.zeros((18, 32), bool)
    for place in places:
        grid[place] = True
    return grid


def test_corners_hang_together() -> None:
    components = Components.of(cells((1, 1), (2, 2), (9, 9)))
    assert components.count == 2
    assert sorted(components.sizes.tolist()) == [1, 2]


def test_what_is_not_kept_is_gone_and_the_rest_numbered_anew() -> None:
    components = Components.of(cells((0, 0), (5, 5), (10, 10)))
    kept = components.kept(np.array([False, True, True]))
    assert kept.count == 2
    assert set(np.unique(kept.labels)) == {0, 1, 2}
    assert not kept.cells[0, 0]


def test_values_are_added_and_compared_by_component() -> None:
    components = Components.of(cells((0, 0), (0, 1), (9, 9)))
    values = np.zeros((18, 32), np.uint8)
    values[0, 0], values[0, 1], values[9, 9] = 20, 25, 3
    assert components.sums(values).tolist() == [45, 3]
    assert components.least(values.astype(np.float64)).tolist() == [20, 3]


def test_memory_recalls_neighbours_newest_first_and_forgets() -> None:
    memory = Memory(2)
    memory.step()
    memory.note(1, cells((5, 5)))
    here = Components.of(cells((6, 6)))
    for ago in range(1, 5):
        memory.step()
        assert memory.recall(1, here)[:, 0].tolist() == [ago == 1, ago == 2, ago == 3, ago == 4]
        assert not memory.recall(0, here).any()
    memory.step()
    assert not memory.recall(1, here).any()
    assert memory.most_cells(1) == 0


def test_small_components_need_more_of_the_past_than_large_ones() -> None:
    sizes = np.array([1, 5, 20])
    once = np.array([[True] * 3, [False] * 3, [False] * 3, [False] * 3])
    assert persistent(sizes, once, most_cells=0).tolist() == [False, False, True]
    twice = np.array([[True] * 3, [True] * 3, [False] * 3, [False] * 3])
    assert persistent(sizes, twice, most_cells=0).tolist() == [False, True, True]


def test_a_large_component_may_jump() -> None:
    nowhere = np.zeros((4, 1), bool)
    assert persistent(np.array([20]), nowhere, most_cells=22).tolist() == [True]
    assert persistent(np.array([20]), nowhere, most_cells=4).tolist() == [False]
    assert persistent(np.array([3]), nowhere, most_cells=22).tolist() == [False]
