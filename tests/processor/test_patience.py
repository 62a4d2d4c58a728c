import numpy as np

from processor.patience import HOLD_FRAMES, PATIENCE_FRAMES, RECOVERY, Patience

HERE = np.zeros((18, 32), bool)
HERE[5, 5] = True


def test_a_cell_and_its_neighbours_are_held_for_a_while_after_motion() -> None:
    patience = Patience(2)
    held = patience.hold({1: HERE})
    assert list(held) == [1]
    assert held[1].sum() == 9
    frames = [bool(patience.hold({})) for _ in range(HOLD_FRAMES + 5)]
    assert frames == [True] * (HOLD_FRAMES - 1) + [False] * 6


def test_patience_runs_out_where_motion_never_ends() -> None:
    patience = Patience(1)
    frames = [bool(patience.hold({0: HERE})) for _ in range(2 * PATIENCE_FRAMES)]
    assert frames == [True] * PATIENCE_FRAMES + [False] * PATIENCE_FRAMES


def test_patience_recovers_slowly() -> None:
    patience = Patience(1)
    for _ in range(PATIENCE_FRAMES):
        patience.hold({0: HERE})
    for _ in range(HOLD_FRAMES + 20 * RECOVERY):
        patience.hold({})
    assert [bool(patience.hold({0: HERE})) for _ in range(25)].count(True) in range(18, 23)
