"""The sieve: only bad rows are left out, in few attempts, and an interruption changes nothing."""

import asyncio
from collections.abc import Sequence

import pytest

from exporters.clickhouse.session import RowsRefused
from exporters.clickhouse.sieve import MAX_REFUSALS, Refusal, insert_readable
from nvr.errors import DatabaseError


class Table:
    """Refuses whatever holds a line that begins with `bad`, and knows tokens again."""

    def __init__(self, away_after: int | None = None) -> None:
        self.stored: dict[str, Sequence[str]] = {}
        self.attempts = 0
        self.away_after = away_after

    async def insert(self, lines: Sequence[str], token: str) -> None:
        if self.attempts == self.away_after:
            raise DatabaseError("is away")
        self.attempts += 1
        if any(line.startswith("bad") for line in lines):
            raise RowsRefused("cannot parse")
        assert self.stored.setdefault(token, lines) == lines

    @property
    def lines(self) -> list[str]:
        return sorted(line for lines in self.stored.values() for line in lines)


def lines_with_bad(count: int, *bad: int) -> list[str]:
    return [f"{'bad' if number in bad else 'good'} {number}" for number in range(count)]


def sifted(table: Table, lines: Sequence[str]) -> list[Refusal]:
    return asyncio.run(insert_readable(table.insert, lines, "spool-7"))


def test_readable_rows_go_at_once_under_the_token_of_their_batch() -> None:
    table, lines = Table(), lines_with_bad(10)
    assert sifted(table, lines) == []
    assert table.stored == {"spool-7": lines}


@pytest.mark.parametrize("bad", [(0,), (9_999,), (4_999, 5_000), (17, 18, 19, 20, 4_000, 9_000), (1, 3, 5, 7, 9)])
def test_only_the_bad_rows_are_left_out(bad: tuple[int, ...]) -> None:
    table, lines = Table(), lines_with_bad(10_000, *bad)
    refused = [line for refusal in sifted(table, lines) for line in refusal.lines]
    assert sorted(refused) == sorted(f"bad {number}" for number in bad)
    assert table.lines == sorted(line for line in lines if line.startswith("good"))
    assert table.attempts <= 1 + 28 * len(bad)


@pytest.mark.parametrize("count", [1, 2, 3, 10_000])
def test_a_batch_of_nothing_but_bad_rows_takes_few_attempts(count: int) -> None:
    table = Table()
    refusals = sifted(table, lines_with_bad(count, *range(count)))
    assert sum(len(refusal.lines) for refusal in refusals) == count
    assert table.attempts <= 2 * MAX_REFUSALS + 1


def test_bad_rows_everywhere_take_few_good_ones_along() -> None:
    table, lines = Table(), lines_with_bad(10_000, *range(0, 10_000, 100))
    refused = [line for refusal in sifted(table, lines) for line in refusal.lines]
    assert sorted([*table.lines, *refused]) == sorted(lines)
    assert len(refused) <= 40 * 100
    assert len(table.stored) <= MAX_REFUSALS + 1


def test_what_was_interrupted_comes_again_under_the_same_tokens() -> None:
    lines = lines_with_bad(1_000, 3, 700, 701)
    table = Table()
    for attempts in range(60):
        table.attempts, table.away_after = 0, attempts
        try:
            refusals = sifted(table, lines)
        except DatabaseError:
            continue
        assert sum(len(refusal.lines) for refusal in refusals) == 3
        assert table.lines == sorted(line for line in lines if line.startswith("good"))
        return
    pytest.fail("it takes too many attempts")
