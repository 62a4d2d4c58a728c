import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nvr.commands.run import hide, warn_of_little_room
from nvr.settings import Budget, RetentionSettings, StorageSettings


def test_a_budget_beyond_the_disk_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    warn_of_little_room(StorageSettings(tmp_path / "recordings", retention=RetentionSettings(Budget(None, 10**18))))
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "budget 1e+06TB" in record.message
    assert "lower storage.budget to 90%" in record.message


def test_a_budget_within_the_disk_is_nothing_to_speak_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    warn_of_little_room(StorageSettings(tmp_path, retention=RetentionSettings(Budget(None, 100_000_000))))
    assert caplog.records == []


def test_variables_that_hold_a_secret_are_hidden_from_children() -> None:
    environ = {"DOOR_PASSWORD": "canary", "DOOR_URL": "rtsp://viewer:canary@door.example", "PATH": "/bin", "TERM": ""}
    hide(frozenset({"canary"}), environ)
    assert environ == {"PATH": "/bin", "TERM": ""}


@pytest.mark.parametrize(
    "mistake", ["fail()", "threading.Thread(target=fail).start()", "asyncio.run(main())", "warnings.warn(SECRET)"]
)
@pytest.mark.parametrize("form", ["human", "json"])
def test_no_traceback_of_ours_tells_a_secret(mistake: str, form: str) -> None:
    script = f"""
import asyncio, threading, warnings
from nvr.log import log_to_stderr
from nvr.masking import Secrets
from nvr.settings import LogSettings
SECRET = "".join(("canary", "-5f3a"))
log_to_stderr(Secrets([SECRET]), LogSettings(format={form!r}))
def fail():
    raise ValueError(SECRET)
async def main():
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(asyncio.to_thread(fail))
{mistake}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert "***" in done.stderr
    assert "canary-5f3a" not in done.stderr


def test_a_stop_is_heard_while_a_disk_that_hangs_keeps_the_files_from_being_opened(tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text("cameras: {door: {record: 'rtsp://127.0.0.1:9/door'}}\n")
    (tmp_path / "data" / "spool").mkdir(parents=True)
    hanging = tmp_path / "data" / "spool" / "volume.json"
    os.mkfifo(hanging)  # whoever reads it waits for a writer, and then for what that writes
    command = [str(Path(sys.executable).with_name("nvr")), "run", "-c", str(tmp_path / "nvr.yaml")]
    log = tmp_path / "nvr.log"
    with log.open("w") as said, subprocess.Popen(command, stderr=said) as running:
        try:
            writer = _opened_with_a_reader(hanging)
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=20) == 0, log.read_text()
            os.close(writer)
        finally:
            running.kill()
    assert "stopped while the storage folder and the spool were opened" in log.read_text()


def _opened_with_a_reader(fifo: Path) -> int:
    deadline = time.monotonic() + 30
    while True:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads it yet
            assert time.monotonic() < deadline
            time.sleep(0.05)
