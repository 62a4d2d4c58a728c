"""The durable way to ClickHouse: facts wait here, on disk and bounded, until the database has them.

`put` only appends to a queue in memory; a thread of the spool's own commits whatever has gathered, so that no caller
waits for the disk and a fact is durable within a fraction of a second.
"""

import logging
import threading
import time
from collections import Counter, deque
from pathlib import Path

from exporters.clickhouse.rows import Rows, rows_of, table_of
from exporters.kept_file import KeptFile
from exporters.spool_file import Batch, SpoolFile
from nvr.errors import StorageError
from nvr.lock_file import LockFile
from nvr.model import Fact
from nvr.ports import Telemetry

_log = logging.getLogger(__name__)

FILE_NAME = "facts.sqlite"

GATHER_SECONDS = 0.2
"""How long facts gather for one commit: each costs a sync of the disk."""

RETRY_SECONDS = 1.0
QUEUE_FACTS = 20_000
"""The bound of the queue in memory, reached only where the disk stalls; activity and heatmaps may take half of it."""

TYPICAL_ROW_BYTES = 400

_CHEAP = frozenset({"activity", "heatmap"})


class Spool:
    """A `FactSink` that `Writer` empties. Rows that do not fit are counted by `telemetry`, the cheapest first.

    One recorder uses a directory. Raises `StorageError`; a corrupt file is moved aside, and the spool starts anew.
    """

    def __init__(self, directory: Path, limit_bytes: int, telemetry: Telemetry, *, site: str) -> None:
        self._limit_bytes, self._telemetry, self._site = limit_bytes, telemetry, site
        self._path = path = directory / FILE_NAME
        self._queue: deque[Fact] = deque()
        self._wake = threading.Condition()
        self._closing = self._failing = False
        self._accepted = self._settled = 0
        self._lock = LockFile(path.with_name(path.name + ".lock"))
        try:
            self._kept = KeptFile("spool", path, SpoolFile, renewed=lambda: telemetry.failed("spool"))
        except BaseException:
            self._lock.close()
            raise
        self._thread = threading.Thread(target=self._work, name="spool", daemon=True)
        self._thread.start()

    def put(self, fact: Fact) -> None:
        table = table_of(fact)
        limit = QUEUE_FACTS // 2 if table in _CHEAP else QUEUE_FACTS
        with self._wake:
            fits = len(self._queue) < limit and not self._closing
            if fits:
                self._queue.append(fact)
                self._accepted += 1
                self._wake.notify_all()
        if not fits:
            self._telemetry.rows_dropped(table, 1)

    @property
    def rows(self) -> int:
        """Rows on disk that ClickHouse has not acknowledged, and facts about to be written there."""
        return self._kept.file.rows + len(self._queue)

    @property
    def capacity_rows(self) -> int:
        """How many rows fit into the limit at their present mean size: `rows` against it is how full the spool is."""
        rows, size_bytes = self._kept.file.rows, self._kept.file.size_bytes
        mean = size_bytes / rows if rows and size_bytes else TYPICAL_ROW_BYTES
        return max(1, int(self._limit_bytes / mean))

    @property
    def size_bytes(self) -> int:
        return self._kept.file.size_bytes

    def assign(self, max_rows: int) -> list[Batch]:
        """At most one batch a table, the same ones until they are acknowledged. Reads the disk."""
        return self._kept.use(lambda file: file.assign(max_rows))

    def acknowledge(self, batch: Batch) -> None:
        """ClickHouse has `batch`. Where this fails the batch is sent again, and recognised there."""
        self._kept.use(lambda file: file.acknowledge(batch))

    def flush(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until every fact put before is on disk; False where the disk did not take them in time."""
        with self._wake:
            wanted = self._accepted
            return self._wake.wait_for(lambda: self._settled >= wanted, timeout_seconds)

    def close(self) -> None:
        """Write what waits in memory, then let go of the file; what comes later is counted as dropped."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join()
        self._kept.close()
        self._lock.close()

    def _work(self) -> None:
        while not self._closing:
            with self._wake:
                self._wake.wait_for(lambda: self._queue or self._closing)
                self._wake.wait_for(lambda: self._closing, GATHER_SECONDS)
            while not self._committed() and not self._closing:
                time.sleep(RETRY_SECONDS)
        if not self._committed():
            self._drop(Counter(table_of(fact) for fact in self._queue))

    def _committed(self) -> bool:
        try:
            self._commit()
        except Exception as error:  # noqa: BLE001  A boundary: without this thread every later fact would be lost.
            self._note_failure(error)
            return False
        return True

    def _commit(self) -> None:
        """Write what is queued in one commit. The facts stay queued until it holds."""
        with self._wake:
            facts = list(self._queue)
        if not facts:
            return
        rows = [rows for fact in facts if (rows := self._rows_of(fact)) is not None]
        dropped = self._kept.use(lambda file: file.append(rows, self._limit_bytes))
        self._note_success()
        with self._wake:
            for _ in facts:
                self._queue.popleft()
            self._settled += len(facts)
            self._wake.notify_all()
        self._drop(dropped)

    def _rows_of(self, fact: Fact) -> Rows | None:
        try:
            rows = rows_of(fact, self._site)
        except Exception:  # noqa: BLE001  A boundary: one malformed fact must not keep all later ones from the disk.
            _log.exception("a fact cannot be kept", extra={"table": table_of(fact)})
            self._telemetry.rows_dropped(table_of(fact), 1)
            return None
        return rows if rows.count else None

    def _drop(self, dropped: Counter[str]) -> None:
        for table, rows in dropped.items():
            self._telemetry.rows_dropped(table, rows)

    def _note_failure(self, error: Exception) -> None:
        if not self._failing:
            trace = None if isinstance(error, StorageError) else error
            _log.error("the spool cannot be written, facts wait in memory: %s", error, exc_info=trace)
            self._telemetry.failed("spool")
        self._failing = True

    def _note_success(self) -> None:
        if self._failing:
            _log.info("the spool can be written again: %s", self._path)
        self._failing = False
