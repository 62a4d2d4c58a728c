"""The spool's file: rows waiting for ClickHouse in SQLite, and the batches they were assigned to.

A batch is assigned, durably, before its insert is tried. A crash between insert and acknowledgement therefore leads to
the same rows under the same token, which ClickHouse recognises: every row arrives exactly once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from exporters.clickhouse.rows import TABLES, Rows
from exporters.durable_file import connect, transaction

_FORMAT = 1
_ROW_OVERHEAD_BYTES = 150
"""What SQLite adds to a row's text and to its key, which is in an index too: measured on a full file."""

_BATCH_BYTES = 8 << 20

_SCHEMA = """
CREATE TABLE identity (uuid TEXT NOT NULL);
CREATE TABLE batch (id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL UNIQUE);
CREATE TABLE item (
    seq INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    key TEXT,
    count INTEGER NOT NULL,
    size INTEGER NOT NULL,
    lines TEXT NOT NULL,
    batch INTEGER,
    UNIQUE (target, key)
);
CREATE INDEX item_waiting ON item (batch, target, seq);
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table that go to ClickHouse together, always under the same token.

    `more` says that others of the table waited behind them when the batch was handed out.
    """

    id: int
    table: str
    token: str
    rows: int
    lines: str
    more: bool = field(compare=False)


class SpoolFile:
    """Not thread-safe: `Spool` calls it under its lock. Raises `sqlite3.Error`."""

    def __init__(self, path: Path) -> None:
        identity = f"INSERT INTO identity VALUES ('{uuid4()}');"
        self._db = connect(path, schema=_SCHEMA + identity, version=_FORMAT)
        self.rows: int
        self.size_bytes: int
        (self._uuid,) = self._db.execute("SELECT uuid FROM identity").fetchone()
        self.rows, self.size_bytes = self._db.execute(
            "SELECT coalesce(sum(count), 0), coalesce(sum(size), 0) FROM item"
        ).fetchone()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, the counts of rows and bytes included."""
        before = self.rows, self.size_bytes
        try:
            with transaction(self._db):
                yield
        except BaseException:
            self.rows, self.size_bytes = before
            raise

    def append(self, facts: Iterable[Rows], limit_bytes: int) -> Counter[str]:
        """Store `facts` in one commit and make room where they exceed `limit_bytes`; the rows dropped, by table."""
        with self._transaction():
            for rows in facts:
                self._append(rows)
            return self._make_room(limit_bytes)

    def _append(self, rows: Rows) -> None:
        size = len(rows.lines.encode()) + 2 * len(rows.key or "") + _ROW_OVERHEAD_BYTES
        added = self._db.execute(
            "INSERT OR IGNORE INTO item (target, key, count, size, lines) VALUES (?, ?, ?, ?, ?)",
            (rows.table, rows.key, rows.count, size, rows.lines),
        ).rowcount
        self.rows += added * rows.count
        self.size_bytes += added * size

    def _make_room(self, limit_bytes: int) -> Counter[str]:
        """Drop the oldest rows, the cheapest table first; rows in a batch may be in ClickHouse already and stay."""
        dropped: Counter[str] = Counter()
        for table in reversed(TABLES):
            while self.size_bytes > limit_bytes:
                count = self._drop_oldest(table, self.size_bytes - limit_bytes)
                if not count:
                    break
                dropped[table] += count
        return dropped

    def _drop_oldest(self, table: str, excess_bytes: int) -> int:
        waiting = self._db.execute(
            "SELECT seq, count, size FROM item WHERE batch IS NULL AND target = ? ORDER BY seq LIMIT 1000", (table,)
        ).fetchall()
        last, count, freed = 0, 0, 0
        for seq, rows, size in waiting:
            if freed >= excess_bytes:
                break
            last, count, freed = seq, count + rows, freed + size
        self._db.execute("DELETE FROM item WHERE batch IS NULL AND target = ? AND seq <= ?", (table, last))
        self.rows -= count
        self.size_bytes -= freed
        return count

    def assign(self, max_rows: int) -> list[Batch]:
        """One batch a table that has rows: those assigned before and not acknowledged, else new ones, durable now."""
        with self._transaction():
            open_tables = {table for (table,) in self._db.execute("SELECT target FROM batch")}
            for table in TABLES:
                if table not in open_tables:
                    self._assign(table, max_rows)
        found = dict(self._db.execute("SELECT target, id FROM batch").fetchall())
        return [self._batch(found[table], table) for table in TABLES if table in found]

    def _assign(self, table: str, max_rows: int) -> None:
        last, rows, size_bytes = 0, 0, 0
        for seq, count, size in self._db.execute(
            "SELECT seq, count, size FROM item WHERE batch IS NULL AND target = ? ORDER BY seq LIMIT ?",
            (table, max_rows),
        ):
            if last and (rows + count > max_rows or size_bytes + size > _BATCH_BYTES):
                break
            last, rows, size_bytes = seq, rows + count, size_bytes + size
        if not last:
            return
        batch = self._db.execute("INSERT INTO batch (target) VALUES (?)", (table,)).lastrowid
        self._db.execute(
            "UPDATE item SET batch = ? WHERE batch IS NULL AND target = ? AND seq <= ?", (batch, table, last)
        )

    def _batch(self, number: int, table: str) -> Batch:
        items = self._db.execute("SELECT count, lines FROM item WHERE batch = ? ORDER BY seq", (number,)).fetchall()
        rows, lines = sum(count for count, _ in items), "\n".join(lines for _, lines in items)
        (more,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM item WHERE batch IS NULL AND target = ?)", (table,)
        ).fetchone()
        return Batch(number, table, self._token(number), rows, lines, bool(more))

    def _token(self, number: int) -> str:
        return f"{self._uuid}-{number}"

    def acknowledge(self, batch: Batch) -> None:
        """Forget the rows of `batch`, unless another file handed it out. Its number is never used again."""
        if batch.token != self._token(batch.id):
            return
        with self._transaction():
            count, size = self._db.execute(
                "SELECT coalesce(sum(count), 0), coalesce(sum(size), 0) FROM item WHERE batch = ?", (batch.id,)
            ).fetchone()
            self._db.execute("DELETE FROM item WHERE batch = ?", (batch.id,))
            self._db.execute("DELETE FROM batch WHERE id = ?", (batch.id,))
            self.rows -= count
            self.size_bytes -= size

    def close(self) -> None:
        self._db.close()
