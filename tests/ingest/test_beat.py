import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from ingest.beat import BEAT_SECONDS, HURRY_SECONDS, Beat
from ingest.pipe import Pipe


class Ear:
    """Hears that something came, and when it is told to hand it on."""

    def __init__(self, end: int, calls: list[str], name: str, *, is_awaited: bool = False) -> None:
        self.end, self.is_awaited = end, is_awaited
        self._calls, self._name = calls, name
        self.hurry = False
        self.when_called: Callable[[], object] = bool
        os.set_blocking(end, False)

    def fetch(self) -> bool:
        self._calls.append(f"{self._name} fetches")
        self.when_called()
        with suppress(BlockingIOError):
            os.read(self.end, 100)
        return self.hurry

    def hand_on(self) -> None:
        self._calls.append(f"{self._name} hands on")


@contextmanager
def ears(*names: str) -> Iterator[tuple[list[str], list[Ear], list[Pipe]]]:
    with ExitStack() as stack:
        pipes = [stack.enter_context(Pipe()) for _ in names]
        calls: list[str] = []
        yield calls, [Ear(pipe.read_end, calls, name) for pipe, name in zip(pipes, names, strict=True)], pipes


async def until(came: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not came():  # noqa: ASYNC110  what is waited for tells nobody
            await asyncio.sleep(0.002)


def test_all_are_called_in_turn_at_one_beat() -> None:
    async def story() -> list[str]:
        beat = Beat(0.01)
        with ears("yard", "gate") as (calls, (yard, gate), _), beat.calling(yard), beat.calling(gate):
            await until(lambda: len(calls) >= 12)
            return calls[:12]

    assert asyncio.run(story()) == ["yard fetches", "gate fetches", "yard hands on", "gate hands on"] * 3


def test_one_alone_is_called_when_something_comes_and_only_then() -> None:
    async def story() -> list[str]:
        with ears("yard") as (calls, [yard], [pipe]), Beat(0.01).calling(yard):
            await asyncio.sleep(0.1)
            assert calls == []
            os.write(pipe.write_end, b"picture")
            await until(lambda: len(calls) >= 2)
            return calls

    assert asyncio.run(story()) == ["yard fetches", "yard hands on"]


def test_one_who_is_left_alone_needs_no_beat_any_more() -> None:
    async def story() -> int:
        beat = Beat(0.01)
        with ears("yard", "gate") as (calls, (yard, gate), (pipe, _)):
            with beat.calling(yard):
                for _ in range(2):  # and the beat begins again for the next who comes
                    calls.clear()
                    with beat.calling(gate):
                        await until(lambda: len(calls) >= 4)
                calls.clear()
                await asyncio.sleep(0.1)
                assert calls == []
                os.write(pipe.write_end, b"picture")
                await until(lambda: len(calls) >= 2)
            os.write(pipe.write_end, b"picture")
            await asyncio.sleep(0.1)
            return len(calls)

    assert asyncio.run(story()) == 2


def test_what_is_awaited_is_fetched_at_once_and_handed_on_at_the_beat() -> None:
    async def story() -> list[str]:
        beat = Beat(3600.0)
        with ears("yard", "gate") as (calls, (yard, gate), pipes), beat.calling(yard), ExitStack() as stack:
            gate.is_awaited = True
            stack.enter_context(beat.calling(gate))
            for pipe in pipes:
                os.write(pipe.write_end, b"picture")
            await until(lambda: bool(calls))
            await asyncio.sleep(0.05)
            return calls

    assert asyncio.run(story()) == ["gate fetches"]


def test_what_is_awaited_no_longer_waits_for_the_beat() -> None:
    async def story() -> list[str]:
        beat = Beat(0.05)
        with ears("yard", "gate") as (calls, (yard, gate), pipes), beat.calling(yard), ExitStack() as stack:
            gate.is_awaited = True
            stack.enter_context(beat.calling(gate))
            await until(lambda: len(calls) >= 4)
            gate.is_awaited = False
            calls.clear()
            await until(lambda: len(calls) >= 4)
            calls.clear()
            os.write(pipes[1].write_end, b"picture")
            await until(lambda: len(calls) >= 4)
            return calls[:4]

    assert asyncio.run(story()) == ["yard fetches", "gate fetches", "yard hands on", "gate hands on"]


def test_the_next_beat_comes_soon_where_more_is_waiting() -> None:
    async def story() -> float:
        beat, now = Beat(1.0), asyncio.get_running_loop().time
        with ears("yard", "gate") as (calls, (yard, gate), _), beat.calling(yard), beat.calling(gate):
            gate.hurry = True
            await until(lambda: len(calls) >= 4)
            began = now()
            await until(lambda: len(calls) >= 44)
            return now() - began

    assert 9 * HURRY_SECONDS <= asyncio.run(story()) < 8


@pytest.mark.parametrize("others", [1, 2])
def test_one_who_leaves_while_all_are_called_disturbs_nobody(others: int) -> None:
    async def story() -> None:
        beat = Beat(0.001)
        with ears("yard", "gate", "shed") as (calls, (yard, *rest), pipes), ExitStack() as stack:
            leaving = stack.enter_context(ExitStack())
            leaving.enter_context(beat.calling(yard))
            for each in rest[:others]:
                stack.enter_context(beat.calling(each))
            yard.when_called = leaving.close
            await until(lambda: "yard fetches" in calls)
            calls.clear()
            os.write(pipes[1].write_end, b"picture")
            await until(lambda: "gate hands on" in calls)
            assert "yard fetches" not in calls

    asyncio.run(story())


def test_a_camera_of_thirty_pictures_a_second_does_not_fill_its_pipe_between_two_beats() -> None:
    assert 30 * BEAT_SECONDS * 160 * 90 < 0.75 * (1 << 16)
