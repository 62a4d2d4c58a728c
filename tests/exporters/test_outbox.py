"""The outbox: durable, in order, one channel independent of the other, bounded."""

import asyncio
import logging
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exporters import outbox as outbox_module
from exporters.delivery import DeliveryOutcome
from exporters.outbox import Outbox
from exporters.outbox_file import OutboxFile
from nvr.clock import utc_now
from nvr.errors import StorageError
from nvr.supervise import Backoff, cancelled, supervise
from tests.exporters.deliveries import Channels, CountedDeliveries, delivery
from tests.exporters.sender import CHANNELS, PER_PROCESS


class Box:
    """An outbox on a directory, with channels `mail`, `chat` and `text` where nothing else is said."""

    def __init__(
        self, directory: Path, limit_bytes: int = 1 << 20, channels: tuple[str, ...] = ("mail", "chat", "text")
    ) -> None:
        self.channels, self.telemetry = Channels(), CountedDeliveries()
        self.time = utc_now()
        self.outbox = Outbox(
            directory,
            limit_bytes,
            channels,
            self.channels.send,
            self.telemetry,
            redact=lambda text: text.replace("canary", "***"),
            backoff=lambda: Backoff(0.02, 0.1),
            now=self.now,
        )

    def now(self) -> datetime:
        return self.time

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110  What is counted does not wake.
                await asyncio.sleep(0.01)

    async def delivered(self) -> None:
        async with asyncio.timeout(20):
            while await self.outbox.waiting():  # noqa: ASYNC110  What is settled does not wake.
                await asyncio.sleep(0.01)


def with_box(directory: Path, scenario: Callable[[Box], Awaitable[None]], limit_bytes: int = 1 << 20) -> None:
    async def run() -> None:
        box = Box(directory, limit_bytes)
        try:
            await scenario(box)
        finally:
            await box.outbox.close()

    asyncio.run(run())


def test_each_channel_takes_its_own_once(tmp_path: Path) -> None:
    async def scenario(box: Box) -> None:
        async with box.running():
            for _ in range(2):
                await box.outbox.put([delivery(1, "mail"), delivery(1, "chat"), delivery(2, "mail")])
                await box.delivered()
        assert sorted(box.channels.taken) == [("chat", "alert-1"), ("mail", "alert-1"), ("mail", "alert-2")]
        assert box.telemetry.tried == {("mail", "delivered"): 2, ("chat", "delivered"): 1}

    with_box(tmp_path, scenario)


def test_without_channels_it_runs_on_and_is_not_begun_again_and_again(tmp_path: Path) -> None:
    async def run() -> None:
        box = Box(tmp_path, channels=())
        starts = 0

        async def once() -> None:
            nonlocal starts
            starts += 1
            await box.outbox.run()

        task = asyncio.create_task(supervise("deliveries", once, failed=lambda _: None))
        await asyncio.wait([task], timeout=0.3)
        assert starts == 1
        await cancelled(task)
        await box.outbox.close()

    asyncio.run(run())


def test_what_was_put_is_delivered_after_the_next_start_and_is_known_then(tmp_path: Path) -> None:
    async def before(box: Box) -> None:
        await box.outbox.put([delivery(1)])

    async def after(box: Box) -> None:
        async with box.running():
            await box.delivered()
            await box.outbox.put([delivery(1)])
            await box.delivered()
        assert box.channels.taken == [("mail", "alert-1")]

    with_box(tmp_path, before)
    with_box(tmp_path, after)


def test_what_was_taken_in_the_moment_of_a_stop_is_written_down_before_the_file_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(box: Box) -> None:
        await box.outbox.put([delivery(1)])
        use = box.outbox._kept.use

        def slowly(act: Callable[[OutboxFile], object]) -> object:
            time.sleep(0.2)
            return use(act)

        monkeypatch.setattr(box.outbox._kept, "use", slowly)
        async with box.running():
            await box.until(lambda: bool(box.telemetry.tried))

    async def after(box: Box) -> None:
        assert [one.outcome for one in await box.outbox.settled()] == [DeliveryOutcome.DELIVERED]

    with_box(tmp_path, stopped)
    with_box(tmp_path, after)


@pytest.mark.parametrize("how", ["broken", "hanging"])
def test_a_channel_that_fails_delays_and_repeats_no_other(
    how: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "SEND_SECONDS", 0.1)

    async def scenario(box: Box) -> None:
        if how == "broken":
            box.channels.broken["mail"] = "smtp://nvr:canary@host: refused"
        else:
            box.channels.hanging.add("mail")
        async with box.running():
            for number in range(20):
                await box.outbox.put([delivery(number, channel) for channel in ("mail", "chat")])
            await box.until(lambda: box.telemetry.tried["chat", "delivered"] == 20)
            await box.until(lambda: box.telemetry.tried["mail", "failed"] >= 3)
            box.channels.broken.clear()
            box.channels.hanging.clear()
            await box.delivered()
        assert Counter(box.channels.taken) == {(c, f"alert-{n}"): 1 for c in ("mail", "chat") for n in range(20)}

    with caplog.at_level(logging.INFO):
        with_box(tmp_path, scenario)
    assert caplog.text.count("the channel mail takes no notifications") == 1
    assert caplog.text.count("the channel mail takes notifications again") == 1
    assert "canary" not in caplog.text


