"""The spool: durable, bounded, exact about which rows go together."""

import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from exporters import spool as spool_module
from exporters.clickhouse.rows import Rows
from exporters.spool import Spool
from exporters.spool_file import SpoolFile
from nvr.errors import StorageError
from tests.exporters.facts import CountedRows, activity, counted_rows, gap, heatmap, motion_event, segment

Open = Callable[..., Spool]
LIMIT_BYTES = 1 << 20


@pytest.fixture
def telemetry() -> CountedRows:
    return counted_rows()


@pytest.fixture
def open_spool(tmp_path: Path, telemetry: CountedRows) -> Iterator[Open]:
    opened: list[Spool] = []

    def open_one(limit_bytes: int = LIMIT_BYTES) -> Spool:
        opened.append(Spool(tmp_path / "spool", limit_bytes, telemetry, site="home"))
        return opened[-1]

    yield open_one
    for spool in opened:
        spool.close()


def test_put_returns_at_once_and_the_fact_is_on_disk_soon(open_spool: Open) -> None:
    spool = open_spool()
    started = time.monotonic()
    for second in range(100):
        spool.put(activity(second))
    assert time.monotonic() - started < 0.1
    assert spool.flush()
    assert time.monotonic() - started < 1.0
    (batch,) = spool.assign(1000)
    assert (batch.table, batch.rows) == ("activity", 100)


