"""What `nvr check` finds out about the machine."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nvr.commands.readiness import disk, programs
from nvr.commands.readiness.database import database
from nvr.commands.readiness.port import port, runs
from nvr.settings import Budget, WebSettings

GB = 10**9


def test_the_ffmpeg_of_this_machine_has_all_that_is_needed() -> None:
    found = programs.ffmpeg()
    assert found.ready, found
    assert programs.setpriv().ready


def test_what_is_no_ffmpeg_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NVR_FFMPEG", "/bin/true")
    assert not programs.ffmpeg().ready
    monkeypatch.setenv("NVR_FFMPEG", "/nowhere/ffmpeg")
    found = programs.ffmpeg()
    assert (found.ready, found.remedy) == (False, programs.INSTALL)


@pytest.mark.parametrize(
    ("banner", "missing", "ready", "message"),
    [
        ("ffmpeg version 5.1.9-0+deb12u1 Copyright", {}, True, "/x 5.1.9-0+deb12u1"),
        ("ffmpeg version n7.0.2 Copyright", {}, True, "/x n7.0.2"),
        ("ffmpeg version N-117000-gabcdef Copyright", {}, True, "/x N-117000-gabcdef"),
        ("ffmpeg version 4.4.2 Copyright", {}, False, "/x is 4.4.2, and 5 or later is needed"),
        ("ffmpeg version 7.1 Copyright", {"muxers": {"fifo", "nut"}}, False, "/x 7.1 lacks muxers fifo, nut"),
        ("hello", {}, False, "/x is no ffmpeg"),
    ],
)
def test_an_ffmpeg_is_judged(banner: str, missing: dict[str, set[str]], ready: bool, message: str) -> None:
    found = programs.judged("/x", banner, missing)
    assert (found.ready, found.message) == (ready, message)


def test_ffmpegs_lists_are_read() -> None:
    muxers = " E segment         segment\n E  fifo            FIFO queue pseudo-muxer\n DE mov,mp4,m4a     QuickTime\n"
    assert {"segment", "fifo", "mov", "mp4", "m4a"} <= programs.listed(muxers)
    assert "dump_extra" in programs.listed("Bitstream filters:\naac_adtstoasc\ndump_extra\n")


def test_a_folder_is_there_or_will_be_made_and_nothing_is_made_by_asking(tmp_path: Path) -> None:
    assert disk.folder("storage", tmp_path).message == f"{tmp_path} can be written"
    assert disk.folder("storage", tmp_path / "a" / "b").message == f"{tmp_path}/a/b will be made"
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "recordings").touch()
    assert "is no folder" in disk.folder("storage", tmp_path / "recordings").message
    assert "is no folder" in disk.folder("storage", tmp_path / "recordings" / "below").message


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert not disk.folder("storage", tmp_path).ready


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a place where even root cannot write")
def test_a_place_without_files_is_told() -> None:
    assert disk.folder("storage", Path("/proc/recordings")).message == "/proc cannot be written"


def test_room_is_measured_with_the_footage_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "door").mkdir()
    (tmp_path / "door" / "1.mp4").write_bytes(bytes(3_000_000))
    assert disk.room(tmp_path, Budget()).message.endswith("3MB footage")


@pytest.mark.parametrize(
    ("free", "footage", "budget", "ready"),
    [
        (100 * GB, 0, Budget(), True),
        (0, 100 * GB, Budget(), True),
        (50 * GB, 60 * GB, Budget(None, 100 * GB), True),
        (50 * GB, 0, Budget(None, 100 * GB), False),
        (50_000_000, 0, Budget(), False),
    ],
)
def test_room_is_judged(free: int, footage: int, budget: Budget, ready: bool) -> None:
    assert disk.judged_room(free, footage, budget).ready == ready


def test_the_embedded_database_is_tried_without_leaving_anything(tmp_path: Path) -> None:
    found = database(f"chdb://{tmp_path}/clickhouse", recorder_runs=False)
    assert (found.ready, found.message) == (True, f"the engine loads, {tmp_path}/clickhouse will be made")
    assert not list(tmp_path.iterdir())


def test_a_recorder_may_hold_the_database(tmp_path: Path) -> None:
    assert "running recorder" in database(f"chdb://{tmp_path}", recorder_runs=True).message


def test_a_server_that_does_not_answer_is_told_without_its_password(taken: tuple[socket.socket, int]) -> None:
    listener, number = taken
    listener.close()
    found = database(f"http://nvr:canary-5f3a@127.0.0.1:{number}/nvr", recorder_runs=False)
    assert not found.ready
    assert "recording goes on without it" in found.remedy
    assert "canary" not in repr(found)


def test_a_free_port_is_ready_and_one_that_another_holds_is_not(taken: tuple[socket.socket, int]) -> None:
    listener, number = taken
    web = WebSettings(port=number)
    found = port(web, recorder_runs=False)
    assert (found.ready, found.remedy) == (
        False,
        "choose another port in web.listen, or stop the program that holds it",
    )
    assert port(web, recorder_runs=True).ready
    listener.close()
    assert port(web, recorder_runs=False).ready
    assert not runs(web)


def test_an_address_of_another_machine_is_told() -> None:
    found = port(WebSettings(host="192.0.2.1", port=8080, token="x"), recorder_runs=False)
    assert (found.ready, found.message) == (
        False,
        "192.0.2.1:8080 cannot be listened on: cannot assign requested address",
    )


@pytest.fixture
def taken() -> Iterator[tuple[socket.socket, int]]:
    """A listening socket, and its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener, listener.getsockname()[1]
