import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from ingest.beat import Beat
from ingest.pictures import PICTURE_BYTES
from ingest.pipe import Pipe
from ingest.reel import EVERY_SECONDS, OBSERVED_SECONDS, Reel, is_observed


@contextmanager
def _reel(beat: Beat, *, arrival_counts: bool = False) -> Iterator[tuple[Pipe, Pipe, Reel]]:
    """Beside another one from which nothing comes: alone it would need no beat."""
    with Pipe() as pictures, Pipe() as times, Pipe() as others, Pipe() as other_times:
        reel = Reel(pictures, times, arrival_counts=arrival_counts)
        with beat.calling(reel), beat.calling(Reel(others, other_times)):
            yield pictures, times, reel


def _picture(gray: int) -> bytes:
    return bytes([gray]) * PICTURE_BYTES


def _time(seconds: float) -> bytes:
    return b"frame:0    pts:%d   pts_time:%g\nk=1\n" % (seconds * 1_000_000, seconds)


def _write(pictures: Pipe, times: Pipe, *numbers: int) -> None:
    for number in numbers:
        os.write(times.write_end, _time(number))
        os.write(pictures.write_end, _picture(number))


def test_pictures_come_with_their_times_until_the_child_ends() -> None:
    async def story() -> list[tuple[float, int]]:
        seen: list[tuple[float, int]] = []
        with _reel(Beat(0.001)) as (pictures, times, reel):
            _write(pictures, times, 1, 2)
            first = await reel.next()
            _write(pictures, times, 3)
            second = await reel.next()
            os.write(pictures.write_end, b"half a picture")
            pictures.close(pictures.write_end)
            assert await reel.next() == []
            for seconds, _, picture in [*first, *second]:
                assert picture.shape == (90, 160)
                assert np.ptp(picture) == 0
                seen.append((seconds, int(picture[0, 0])))
        return seen

    assert asyncio.run(story()) == [(1.0, 1), (2.0, 2), (3.0, 3)]


def test_what_came_just_before_the_end_is_not_lost() -> None:
    async def story() -> tuple[int, int]:
        with _reel(Beat(0.001)) as (pictures, times, reel):
            _write(pictures, times, 1, 2)
            for pipe in (pictures, times):
                pipe.close(pipe.write_end)
            await asyncio.sleep(0.05)
            return len(await reel.next()), len(await reel.next())

    assert asyncio.run(story()) == (2, 0)


def test_a_child_that_writes_more_than_a_pipe_holds_is_not_kept_waiting_for_the_beat() -> None:
    async def story() -> int:
        with _reel(Beat(0.2)) as (pictures, times, reel):
            writing = asyncio.create_task(asyncio.to_thread(_write, pictures, times, *range(200)))
            seen = 0
            async with asyncio.timeout(8):  # 200 pictures at four a beat would take 10 s
                while seen < 200:
                    seen += len(await reel.next())
            await writing
            return seen

    assert asyncio.run(story()) == 200


def test_an_awaited_picture_is_known_when_it_comes_and_handed_on_at_the_beat() -> None:
    async def story() -> tuple[float, float]:
        with _reel(Beat(1.0), arrival_counts=True) as (pictures, times, reel):
            _write(pictures, times, 1)
            written = time.monotonic()
            [shown] = await reel.next()
            return shown.arrived - written, time.monotonic() - shown.arrived

    late, waited = asyncio.run(story())
    assert late < 0.5 < waited


def test_a_child_that_has_ended_wakes_nobody_any_more() -> None:
    async def story() -> int:
        with _reel(Beat(0.01), arrival_counts=True) as (pictures, times, reel):
            for pipe in (pictures, times):
                pipe.close(pipe.write_end)
            assert await reel.next() == []
            loop = asyncio.get_running_loop()
            assert not loop.remove_reader(pictures.read_end)
            return len(await reel.next())

    assert asyncio.run(story()) == 0


def test_one_alone_need_not_wait_for_a_beat() -> None:
    async def story() -> float:
        beat = Beat(3600.0)
        with Pipe() as pictures, Pipe() as times:
            reel = Reel(pictures, times)
            with beat.calling(reel):
                _write(pictures, times, 1)
                async with asyncio.timeout(20):
                    [shown] = await reel.next()
                    pictures.close(pictures.write_end)
                    assert await reel.next() == []
                return shown.media_seconds

    assert asyncio.run(story()) == 1.0


def test_arrivals_are_observed_at_first_and_now_and_then() -> None:
    times = [second / 2 for second in range(240)]
    assert all(is_observed(each) for each in times if each < 15)
    later = [is_observed(each) for each in times if each >= 60]
    assert sum(later) / len(later) == pytest.approx(OBSERVED_SECONDS / EVERY_SECONDS)
