"""The installed command: its help, its exit codes, and how fast it is when little is asked."""

import inspect
import os
import socket
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from nvr.cli import COMMANDS, application, chosen, fail
from nvr.errors import ConfigError, DatabaseError, EnvironmentNotReady, NvrError

NVR = Path(sys.executable).with_name("nvr")
CAMERA = "cameras:\n  door:\n    record: rtsp://viewer:${DOOR_PASSWORD}@camera.example/main\n"


def nvr(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"DOOR_PASSWORD": "canary-5f3a", "COLUMNS": "100"}
    return subprocess.run(
        [NVR, *arguments], cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nvr.yaml").write_text(f"web: {{listen: '127.0.0.1:{free_port()}'}}\n{CAMERA}")
    return tmp_path


def test_help_names_every_command() -> None:
    ended = nvr("--help")
    assert ended.returncode == 0
    for command in COMMANDS:
        assert f" {command.name} " in ended.stdout
        assert command.summary in ended.stdout


def test_help_imports_no_command() -> None:
    code = "import sys; from nvr.cli import application; application(''); print('numpy' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "False\n"


def test_the_version_comes_at_once() -> None:
    began = time.monotonic()
    ended = nvr("version")
    assert time.monotonic() - began < 2.0  # 0.2 s on an idle machine.
    assert ended.stdout.startswith("nvr 0.")
    assert nvr("--version").stdout == ended.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_a_function_with_a_docstring_and_annotations(command: object) -> None:
    name = getattr(command, "name", "")
    function = getattr(import_module(f"nvr.commands.{name}"), name)
    assert inspect.getdoc(function)
    assert all(
        parameter.annotation is not parameter.empty for parameter in inspect.signature(function).parameters.values()
    )
    assert application(name)


def test_the_command_is_the_first_argument_that_is_no_option() -> None:
    assert chosen(["--help", "check", "-c", "events"]) == "check"
    assert chosen([]) == chosen(["--help"]) == ""


def test_an_unknown_command_is_a_usage_error() -> None:
    ended = nvr("rune")
    assert ended.returncode == 2
    assert "No such command 'rune'" in ended.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("is wrong", file="nvr.yaml"), 2),
        (EnvironmentNotReady("no ffmpeg", hint="install it"), 1),
        (DatabaseError("away"), 1),
        (NvrError("other"), 1),
    ],
)
def test_an_error_of_ours_is_told_without_traceback(
    error: NvrError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        fail(error)
    assert (ended.value.code, capsys.readouterr().err) == (code, f"{error}\n")


def test_a_check_of_a_ready_machine_ends_with_0_and_shows_no_secret(folder: Path) -> None:
    ended = nvr("check", folder=folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "rtsp://viewer:***@camera.example/main" in ended.stdout
    assert "canary" not in ended.stdout
    lines = [line for line in ended.stdout.splitlines() if line.startswith(("ok", "FAIL"))]
    assert [line.split()[1] for line in lines] == ["ffmpeg", "setpriv", "storage", "room", "spool", "database", "port"]
    assert [file.name for file in folder.iterdir()] == ["nvr.yaml"]


def test_a_check_of_a_machine_that_is_not_ready_ends_with_1_and_says_what_to_do(folder: Path) -> None:
    (folder / "recordings").touch()
    ended = nvr("check", folder=folder)
    assert ended.returncode == 1
    assert f"FAIL storage   {folder}/recordings is no folder: choose another path" in ended.stdout


def test_a_missing_configuration_ends_with_2(tmp_path: Path) -> None:
    ended = nvr("check", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "nvr.yaml: there is no such file\n  name the file with -c nvr.yaml\n"


def test_a_flag_is_shown_without_a_value() -> None:
    for command in ("events", "gaps", "scan"):
        ended = nvr(command, "--help")
        assert "--json" in ended.stdout
        assert "bool" not in ended.stdout
    assert "bool" not in nvr("--help").stdout
