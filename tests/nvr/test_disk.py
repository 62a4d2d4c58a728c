import asyncio
import subprocess
import sys
import threading

import pytest

from nvr.disk import DiskThread


def test_things_are_done_in_order_and_what_they_raise_is_raised() -> None:
    done: list[int] = []

    async def story() -> None:
        disk = DiskThread("disk")
        disk.later(lambda: done.append(1))
        await disk.do(done.append, 2)
        with pytest.raises(OSError, match="full"):
            await disk.do(_refuse)
        assert await disk.do(len, done) == 2
        disk.close()

    asyncio.run(story())
    assert done == [1, 2]


def test_what_was_begun_is_finished_and_what_was_not_is_left_out() -> None:
    done: list[str] = []
    thaw = threading.Event()

    def hang() -> None:
        thaw.wait()
        done.append("begun")

    async def story() -> None:
        disk = DiskThread("disk")
        begun = asyncio.create_task(disk.do(hang))
        waiting = asyncio.create_task(disk.do(done.append, "waiting"))
        await asyncio.sleep(0)  # they are asked for
        assert not await disk.settle(0.1)
        for task in (begun, waiting):
            task.cancel()
        await asyncio.wait([begun, waiting])
        thaw.set()
        assert await disk.settle(5.0)
        disk.close()

    asyncio.run(story())
    assert done == ["begun"]


def test_a_disk_that_hangs_does_not_hold_up_the_end_of_the_process() -> None:
    program = (
        "import asyncio, time; from nvr.disk import DiskThread\n"
        "asyncio.run(asyncio.wait_for(DiskThread('disk').settle(0.1), 5)); disk = DiskThread('disk')\n"
        "disk.later(lambda: time.sleep(60)); print(asyncio.run(disk.settle(0.1)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "False\n"


def test_nothing_is_begun_beside_the_last_work_of_a_closed_thread() -> None:
    async def story() -> None:
        disk = DiskThread("disk")
        disk.close()
        with pytest.raises(RuntimeError, match="was closed"):
            await disk.do(_refuse)

    asyncio.run(story())


def _refuse() -> None:
    raise OSError("full")
