import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
SCRIPTS = [".ci/run", "deploy/python-environment", "deploy/debian-packages"]


def test_help_is_the_default_and_names_every_target() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (phony,) = re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)
    assert {"demo", "test", "check", "run", "help"} <= set(phony.split())
    assert set(re.findall(r"^  make (\w+)", listed, re.MULTILINE)) == set(phony.split())


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_can_be_run_and_read(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)


def test_every_python_package_is_pinned_and_no_registry_is_named() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert all(re.match(r"[a-z0-9-]+==[0-9][^ ]*( ; .+)?$", line) for line in packages)
    assert "://" not in "\n".join(lines)


def test_missing_packages_are_named_where_apt_cannot_be_used(tmp_path: Path) -> None:
    for program in ("bash", "env", "id", "printf"):
        found = subprocess.run(["bash", "-c", f"type -P {program}"], capture_output=True, text=True, check=True).stdout
        (tmp_path / program).symlink_to(found.strip())
    said = subprocess.run(
        [str(ROOT / "deploy/debian-packages"), "ffmpeg", "prometheus"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "ffmpeg: the one in the imageio-ffmpeg wheel is used" in said
    assert "sudo apt-get install ffmpeg prometheus" in said


def test_nothing_is_installed_where_nothing_is_missing() -> None:
    command = [str(ROOT / "deploy/debian-packages"), "bash", "make"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b""


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/README.md"])
def test_links_lead_to_files_that_exist(document: str) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / document).read_text())
    local = [link for link in links if "://" not in link]
    assert local
    assert [link for link in local if not (ROOT / document).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize(
    ("tool", "file"), [("promtool check config", "prometheus.yml"), ("amtool check-config", "alertmanager.yml")]
)
def test_the_monitoring_configuration_is_valid(tool: str, file: str) -> None:
    command = tool.split()
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    checked = subprocess.run([*command, str(ROOT / "prometheus" / file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