def test_a_resolution_never_overtakes_its_alert(tmp_path: Path) -> None:
    async def scenario(box: Box) -> None:
        box.channels.broken["mail"] = "refused"
        async with box.running():
            await box.outbox.put([delivery(1, subject="offline")])
            await box.until(lambda: box.telemetry.tried["mail", "failed"] >= 2)
            await box.outbox.put([delivery(2, subject="offline", resolved=True), delivery(3, severity="critical")])
            box.channels.broken.clear()
            await box.delivered()
        order = [key for _, key in box.channels.taken]
        assert order.index("alert-1") < order.index("alert-2")

    with_box(tmp_path, scenario)


def test_what_a_channel_never_takes_holds_up_no_other_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(box: Box) -> None:
        box.channels.refusing.add("alert-1")
        async with box.running():
            await box.outbox.put([delivery(1), delivery(2)])
            await box.delivered()
        first, second = sorted(await box.outbox.settled(), key=lambda one: one.key)
        assert (first.outcome, first.error, first.attempts) == (DeliveryOutcome.REFUSED, "it is too long", 1)
        assert (second.outcome, second.error) == (DeliveryOutcome.DELIVERED, "")

    with_box(tmp_path, scenario)
    assert "refuses a notification for good: it is too long" in caplog.text


def test_history_is_told_once_and_keys_are_known_for_days(tmp_path: Path) -> None:
    async def scenario(box: Box) -> None:
        async with box.running():
            await box.outbox.put([delivery(1)])
            await box.delivered()
            settled = await box.outbox.settled()
            assert [(one.key, one.channel, one.subject) for one in settled] == [("alert-1", "mail", "subject-1")]
            await box.outbox.told(settled)
            assert await box.outbox.settled() == []
            box.time += timedelta(days=1)
            await box.outbox.told([])
            await box.outbox.put([delivery(1)])
            assert await box.outbox.waiting() == 0
            box.time += timedelta(days=2)
            await box.outbox.told([])
            await box.outbox.put([delivery(1)])
            await box.delivered()
        assert len(box.channels.taken) == 2

    with_box(tmp_path, scenario)


def test_nothing_is_sent_before_it_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "POLL_SECONDS", 0.05)

    async def scenario(box: Box) -> None:
        async with box.running():
            await box.outbox.put([delivery(1, due=box.time + timedelta(hours=8)), delivery(2)])
            await box.until(lambda: bool(box.channels.taken))
            assert box.channels.taken == [("mail", "alert-2")]
            box.time += timedelta(hours=9)
            await box.delivered()
        assert len(box.channels.taken) == 2

    with_box(tmp_path, scenario)


def test_what_nobody_wants_to_hear_any_more_is_given_up_counted_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(box: Box) -> None:
        box.channels.broken["mail"] = "connection refused"
        async with box.running():
            await box.outbox.put([delivery(1)])
            await box.until(lambda: box.telemetry.tried["mail", "failed"] >= 2)
            box.time += timedelta(days=2)
            await box.delivered()
        (settled,) = await box.outbox.settled()
        assert (settled.outcome, settled.error) == (DeliveryOutcome.EXPIRED, "connection refused")
        assert settled.attempts >= 2
        assert box.telemetry.tried["mail", "expired"] == 1

    with_box(tmp_path, scenario)
    assert "1 notifications never reach the channel mail: they waited in vain" in caplog.text


def test_a_channel_that_was_removed_keeps_nothing_waiting_and_says_what_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(box: Box) -> None:
        await box.outbox.put([delivery(1, "fax")])
        async with box.running():
            await box.delivered()
        (settled,) = await box.outbox.settled()
        assert settled.outcome == DeliveryOutcome.REFUSED
        assert "no such channel" in settled.error
        assert box.telemetry.tried == {("fax", "refused"): 1}

    with_box(tmp_path, scenario)
    assert "1 notifications never reach the channel fax: the configuration has no such channel" in caplog.text


def test_a_full_outbox_drops_resolved_and_lesser_ones_first_and_counts_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limit_bytes = 50_000

    async def scenario(box: Box) -> None:
        box.channels.broken = dict.fromkeys(("mail", "chat"), "refused")
        payload = "x" * 700
        for number in range(20):
            await box.outbox.put([delivery(number, payload=payload, severity="critical")])
        for number in range(100, 200):
            severity, resolved = ("critical", True) if number % 2 else ("info", False)
            await box.outbox.put([delivery(number, payload=payload, severity=severity, resolved=resolved)])
            assert await box.outbox.fullness_ratio() <= 1
        assert box.telemetry.dropped > 60
        dropped = {one.key for one in await box.outbox.settled() if one.outcome == DeliveryOutcome.DROPPED}
        assert dropped.isdisjoint({f"alert-{number}" for number in range(20)})
        box.channels.broken.clear()
        async with box.running():
            await box.delivered()
        taken = {key for _, key in box.channels.taken}
        assert {f"alert-{number}" for number in range(20)} <= taken
        assert len(taken) == 120 - box.telemetry.dropped

    with_box(tmp_path, scenario, limit_bytes)
    assert "the outbox is full" in caplog.text


