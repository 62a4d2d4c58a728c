import subprocess
import sys
import time

import pytest

PROGRAM = """
import asyncio, time
from nvr.departure import prompt_departure

async def main():
    async with prompt_departure(0.2):
        hanging = asyncio.ensure_future(asyncio.to_thread(time.sleep, SECONDS))
        await asyncio.sleep(0.05)
        hanging.cancel()
        END

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [("pass", 0, "waits for a disk that hangs"), ("raise ValueError('a bug')", 1, "ValueError: a bug")],
)
def test_a_thread_that_hangs_does_not_hold_up_the_end_of_the_process(end: str, code: int, said: str) -> None:
    began = time.monotonic()
    done = _run(PROGRAM.replace("SECONDS", "100").replace("END", end))
    assert time.monotonic() - began < 50
    assert done.returncode == code
    assert said in done.stderr


def test_a_process_of_which_no_thread_hangs_ends_as_usual() -> None:
    done = _run(PROGRAM.replace("SECONDS", "0.01").replace("END", "pass"))
    assert (done.returncode, done.stderr) == (0, "")


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
