"""Every alert on promtool: it fires, not just below, it resolves, and survives the recorder's death."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.prometheus.scenarios import SCENARIOS
from tests.prometheus.story import ROOT, RULES, alerts

pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")

UNRAISED = {"NvrWatchdog"}
"""Always fires: see test_stories.py."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_fires_in_time_not_just_below_and_resolves(name: str, tmp_path: Path) -> None:
    SCENARIOS[name].life().play(tmp_path)


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "down"])
def test_the_recorders_death_does_not_look_like_a_recovery(name: str, tmp_path: Path) -> None:
    SCENARIOS[name].death().play(tmp_path)


def test_every_alert_has_a_scenario() -> None:
    assert alerts().keys() == {scenario.alert for scenario in SCENARIOS.values()} | UNRAISED


def test_promtool_finds_nothing_wrong_with_the_rules() -> None:
    files = sorted(RULES.glob("*.yml"))
    done = subprocess.run(["promtool", "check", "rules", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_nothing_wrong_with_the_configuration_and_its_rules() -> None:
    config = ROOT / "prometheus" / "prometheus.yml"
    done = subprocess.run(["promtool", "check", "config", config], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(list(RULES.glob('*.yml')))} rule files found" in done.stdout or done.stdout.count("rules found") == 7
