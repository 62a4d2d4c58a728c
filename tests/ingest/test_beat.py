import asyncio
from contextlib import ExitStack

from ingest.beat import BEAT_SECONDS, HURRY_SECONDS, Beat


def test_all_are_called_in_turn_at_one_beat() -> None:
    called: list[str] = []

    def listener(name: str) -> bool:
        called.append(name)
        return False

    async def story() -> None:
        beat = Beat(0.01)
        with beat.calling(lambda: listener("yard")), beat.calling(lambda: listener("gate")):
            while len(called) < 6:  # noqa: ASYNC110  what is waited for tells nobody
                await asyncio.sleep(0.001)

    asyncio.run(story())
    assert called[:6] == ["yard", "gate"] * 3


def test_nothing_is_left_waiting_when_nobody_listens_any_more() -> None:
    async def story() -> int:
        called: list[None] = []

        def listener() -> bool:
            called.append(None)
            return False

        beat = Beat(0.001)
        for _ in range(2):  # it begins again for the next who listens
            with beat.calling(listener):
                while not called:  # noqa: ASYNC110  what is waited for tells nobody
                    await asyncio.sleep(0.001)
            called.clear()
        await asyncio.sleep(0.02)
        return len(called)

    assert asyncio.run(story()) == 0


def test_the_next_beat_comes_soon_where_more_is_waiting() -> None:
    async def story() -> float:
        now = asyncio.get_running_loop().time
        called: list[float] = []

        def listener() -> bool:
            called.append(now())
            return True

        beat = Beat(1.0)
        with ExitStack() as stack:
            stack.enter_context(beat.calling(listener))
            while len(called) < 20:  # noqa: ASYNC110  what is waited for tells nobody
                await asyncio.sleep(0.01)
        return called[-1] - called[0]

    assert 19 * HURRY_SECONDS <= asyncio.run(story()) < 15


def test_one_who_leaves_while_others_are_called_disturbs_nobody() -> None:
    async def story() -> int:
        beat, called = Beat(0.001), 0
        with ExitStack() as stack:
            leaving = stack.enter_context(ExitStack())

            def leave() -> bool:
                leaving.close()
                return False

            def stay() -> bool:
                nonlocal called
                called += 1
                return False

            leaving.enter_context(beat.calling(leave))
            stack.enter_context(beat.calling(stay))
            while called < 3:  # noqa: ASYNC110  what is waited for tells nobody
                await asyncio.sleep(0.001)
        return called

    assert asyncio.run(story()) >= 3


def test_a_camera_of_thirty_pictures_a_second_does_not_fill_its_pipe_between_two_beats() -> None:
    assert 30 * BEAT_SECONDS * 160 * 90 < 0.75 * (1 << 16)
