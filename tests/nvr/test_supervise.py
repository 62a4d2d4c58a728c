import asyncio
import contextlib
import itertools

import pytest

from nvr.errors import DatabaseError
from nvr.supervise import Backoff, Turnstile, cancelled, supervise


def test_waits_double_up_to_their_limit_and_begin_anew() -> None:
    backoff = Backoff(0.5, 30.0, draw=lambda: 1.0)
    assert [backoff.next_seconds() for _ in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    backoff.reset()
    assert backoff.next_seconds() == 0.5


def test_jitter_spreads_waits_over_the_whole_range() -> None:
    waits = []
    for _ in range(2000):
        backoff = Backoff(8.0, 8.0)
        waits.append(backoff.next_seconds())
    assert min(waits) < 0.5
    assert max(waits) > 7.5
    assert 3.5 < sum(waits) / len(waits) < 4.5


def test_no_wait_is_shorter_than_the_least() -> None:
    backoff = Backoff(60.0, 300.0, least=30.0, draw=iter((0.0, 0.5, 1.0)).__next__)
    waits = [backoff.next_seconds() for _ in range(3)]
    assert waits == [30.0, 75.0, 240.0]


def test_ten_thousand_failures_do_not_overflow() -> None:
    backoff = Backoff(draw=lambda: 1.0)
    assert max(backoff.next_seconds() for _ in range(10_000)) == 30.0


def test_sixty_four_that_failed_together_come_back_one_after_another() -> None:
    now = 100.0
    starts = Turnstile(10.0, lambda: now)
    due = [now + starts._take_turn() for _ in range(64)]
    assert due[0] == 100.0
    assert due[-1] == pytest.approx(106.3)
    assert all(later - sooner == pytest.approx(0.1) for sooner, later in itertools.pairwise(due))


def test_who_comes_alone_does_not_wait() -> None:
    times = iter((100.0, 100.2, 107.0))
    starts = Turnstile(10.0, times.__next__)
    assert [starts._take_turn() for _ in range(3)] == [0.0, 0.0, 0.0]


def test_an_expected_failure_is_tried_again_and_counted() -> None:
    attempts: list[int] = []
    failed: list[str] = []

    async def run_once() -> None:
        attempts.append(1)
        if len(attempts) < 4:
            raise DatabaseError("away")
        raise ZeroDivisionError  # ends the loop

    with pytest.raises(ZeroDivisionError):
        asyncio.run(supervise("sink", run_once, failed=failed.append, backoff=Backoff(0.001, 0.001)))
    assert failed == ["sink"] * 3


def test_a_bug_is_not_tried_again() -> None:
    async def run_once() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(supervise("sink", run_once, failed=lambda _: None))


def test_a_task_that_swallows_a_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nvr.supervise.CANCEL_SECONDS", 0.05)

    async def stubborn() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def main() -> bool:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        await cancelled(task)
        return task.cancelled()

    assert asyncio.run(main())


def test_what_ends_at_once_is_not_begun_again_at_once() -> None:
    starts = 0

    async def ends() -> None:
        nonlocal starts
        starts += 1

    async def run() -> None:
        task = asyncio.create_task(supervise("it", ends, failed=lambda _: None))
        await asyncio.wait([task], timeout=0.2)
        await cancelled(task)

    asyncio.run(run())
    assert starts == 1
