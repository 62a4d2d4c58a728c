"""A recorder's way to ClickHouse that is killed at a chosen moment: `python -m ... MOMENT SPOOL DATABASE`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from exporters.clickhouse.client import Database
from exporters.clickhouse.writer import Writer
from exporters.spool import Spool
from exporters.spool_file import Batch
from tests.exporters.facts import activity, counted_rows, heatmap, motion_event

FACTS = 50


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingSpool(Spool):
    """`after_assign`: the batches are durable, nothing is inserted. `after_insert`: ClickHouse has `die_at`'s rows."""

    moment, die_at = "", ""

    def assign(self, max_rows: int) -> list[Batch]:
        batches = super().assign(max_rows)
        if self.moment == "after_assign":
            die()
        return batches

    def acknowledge(self, batch: Batch) -> None:
        if self.moment == "after_insert" and batch.table == self.die_at:
            die()
        super().acknowledge(batch)
        if self.moment == "after_acknowledge" and batch.table == self.die_at:
            die()


async def main(moment: str, die_at: str, spool_directory: Path, directory: Path) -> None:
    spool = DyingSpool(spool_directory, 1 << 24, counted_rows(), site="home")
    spool.moment, spool.die_at = moment, die_at
    for number in range(FACTS):
        spool.put(motion_event(number, 0.5))
        spool.put(activity(number))
        spool.put(heatmap(c1=1, c2=2))
    assert spool.flush()
    await Writer(spool, Database(f"chdb://{directory}"), counted_rows()).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))
