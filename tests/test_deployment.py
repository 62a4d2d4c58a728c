"""What can be told of deploy/ without Docker and without being systemd."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from nvr.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "nvr.service").read_text()
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
MOST_EXPOSURE = 20
"""Of 100; systemd's own word for it is OK."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """With a program that exists here."""
    file = tmp_path / "nvr.service"
    file.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", UNIT))
    return file


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    complaints = [line for line in done.stderr.splitlines() if "nvr.service" in line]
    assert (done.returncode, complaints) == (0, [])


@needs_systemd
def test_the_unit_exposes_little(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-300:]


def test_the_unit_lets_segments_be_finished_and_kills_who_hangs() -> None:
    settings = dict(line.split("=", 1) for line in UNIT.splitlines() if re.match(r"[A-Z]\w+=", line))
    assert (settings["Type"], settings["KillMode"], settings["Restart"]) == ("notify", "mixed", "always")
    assert int(settings["TimeoutStopSec"].rstrip("s")) >= 15
    assert int(settings["WatchdogSec"].rstrip("s")) >= 20


def test_what_only_a_person_can_mend_is_not_started_again_and_again(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from nvr.cli import main; main()",
        "run",
        "--config",
        str(tmp_path / "missing.yaml"),
    ]
    ended = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60, check=False).returncode
    assert re.findall(r"(?m)^RestartPreventExitStatus=(.*)", UNIT) == [str(ended)]


def test_the_image_is_made_of_files_that_exist_and_are_let_in() -> None:
    copied = [word for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()]
    let_in = re.findall(r"^!(\S+)", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert set(copied) == set(let_in)
    assert all((ROOT / name).exists() for name in copied)
    packages = re.findall(
        r'"(\w+)"', re.findall(r"^packages = (\[.*\])", (ROOT / "pyproject.toml").read_text(), re.M)[0]
    )
    assert set(packages) <= set(copied)


def test_no_configuration_and_no_footage_gets_into_the_image() -> None:
    let_in = re.findall(r"^!(\S+)", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    for kept_out in ("nvr.yaml", "deploy/nvr.env", "recordings", "data", ".git", "demo-data"):
        assert not any(fnmatch(kept_out, pattern) for pattern in let_in)


def test_the_image_runs_commands_that_exist_and_not_as_root() -> None:
    names = {command.name for command in COMMANDS}
    assert set(re.findall(r"nvr (\w+) \|\|", DOCKERFILE) + re.findall(r'^CMD \["(\w+)"\]', DOCKERFILE, re.M)) == {
        "health",
        "run",
    }
    assert {"health", "run"} <= names
    assert re.findall(r"^USER (.*)", DOCKERFILE, re.MULTILINE) == ["nvr"]


def test_what_compose_mounts_is_there_and_nothing_listens_beyond_this_machine() -> None:
    for service in COMPOSE["services"].values():
        for mount in service["volumes"]:
            source = mount.split(":")[0]
            if source.startswith(".."):
                assert (DEPLOY / source).exists(), mount
            elif not source.startswith("."):
                assert source in COMPOSE["volumes"]
        listening = [word for word in service.get("command", []) if "web.listen-address" in word]
        assert all("=127.0.0.1:" in word for word in listening)
        assert "ports" not in service
    assert COMPOSE["services"]["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    nginx = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text())
    assert re.findall(r"\blisten ([^;]+);", nginx) == ["127.0.0.1:8000"]
    assert re.findall(r"\bserver (\S+);", nginx) == ["127.0.0.1:3000", "127.0.0.1:8080"]
    assert "127.0.0.1:8080" in (ROOT / "prometheus" / "prometheus.yml").read_text()


@pytest.mark.parametrize("file", ["deployment.md"])
def test_links_lead_to_files_that_exist(file: str) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / "docs" / file).read_text())
    assert [link for link in links if "://" not in link and not (ROOT / "docs" / link).exists()] == []
