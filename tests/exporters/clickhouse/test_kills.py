"""A recorder that is killed again and again under load: what was durable is in the database, once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.exporters.clickhouse.engine import database_in
from tests.exporters.clickhouse.truth import Truth, compare

KILLS = 100 if os.environ.get("NVR_LONG") else 20
LIFE_SECONDS = (0.02, 0.6)
"""How long one is left alone once it inserts; every fourth is killed while it starts."""


def start(folder: Path) -> subprocess.Popen[bytes]:
    places = [f"chdb://{folder / 'db'}", str(folder / "spool"), str(folder / "log")]
    command = [sys.executable, "-m", "tests.exporters.clickhouse.load", *places]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def live_and_be_killed(folder: Path, draw: random.Random) -> None:
    process = start(folder)
    try:
        if draw.random() < 0.75:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
        time.sleep(draw.uniform(*LIFE_SECONDS))
    finally:
        process.kill()
        _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, said.decode()


def live_and_be_stopped(folder: Path) -> None:
    process = start(folder)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        process.terminate()
        _, said = process.communicate(timeout=90)
    finally:
        process.kill()
    assert process.returncode == 0, said.decode()


@pytest.mark.timeout(120 + KILLS * 10)
def test_kills_at_random_moments_neither_lose_nor_double_what_was_durable(tmp_path: Path) -> None:
    draw = random.Random(34)
    for _ in range(KILLS):
        live_and_be_killed(tmp_path, draw)
    live_and_be_stopped(tmp_path)

    async def scenario() -> Truth:
        async with database_in(tmp_path / "db") as database:
            return await compare(database, tmp_path / "log")

    truth = asyncio.run(scenario())
    assert truth.durable > KILLS * 20
    assert (truth.missing, truth.double, truth.invented) == ([], [], [])
