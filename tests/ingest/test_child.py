import asyncio
import logging
import os
import signal
import time
from pathlib import Path

import pytest

from ingest.child import LOG_LINES_A_MINUTE, LOGGED_CHARACTERS, Child
from ingest.ffmpeg import Command
from ingest.pipe import Pipe
from nvr.model import Cause
from tests.e2e.live import alive


async def _run(script: str) -> tuple[Cause, list[str]]:
    heard: list[str] = []
    child = await Child.spawn(Command(["bash", "-c", script]), name="test", listen=heard.append)
    return await child.wait(), heard


def test_an_end_has_the_most_specific_cause_that_was_named() -> None:
    script = "echo '[error] x: Input/output error' >&2; echo '[error] Failed to resolve hostname x' >&2; exit 1"
    cause, heard = asyncio.run(_run(script))
    assert cause is Cause.DNS
    assert len(heard) == 2


@pytest.mark.parametrize(("number", "cause"), [(signal.SIGKILL, Cause.OOM), (signal.SIGSEGV, Cause.CRASH)])
def test_a_signal_that_is_not_ours_has_a_cause(number: int, cause: Cause) -> None:
    assert asyncio.run(_run(f"kill -{number} $$; sleep 9"))[0] is cause


def test_a_folder_is_entered_by_the_child_itself_for_its_disk_may_hang(tmp_path: Path) -> None:
    async def enter(folder: Path) -> tuple[Cause, list[str]]:
        heard: list[str] = []
        child = await Child.spawn(Command(["sh", "-c", "pwd >&2"]), name="test", folder=folder, listen=heard.append)
        return await child.wait(), heard

    (tmp_path / "it's here").mkdir()
    assert asyncio.run(enter(tmp_path / "it's here")) == (Cause.EOF, [str(tmp_path / "it's here")])
    assert asyncio.run(enter(tmp_path / "gone"))[0] is Cause.DIRECTORY_GONE


def test_a_child_that_ignores_sigterm_is_killed() -> None:
    async def stubborn() -> tuple[int, float]:
        child = await Child.spawn(Command(["bash", "-c", "trap '' TERM; while :; do sleep 1; done"]), name="test")
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await child.stop(patience_seconds=0.5)
        return child.pid, time.monotonic() - began

    pid, seconds = asyncio.run(stubborn())
    assert 0.4 < seconds < 2
    assert not alive(pid)


def test_a_child_that_hangs_ends_in_good_order() -> None:
    async def stopped() -> float:
        child = await Child.spawn(Command(["sleep", "60"]), name="test")
        os.kill(child.pid, signal.SIGSTOP)
        began = time.monotonic()
        await child.stop(patience_seconds=10.0)
        assert not alive(child.pid)
        return time.monotonic() - began

    assert asyncio.run(stopped()) < 5


def test_standard_input_may_hold_what_the_arguments_must_not() -> None:
    async def read() -> bytes:
        command = Command(["bash", "-c", "cat; cat /proc/$$/cmdline"], stdin=b"secret")
        with Pipe() as pipe:
            child = await Child.spawn(command, name="test", stdout=pipe.write_end)
            await child.wait()
            return os.read(pipe.read_end, 1 << 16)

    assert asyncio.run(read()).count(b"secret") == 1


def test_a_flood_is_drained_and_logged_in_part_without_credentials(caplog: pytest.LogCaptureFixture) -> None:
    script = 'for i in $(seq 5000); do echo "[error] rtsp://viewer:hunter2@camera.example/ $i" >&2; done'
    with caplog.at_level(logging.WARNING):
        _, heard = asyncio.run(_run(script))
    assert len(heard) == 5000
    assert len(caplog.records) == LOG_LINES_A_MINUTE
    assert "hunter2" not in caplog.text


def test_garbage_is_logged_legibly_and_not_at_length(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        asyncio.run(_run("printf '[error] \\033[31m\\000\\377 %05000d\\n' 1 >&2"))
    [record] = caplog.records
    said = record.getMessage()
    assert said.isprintable()
    assert "[error]" in said
    assert len(said) < LOGGED_CHARACTERS + 20


def test_a_line_without_an_end_does_not_stop_the_draining() -> None:
    _, heard = asyncio.run(_run("head -c 300000 /dev/zero | tr '\\0' x >&2; echo >&2; echo '[error] last' >&2"))
    assert heard[-1] == "[error] last"