def test_facts_survive_a_kill_without_closing(tmp_path: Path, open_spool: Open) -> None:
    path = tmp_path / "spool"
    program = f"""
import os, signal
from pathlib import Path
from exporters.spool import Spool
from tests.exporters.facts import counted_rows, motion_event
spool = Spool(Path({str(path)!r}), 1 << 20, counted_rows(), site="home")
for number in range(10):
    spool.put(motion_event(number))
assert spool.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=30).returncode == -9
    assert open_spool().rows == 10


def test_a_fact_put_twice_waits_once_and_its_next_version_besides(open_spool: Open) -> None:
    spool = open_spool()
    for event in (motion_event(), motion_event(), motion_event(length=3), motion_event(length=3)):
        spool.put(event)
    assert spool.flush()
    (batch,) = spool.assign(1000)
    assert batch.rows == 2


def test_equal_heatmap_increments_are_all_kept(open_spool: Open) -> None:
    spool = open_spool()
    for _ in range(3):
        spool.put(heatmap(c1=2, c2=5))
    spool.put(heatmap())
    assert spool.flush()
    (batch,) = spool.assign(1000)
    assert (batch.rows, len(batch.lines.splitlines())) == (6, 6)


def test_a_batch_stays_the_same_until_it_is_acknowledged_also_over_a_restart(open_spool: Open) -> None:
    first = open_spool()
    first.put(activity(0))
    assert first.flush()
    assigned = first.assign(1000)
    first.put(activity(1))
    assert first.flush()
    assert first.assign(1000) == assigned
    first.close()
    second = open_spool()
    assert second.assign(1000) == assigned
    second.acknowledge(assigned[0])
    (following,) = second.assign(1000)
    assert following.rows == 1
    assert following.token != assigned[0].token


def test_numbers_of_batches_are_not_used_again_after_a_restart(open_spool: Open) -> None:
    tokens = set()
    for second in range(3):
        spool = open_spool()
        spool.put(activity(second))
        assert spool.flush()
        (batch,) = spool.assign(1000)
        tokens.add(batch.token)
        spool.acknowledge(batch)
        assert (spool.rows, spool.size_bytes) == (0, 0)
        spool.close()
    assert len(tokens) == 3


def test_batches_hold_at_most_so_many_rows_in_order(open_spool: Open) -> None:
    spool = open_spool()
    for second in range(25):
        spool.put(activity(second))
    assert spool.flush()
    sizes = []
    while batches := spool.assign(10):
        sizes.append(batches[0].rows)
        spool.acknowledge(batches[0])
    assert sizes == [10, 10, 5]


def test_overflow_drops_activity_before_events_and_counts_it(open_spool: Open, telemetry: CountedRows) -> None:
    spool = open_spool(20_000)
    for number in range(20):
        spool.put(motion_event(number))
    spool.put(gap())
    spool.put(segment())
    for second in range(200):
        spool.put(activity(second))
    assert spool.flush()
    assert set(telemetry.dropped) == {"activity"}
    assert spool.size_bytes <= 20_000
    assert spool.rows / spool.capacity_rows > 0.9
    rows = {batch.table: batch.rows for batch in spool.assign(1000)}
    assert (rows["motion_events"], rows["gaps"], rows["segments"]) == (20, 1, 1)
    assert rows["activity"] + telemetry.dropped["activity"] == 200


def test_a_full_spool_takes_not_much_more_of_the_disk_than_it_may(open_spool: Open, tmp_path: Path) -> None:
    limit_bytes = 2_000_000
    spool = open_spool(limit_bytes)
    for number in range(8_000):
        spool.put(motion_event(number, 1))
        spool.put(activity(number))
        if number % 2_000 == 0:
            assert spool.flush()
    assert spool.flush()
    assert spool.rows / spool.capacity_rows > 0.95
    spool.close()
    assert (tmp_path / "spool" / "facts.sqlite").stat().st_size < limit_bytes * 1.5


def test_the_oldest_events_go_when_only_events_are_left(open_spool: Open, telemetry: CountedRows) -> None:
    spool = open_spool(5_000)
    for number in range(50):
        spool.put(motion_event(number))
    assert spool.flush()
    (batch,) = spool.assign(1000)
    assert batch.rows + telemetry.dropped["motion_events"] == 50
    assert str(motion_event(49).id) in batch.lines
    assert str(motion_event(0).id) not in batch.lines


def test_rows_of_an_assigned_batch_are_never_dropped(open_spool: Open) -> None:
    spool = open_spool(5_000)
    for second in range(10):
        spool.put(activity(second))
    assert spool.flush()
    assigned = spool.assign(1000)
    for second in range(10, 200):
        spool.put(activity(second))
    assert spool.flush()
    assert spool.assign(1000) == assigned


def test_the_queue_in_memory_is_bounded_while_the_disk_stalls(
    open_spool: Open, telemetry: CountedRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "QUEUE_FACTS", 20)
    spool = open_spool()
    stalled, append = threading.Event(), SpoolFile.append

    def stall(file: SpoolFile, facts: Iterable[Rows], limit_bytes: int) -> Counter[str]:
        stalled.wait(20)
        return append(file, facts, limit_bytes)

    monkeypatch.setattr(SpoolFile, "append", stall)
    for number in range(15):
        spool.put(activity(number))
    for number in range(15):
        spool.put(motion_event(number))
    assert telemetry.dropped == {"activity": 5, "motion_events": 5}
    assert not spool.flush(0.5)
    stalled.set()
    assert spool.flush()
    assert spool.rows == 20


@pytest.mark.parametrize("content", [b"not a database at all" * 100, None])
def test_a_corrupt_file_is_moved_aside_with_an_error(
    content: bytes | None, tmp_path: Path, open_spool: Open, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "spool" / "facts.sqlite"
    spool = open_spool()
    for second in range(500):
        spool.put(activity(second))
    spool.close()
    path.write_bytes(content or _with_garbage_inside(path.read_bytes()))
    with caplog.at_level(logging.ERROR):
        again = open_spool()
    assert "corrupt" in caplog.text
    assert len(list(path.parent.glob("facts.sqlite.corrupt-*"))) == 1
    again.put(activity())
    assert again.flush()
    assert again.rows == 1


def deleted(path: Path) -> None:
    path.unlink()


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def written_over(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"not a database at all" * 1000)


def replaced(path: Path) -> None:
    path.with_name("other").write_bytes(path.read_bytes())
    path.with_name("other").replace(path)


@pytest.mark.parametrize("harm", [deleted, cut_short, written_over, replaced])
def test_a_file_that_is_harmed_while_in_use_is_begun_anew_and_takes_the_next_facts(
    harm: Callable[[Path], None],
    tmp_path: Path,
    open_spool: Open,
    telemetry: CountedRows,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "spool" / "facts.sqlite"
    spool = open_spool()
    spool.put(activity())
    assert spool.flush()
    (old,) = spool.assign(1000)
    harm(path)
    spool.put(motion_event())
    assert spool.flush()
    (new,) = spool.assign(1000)
    spool.acknowledge(old)
    assert spool.assign(1000) == [new]
    assert (new.table, spool.rows) == ("motion_events", 1)
    assert "the spool is damaged" in caplog.text
    assert telemetry.failures["spool"] == 1
    spool.close()
    assert open_spool().rows == 1


def test_rows_that_go_make_the_file_shorter_and_that_is_no_harm(
    open_spool: Open, caplog: pytest.LogCaptureFixture
) -> None:
    spool = open_spool(4 << 20)
    for number in range(5_000):
        spool.put(motion_event(number))
    assert spool.flush()
    while batches := spool.assign(1000):
        spool.acknowledge(batches[0])
    spool.put(gap())
    assert spool.flush()
    assert spool.rows == 1
    assert caplog.records == []


def test_whatever_a_commit_dies_of_is_said_and_counted_and_the_facts_are_kept(
    open_spool: Open, telemetry: CountedRows, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = open_spool()
    with monkeypatch.context() as broken:
        broken.setattr(SpoolFile, "append", lambda *_: 1 / 0)
        spool.put(motion_event())
        assert not spool.flush(0.6)
    assert spool.flush()
    assert spool.rows == 1
    assert telemetry.failures["spool"] == 1
    assert "ZeroDivisionError" in caplog.text


def _with_garbage_inside(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[: middle - 8192] + os.urandom(16384) + content[middle + 8192 :]


def test_a_second_spool_on_the_same_file_is_refused(open_spool: Open) -> None:
    open_spool()
    with pytest.raises(StorageError, match="in use by another recorder"):
        open_spool()


def test_an_unwritable_place_is_a_clear_error(tmp_path: Path, telemetry: CountedRows) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be opened"):
        Spool(tmp_path / "file", LIMIT_BYTES, telemetry, site="home")


def test_closing_writes_what_waits_and_counts_what_comes_later(open_spool: Open, telemetry: CountedRows) -> None:
    spool = open_spool()
    spool.put(motion_event())
    spool.close()
    spool.put(motion_event(1))
    assert telemetry.dropped == {"motion_events": 1}
    assert open_spool().rows == 1


def test_a_spool_of_another_release_is_moved_aside_and_said_to_be_that(
    tmp_path: Path, open_spool: Open, caplog: pytest.LogCaptureFixture
) -> None:
    open_spool().close()
    newer = sqlite3.connect(tmp_path / "spool" / "facts.sqlite")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    again = open_spool()
    assert "the spool is of another release and starts anew" in caplog.text
    assert "it has format 99, this program writes format 1" in caplog.text
    again.put(activity())
    assert again.flush()
