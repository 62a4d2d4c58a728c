"""What can still be read of a damaged catalogue, as far as no file of footage tells of it."""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ingest.catalogue_schema import Row

IRREPLACEABLE = {"gaps": 4, "protections": 6, "motion": 4}
"""Unlike segments no file tells of them: these tables, with so many columns, are taken along into a new catalogue."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was read of a table. `expected` is how many rows it should have had, where anything tells."""

    rows: list[Row]
    is_damaged: bool = False
    expected: int = 0

    def or_else(self, other: "Saved") -> "Saved":
        """With what another attempt has read, where this one read nothing or not all."""
        if self.rows and not self.is_damaged:
            return self
        rows = list(dict.fromkeys([*self.rows, *other.rows]))
        return Saved(rows, other.is_damaged, max(self.expected, other.expected))

    def __str__(self) -> str:
        if not self.is_damaged:
            return f"{len(self.rows)}"
        lost = max(0, self.expected - len(self.rows))
        return f"{len(self.rows)} ({lost or 'an unknown number'} could not be read)"


def saved_in(file: Path) -> dict[str, Saved]:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file)) as database:
        return saved(database)
    return saved(None)


def saved(database: sqlite3.Connection | None) -> dict[str, Saved]:
    """As much as can still be read of what no file tells of."""
    return {table: _saved_table(database, table) for table in IRREPLACEABLE}


def _saved_table(database: sqlite3.Connection | None, table: str) -> Saved:
    rows = list[Row]()
    if database is None:
        return Saved(rows, is_damaged=True)
    try:
        rows.extend(database.execute(f"SELECT * FROM {table}"))
    except sqlite3.Error:
        return Saved(rows, is_damaged=True, expected=_count(database, table))
    return Saved(rows)


def _count(database: sqlite3.Connection, table: str) -> int:
    """What an index, which may be whole where its table is not, says of their number; 0 where nothing does."""
    with contextlib.suppress(sqlite3.Error):
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


def better(first: dict[str, Saved], second: dict[str, Saved]) -> dict[str, Saved]:
    """Table by table, what was read at first, and where that is not all what was read then."""
    return {name: table.or_else(second[name]) for name, table in first.items()}


def put(database: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    """Enter them, in place of those with the same keys."""
    places = ",".join("?" * IRREPLACEABLE[table])
    database.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)


def protections(database: sqlite3.Connection) -> list[Row]:
    return database.execute('SELECT id, camera, start, "end", reason, created FROM protections').fetchall()