def test_a_disk_that_fails_ends_the_run_with_one_clear_error_and_nothing_is_promised(tmp_path: Path) -> None:
    async def scenario(box: Box) -> None:
        await box.outbox.put([delivery(1)])
        file = box.outbox._kept.file._db
        file.execute("ALTER TABLE delivery RENAME TO elsewhere")
        with pytest.raises(StorageError, match="the outbox cannot be used"):
            await box.outbox.run()
        with pytest.raises(StorageError, match="the outbox cannot be used"):
            await box.outbox.put([delivery(2)])
        file.execute("ALTER TABLE elsewhere RENAME TO delivery")
        async with box.running():
            await box.delivered()
        assert box.channels.taken == [("mail", "alert-1")]

    with_box(tmp_path, scenario)


def test_a_second_outbox_on_the_same_file_is_refused_and_a_corrupt_one_moved_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(_: Box) -> None:
        with pytest.raises(StorageError, match="in use by another recorder"):
            Box(tmp_path)

    with_box(tmp_path, scenario)
    (tmp_path / "deliveries.sqlite").write_bytes(b"not a database at all" * 100)
    with_box(tmp_path, lambda box: box.outbox.put([delivery(1)]))
    assert "the outbox was corrupt and starts anew" in caplog.text


def deleted(path: Path) -> None:
    path.unlink()


def written_over(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"not a database at all" * 1000)


@pytest.mark.parametrize("harm", [deleted, written_over])
def test_a_file_that_is_harmed_while_in_use_is_begun_anew_and_takes_the_next_deliveries(
    harm: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is being sent meanwhile is settled nowhere, for the new file has something else under its number."""

    async def scenario(box: Box) -> None:
        await box.outbox.put([delivery(1)])
        claimed = await box.outbox._on_file(lambda file: file.claim("mail", box.now()))
        assert claimed is not None
        harm(tmp_path / "deliveries.sqlite")
        await box.outbox.put([delivery(2)])
        await box.outbox._on_file(lambda file: file.settle(claimed, DeliveryOutcome.DELIVERED, box.now()))
        assert await box.outbox.waiting() == 1
        async with box.running():
            await box.delivered()
        assert box.channels.taken == [("mail", "alert-2")]
        assert box.telemetry.failures["outbox"] == 1

    with_box(tmp_path, scenario)
    assert "the outbox is damaged" in caplog.text


def test_channels_that_wait_for_a_disk_that_hangs_take_no_thread_from_others(tmp_path: Path) -> None:
    async def scenario(box: Box) -> None:
        with box.outbox._kept._lock:
            puts = [asyncio.create_task(box.outbox.put([delivery(number)])) for number in range(100)]
            async with asyncio.timeout(20):
                assert await asyncio.to_thread(len, "others") == 6
        await asyncio.gather(*puts)
        assert await box.outbox.waiting() == 100

    with_box(tmp_path, scenario)


def sender(folder: Path, moment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.exporters.sender", str(folder), moment]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def taken(folder: Path, channel: str) -> Counter[str]:
    return Counter((folder / channel).read_text().split())


def test_a_death_between_sending_and_writing_it_down_repeats_one_delivery(tmp_path: Path) -> None:
    with sender(tmp_path, "after_send") as dying:
        assert dying.wait(timeout=30) == -signal.SIGKILL
    (died_at,) = [channel for channel in CHANNELS if (tmp_path / channel).exists()]
    assert taken(tmp_path, died_at).total() == 1
    with sender(tmp_path, "never") as following:
        _, said = following.communicate(timeout=60)
        assert following.returncode == 0, said.decode()
    times = taken(tmp_path, died_at)
    assert sorted(times.values())[-2:] == [1, 2]


def test_random_kills_lose_no_delivery_and_repeat_at_most_one_a_channel(tmp_path: Path) -> None:
    kills, draw = 8, random.Random(35)
    for _ in range(kills):
        with sender(tmp_path, "never") as dying:
            time.sleep(draw.uniform(0.3, 0.9))
            dying.kill()
    with sender(tmp_path, "never") as last:
        _, said = last.communicate(timeout=60)
        assert last.returncode == 0, said.decode()
    accepted = set((tmp_path / "accepted").read_text().split())
    assert len(accepted) >= PER_PROCESS
    for channel in CHANNELS:
        times = taken(tmp_path, channel)
        assert accepted <= times.keys()
        assert sum(count - 1 for count in times.values()) <= kills
