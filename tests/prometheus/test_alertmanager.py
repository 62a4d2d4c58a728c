"""Who hears of what, how often, and what is held back: the routes by amtool, inhibition by a real Alertmanager."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from exporters.notify.webhook import MOST_ALERTS
from tests.prometheus.live_alertmanager import LiveAlertmanager
from tests.prometheus.story import ROOT, alerts

CONFIG = ROOT / "prometheus" / "alertmanager.yml"
DOOR = {"site": "home", "instance": "a:8080", "camera": "door"}
YARD = DOOR | {"camera": "yard"}
NEIGHBOUR = DOOR | {"instance": "b:8080"}
VOLUME = {"site": "home", "instance": "a:8080", "volume": "recordings"}

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus-alertmanager") is None or shutil.which("amtool") is None,
    reason="prometheus-alertmanager is not installed",
)


def alert(name: str, labels: dict[str, str]) -> dict[str, str]:
    return {**alerts()[name]["labels"], **labels, "alertname": name}


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def test_amtool_finds_nothing_wrong_with_the_configuration() -> None:
    done = subprocess.run(["amtool", "check-config", CONFIG], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", alerts())
def test_every_alert_reaches_people_and_the_watchdog_the_heartbeat(name: str) -> None:
    receiver = {"NvrWatchdog": "heartbeat", "NvrDown": "recorder-down,people"}.get(name, "people")
    labels = [f"{key}={value}" for key, value in alert(name, DOOR).items()]
    command = ["amtool", "config", "routes", "test", f"--config.file={CONFIG}", f"--verify.receivers={receiver}"]
    done = subprocess.run([*command, *labels], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_critical_is_repeated_every_five_minutes_and_the_rest_hourly() -> None:
    route = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["route"]
    repeats = {child["matchers"][0]: child["repeat_interval"] for child in route["routes"]}
    assert (route["repeat_interval"], repeats['severity="critical"']) == ("1h", "5m")
    assert route["group_by"] == ["event", "site", "instance", "camera", "volume"]
    assert repeats['alertname="NvrWatchdog"'] == "1m"
    assert repeats['alertname="NvrDown"'] == "1h"


def test_the_heartbeat_goes_outside_and_is_never_resolved() -> None:
    receivers = {entry["name"]: entry for entry in yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["receivers"]}
    (hook,) = receivers["heartbeat"]["webhook_configs"]
    assert ".example/" in hook["url"]
    assert hook["send_resolved"] is False


def test_people_are_told_by_the_recorder_that_things_are_over_too() -> None:
    receivers = {entry["name"]: entry for entry in yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["receivers"]}
    (hook,) = receivers["people"]["webhook_configs"]
    assert hook["url"].endswith("/alerts/people")
    assert hook["send_resolved"] is True
    assert 0 < hook["max_alerts"] <= MOST_ALERTS


def test_one_message_says_what_others_would_repeat(tmp_path: Path) -> None:
    held = [
        alert("NvrCameraDegraded", DOOR),
        alert("NvrCameraFrozen", DOOR),
        alert("NvrRecordingCoverageBurn", DOOR),
        alert("NvrStorageLow", VOLUME),
    ]
    heard = [
        alert("NvrCameraOffline", DOOR),
        alert("NvrCameraDegraded", YARD),
        alert("NvrCameraFrozen", NEIGHBOUR),
        alert("NvrStorageCritical", VOLUME),
        alert("NvrWatchdog", {}),
    ]
    with LiveAlertmanager(tmp_path) as manager:
        manager.put(*held, *heard)
        assert eventually(lambda: len(manager.inhibited()) == len(held))
        assert manager.inhibited() == {(labels["alertname"], labels.get("camera", "")) for labels in held}
        assert eventually(lambda: len({(n, ls.get("camera")) for _, _, n, ls in manager.sent}) == len(heard))
        names = {(receiver, name) for receiver, _, name, _ in manager.sent}
        assert ("heartbeat", "NvrWatchdog") in names
        assert ("people", "NvrStorageLow") not in names


def test_a_recorder_that_is_down_silences_all_that_is_its_own(tmp_path: Path) -> None:
    """And the heartbeat, so that the switch outside tells people: the recorder that would is down."""
    own = [alert("NvrCameraOffline", DOOR), alert("NvrStorageNotWritable", VOLUME), alert("NvrWatchdog", {})]
    others = [alert("NvrCameraOffline", NEIGHBOUR)]
    down = alert("NvrDown", {"site": "home", "instance": "a:8080"})
    with LiveAlertmanager(tmp_path) as manager:
        manager.put(down, *own, *others)
        assert eventually(lambda: len(manager.inhibited()) == len(own))
        assert eventually(lambda: len({name for _, _, name, _ in manager.sent}) == 2)
        assert all(labels.get("instance") != "a:8080" for _, _, name, labels in manager.sent if name != "NvrDown")
