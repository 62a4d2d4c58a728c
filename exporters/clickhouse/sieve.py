"""Rows that ClickHouse can never read are sifted out of their batch, by halving it until the others are stored."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from exporters.clickhouse.session import RowsRefused

MAX_REFUSALS = 256
"""How often a batch is halved. Each halving stores one range at most, so that all their tokens stay within the tables'
deduplication window; with more bad rows than that finds, good ones beside them are lost too: of 10,000, 40 for each."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Rows that are not stored, and the reason as ClickHouse told it."""

    lines: Sequence[str]
    reason: str


async def insert_readable(
    insert: Callable[[Sequence[str], str], Awaitable[None]], lines: Sequence[str], token: str
) -> list[Refusal]:
    """`insert` all of `lines` that it does not refuse; those that it does.

    A range's token says which lines of the batch it holds. Whatever interrupts this, the same lines come again under
    the same tokens, and are stored once.
    """
    waiting, refusals, halvings = deque([range(len(lines))]), [], 0
    while waiting:
        rows = waiting.popleft()
        part = lines[rows.start : rows.stop]
        try:
            await insert(part, token if len(rows) == len(lines) else f"{token}-{rows.start}-{rows.stop}")
        except RowsRefused as error:
            if len(rows) == 1 or halvings == MAX_REFUSALS:
                refusals.append(Refusal(part, error.message))
            else:
                halvings += 1
                waiting.extend(halves(rows))
    return refusals


def halves(rows: range) -> tuple[range, range]:
    middle = len(rows) // 2
    return rows[:middle], rows[middle:]
