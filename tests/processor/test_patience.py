from processor.cellset import grown
from processor.patience import HOLD_FRAMES, PATIENCE, Patience

HERE = 1 << 165


def rested() -> Patience:
    patience = Patience()
    for _ in range(PATIENCE):
        patience.hold(0, 0, 0, 0)
    return patience


def flicker(patience: Patience, frames: int, travelling: int = 0) -> list[bool]:
    """Whether it was believed in each frame of what lights up and goes out in turn."""
    believed = []
    for _ in range(frames):
        patience.hold(HERE, travelling, HERE, HERE)
        believed.append(patience.believes(HERE))
    return believed


def test_a_cell_and_its_neighbours_are_held_for_a_while_after_motion() -> None:
    patience = rested()
    held = patience.hold(HERE, 0, HERE, 0)
    assert held == grown(HERE)
    frames = [patience.hold(0, 0, 0, 0) != 0 for _ in range(HOLD_FRAMES + 5)]
    assert frames == [True] * (HOLD_FRAMES - 1) + [False] * 6


def test_what_flickers_is_believed_until_patience_wears_out() -> None:
    believed = flicker(rested(), 30)
    assert 5 <= believed.index(False) <= 12
    assert not any(believed[believed.index(False) :])


def test_what_moves_steadily_is_believed_for_long() -> None:
    patience = rested()
    for _ in range(100):
        patience.hold(HERE, 0, HERE, 0)
    assert patience.believes(HERE)


def test_what_travels_costs_no_patience() -> None:
    assert all(flicker(rested(), 1000, travelling=HERE))


def test_what_is_not_believed_is_learnt() -> None:
    assert rested().hold(HERE, 0, 0, 0) == 0


def test_a_new_scene_is_young_for_some_seconds() -> None:
    patience = Patience()
    assert patience.is_young
    for _ in range(60):
        patience.hold(0, 0, 0, 0)
    assert not patience.is_young


def test_patience_comes_back() -> None:
    patience = rested()
    flicker(patience, 20)
    for _ in range(PATIENCE):
        patience.hold(0, 0, 0, 0)
    patience.hold(HERE, 0, HERE, 0)
    assert patience.believes(HERE)
