"""A recorder that is killed while a motion event is open: `python -m ... inserted|spooled SPOOL DATABASE`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from exporters.clickhouse.client import Database
from exporters.clickhouse.writer import Writer
from exporters.spool import Spool
from tests.exporters.facts import activity, counted_rows, motion_event

MOVING_SECONDS = 5


async def main(moment: str, spool_directory: Path, directory: Path) -> None:
    spool = Spool(spool_directory, 1 << 24, counted_rows(), site="home")
    spool.put(motion_event(0))
    for second in range(MOVING_SECONDS):
        spool.put(activity(60 + second))
    assert spool.flush()
    if moment == "inserted":
        assert await Writer(spool, Database(f"chdb://{directory}"), counted_rows()).drain(20)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
