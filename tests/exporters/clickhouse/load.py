"""A recorder's way to ClickHouse under load, and a log of what it was told is durable: `python -m ... DSN SPOOL LOG`.

Fact n is a motion event, a second of activity and a heatmap increment, each recognisable by n, at 200 a second. The log
has one line for each n that was offered and one for each up to which all were on disk, so that after any number of
kills it is known what must be in the database, and what may be. `ready` is printed when rows go to the database.
SIGTERM empties the spool and ends it by code 0.
"""

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from exporters.clickhouse import writer as writer_module
from exporters.clickhouse.client import Database
from exporters.clickhouse.writer import Writer
from exporters.spool import Spool
from nvr.model import HEATMAP_COLUMNS, HEATMAP_ROWS, HeatmapCounts
from nvr.supervise import supervise
from tests.exporters.facts import HOUR, activity, counted_rows, motion_event

PER_SECOND = 200
CELLS = HEATMAP_ROWS * HEATMAP_COLUMNS
DRAIN_SECONDS = 60.0
LIMIT_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class Log:
    """What was offered and what of it is durable, each as the number of the first fact that is not.

    Facts that were offered and not made durable when the process died are never offered again.
    """

    offered: int
    lost_at_most: frozenset[int]
    """The numbers that were offered in a run that died before it was told that they are durable."""

    @staticmethod
    def read(path: Path) -> "Log":
        offered, unsure, pending = 0, set[int](), set[int]()
        for line in path.read_text().splitlines() if path.exists() else ():
            word, _, number = line.partition(" ")
            match word:
                case "start":
                    unsure, pending = unsure | pending, set()
                case "offer":
                    pending.add(int(number))
                    offered = int(number) + 1
                case "durable":
                    pending = {one for one in pending if one >= int(number)}
        return Log(offered, frozenset(unsure | pending))


class Writing:
    """The log's file. Lines survive the process, which is all that kills: what ends here is never the machine."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(self, *words: str) -> None:
        os.write(self._file, "".join(f"{word}\n" for word in words).encode())


def offer(spool: Spool, number: int) -> None:
    spool.put(motion_event(number, 0.5))
    spool.put(activity(number))
    spool.put(HeatmapCounts("front-door", HOUR + timedelta(hours=number // CELLS), {number % CELLS: 1}))


async def load(spool: Spool, log: Path, stop: asyncio.Event) -> None:
    """Offer facts at a steady rate, and say each quarter of a second which of them are durable."""
    number, writing = Log.read(log).offered, Writing(log)
    writing.say("start")
    began, first = time.monotonic(), number
    while not stop.is_set():
        upto = first + int((time.monotonic() - began) * PER_SECOND)
        writing.say(*(f"offer {one}" for one in range(number, upto)))
        for one in range(number, upto):
            offer(spool, one)
        number = upto
        if await asyncio.to_thread(spool.flush):
            writing.say(f"durable {number}")
        await asyncio.sleep(0.02)


async def say_when_up(writer: Writer) -> None:
    while not writer.status().up:  # noqa: ASYNC110  A status is to be asked, and wakes nobody.
        await asyncio.sleep(0.01)
    print("ready", flush=True)


async def main(dsn: str, directory: Path, log: Path) -> None:
    writer_module.INTERVAL_SECONDS = 0.02  # so that a kill most often finds an insert on its way
    stop, telemetry = asyncio.Event(), counted_rows()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    spool = Spool(directory, LIMIT_BYTES, telemetry, site="home")
    database = Database(dsn)
    writer = Writer(spool, database, telemetry)
    exporting = asyncio.create_task(supervise("event sink", writer.run, failed=lambda _: None))
    saying = asyncio.create_task(say_when_up(writer))
    await load(spool, log, stop)
    saying.cancel()
    exporting.cancel()
    await asyncio.wait([exporting])
    drained = await writer.drain(DRAIN_SECONDS)
    await database.close()
    await asyncio.to_thread(spool.close)
    assert drained
    assert not telemetry.dropped


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
