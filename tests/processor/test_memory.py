from processor.memory import FRAMES, Memory

HERE, BESIDE, FAR = 1 << 200, 1 << 201, 1 << 400


def test_what_was_at_or_beside_a_place_is_remembered_and_forgotten() -> None:
    memory = Memory()
    memory.note(HERE)
    assert [memory.repeats(cells) for cells in (HERE, BESIDE, FAR)] == [1, 1, 0]
    memory.note(HERE)
    assert memory.repeats(BESIDE) == 2
    for _ in range(4):
        memory.note(0)
    assert memory.repeats(HERE) == 0


def test_what_comes_from_elsewhere_is_the_same() -> None:
    memory = Memory()
    for cell in (201, 201, 202, 202):
        memory.note(1 << cell)
    assert memory.repeats(1 << 203) == 4
    assert memory.run(1 << 203, in_shower=False) == 4


def test_a_large_thing_may_come_faster() -> None:
    memory, large, small = Memory(), sum(0b11 << 32 * row for row in range(2, 8)), 0b11 << 64
    for step in range(4):
        memory.note((large | small << 320) << step)
    assert memory.repeats(large << 4) > memory.repeats(small << 324)


def test_a_run_ends_at_the_first_frame_without() -> None:
    memory = Memory()
    for cells in (HERE, 0, HERE, HERE):
        memory.note(cells)
    assert memory.run(HERE, in_shower=False) == 2
    for _ in range(20):
        memory.note(HERE)
    assert memory.run(HERE, in_shower=False) == FRAMES


def test_in_a_shower_a_few_flakes_are_not_where_something_large_was_before() -> None:
    memory, large, flakes = Memory(), 0b11111111 << 200, 0b1010001 << 200
    for cells in (flakes, flakes, large, large):
        memory.note(cells)
    assert [memory.run(large, in_shower) for in_shower in (False, True)] == [4, 2]
