"""The book of alerts: what is news to whom, and what is known of each."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from exporters.notify.book import MOST_TOLD, REMEMBERED, REPEAT_AFTER, AlertBook
from nvr.alert import Alert, Told
from tests.exporters.notify.alerts import NOON, alert, ids

SECOND = timedelta(seconds=1)
LATER = NOON + timedelta(days=400)


def with_book(folder: Path, scenario: Callable[[AlertBook], Awaitable[None]]) -> None:
    async def run() -> None:
        book = AlertBook(folder)
        try:
            await scenario(book)
        finally:
            book.close()

    asyncio.run(run())


async def tell(book: AlertBook, *alerts: Alert, after: timedelta = 0 * SECOND, receiver: str = "people") -> list[int]:
    """The round of each alert that is news."""
    news = await book.news(receiver, alerts, NOON + after)
    await book.note(receiver, news, NOON + after)
    return [each.round for each in news]


def test_an_alert_is_news_once_to_each_receiver_and_again_when_it_is_over(tmp_path: Path) -> None:
    async def scenario(book: AlertBook) -> None:
        over = replace(alert(), end=NOON + 9 * SECOND)
        assert await tell(book, alert(1)) == [1]
        assert await tell(book, alert(1), alert(2), after=SECOND) == [1]
        assert await tell(book, alert(1), receiver="admins") == [1]
        assert await tell(book, over, after=10 * SECOND) == [2]
        assert await tell(book, over, after=timedelta(days=1)) == []

    with_book(tmp_path, scenario)


def test_an_alert_that_began_between_two_milliseconds_is_one(tmp_path: Path) -> None:
    async def scenario(book: AlertBook) -> None:
        begun = alert(1, NOON + timedelta(microseconds=1999))
        await tell(book, begun)
        assert await book.acknowledge(begun.id, "ann", NOON)
        assert len(await book.latest(None, None, LATER, limit=9)) == 1

    with_book(tmp_path, scenario)


def test_what_is_news_is_known_after_the_next_start(tmp_path: Path) -> None:
    async def before(book: AlertBook) -> None:
        assert await tell(book, alert(1)) == [1]

    async def after(book: AlertBook) -> None:
        assert await tell(book, alert(1)) == []
        assert ids(await book.latest(None, "firing", LATER, limit=9)) == ["1"]

    with_book(tmp_path, before)
    with_book(tmp_path, after)


def test_what_goes_on_is_repeated_unless_someone_has_taken_it_up(tmp_path: Path) -> None:
    async def scenario(book: AlertBook) -> None:
        await tell(book, alert(1))
        assert await tell(book, alert(1), after=REPEAT_AFTER - SECOND) == []
        assert await tell(book, alert(1), after=REPEAT_AFTER) == [2]
        assert await book.acknowledge(alert(1).id, "ann", NOON)
        assert await tell(book, alert(1), after=3 * REPEAT_AFTER) == []
        assert await tell(book, alert(1, end=NOON + SECOND), after=3 * REPEAT_AFTER) == [3]

    with_book(tmp_path, scenario)


def test_who_took_it_up_first_stays(tmp_path: Path) -> None:
    async def scenario(book: AlertBook) -> None:
        await tell(book, alert(1))
        await book.acknowledge(alert(1).id, "ann", NOON)
        found = await book.acknowledge(alert(1).id, "bob", NOON + SECOND)
        assert found is not None
        assert (found.acknowledged, found.acknowledged_by) == (NOON, "ann")
        assert await book.acknowledge(alert(2).id, "bob", NOON) is None

    with_book(tmp_path, scenario)


def test_deliveries_are_kept_once_and_bounded_and_each_change_is_a_later_revision(tmp_path: Path) -> None:
    async def scenario(book: AlertBook) -> None:
        await tell(book, alert(1))
        told = [Told("people/mail", "firing", "delivered", NOON + n * SECOND) for n in range(MOST_TOLD + 50)]
        first = await book.settle(alert(1).id, told[0])
        assert first is not None
        assert await book.settle(alert(1).id, told[0]) == first
        for each in told[1:]:
            found = await book.settle(alert(1).id, each)
        assert found is not None
        assert (found.told[0], found.told[-1], len(found.told)) == (told[0], told[-1], MOST_TOLD)
        assert found.revision == len(told) + 1
        assert await tell(book, replace(alert(1), end=NOON + SECOND)) == [2]
        [over] = await book.latest(None, "resolved", LATER, limit=9)
        assert (over.told, over.revision) == (found.told, found.revision + 1)

    with_book(tmp_path, scenario)


def test_alerts_are_listed_newest_first_by_camera_and_status(tmp_path: Path) -> None:
    async def scenario(book: AlertBook) -> None:
        for n in range(1, 5):
            await tell(book, alert(n, NOON + n * SECOND, camera="yard" if n == 2 else "front-door"))
        await tell(book, alert(3, NOON + 3 * SECOND, NOON + 9 * SECOND))
        assert ids(await book.latest(None, None, LATER, limit=2)) == ["4", "3"]
        assert ids(await book.latest(None, None, LATER, limit=2, offset=2)) == ["2", "1"]
        assert ids(await book.latest("yard", None, LATER, limit=9)) == ["2"]
        assert ids(await book.latest(None, "resolved", LATER, limit=9)) == ["3"]
        assert ids(await book.latest(None, None, NOON + 2 * SECOND, limit=9)) == ["1"]

    with_book(tmp_path, scenario)


def test_what_ended_long_ago_is_left_to_the_database(tmp_path: Path) -> None:
    async def scenario(book: AlertBook) -> None:
        await tell(book, alert(1, end=NOON + SECOND), alert(2))
        await tell(book, alert(3), after=REMEMBERED + timedelta(days=1))
        assert ids(await book.latest(None, None, LATER, limit=9)) == ["2", "3"]

    with_book(tmp_path, scenario)
