import subprocess
import sys
import time

import pytest

PROGRAM = """
import asyncio, time
from nvr.departure import prompt_departure
from nvr.one_thread import OneThread

async def main():
    async with prompt_departure(0.2):
        hanging = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(POOL, time.sleep, SECONDS))
        await asyncio.sleep(0.05)
        hanging.cancel()
        END

asyncio.run(main())
"""


POOLS = ["None", "OneThread('clickhouse-write')"]


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize(
    ("end", "code", "said"),
    [("pass", 0, "waits for a disk that hangs"), ("raise ValueError('a bug')", 1, "ValueError: a bug")],
)
def test_a_thread_that_hangs_does_not_hold_up_the_end_of_the_process(end: str, code: int, said: str, pool: str) -> None:
    began = time.monotonic()
    done = _run(pool, "100", end)
    assert time.monotonic() - began < 50
    assert done.returncode == code
    assert said in done.stderr


@pytest.mark.parametrize("pool", POOLS)
def test_a_process_of_which_no_thread_hangs_ends_as_usual(pool: str) -> None:
    done = _run(pool, "0.01", "pass")
    assert (done.returncode, done.stderr) == (0, "")


def _run(pool: str, seconds: str, end: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.replace("POOL", pool).replace("SECONDS", seconds).replace("END", end)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
