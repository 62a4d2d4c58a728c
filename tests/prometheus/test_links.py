"""Where alerts lead: every link of every alert, as a real Prometheus fills it in, is asked for at live recorders.

Each alert's condition is replaced by one that holds; its words and links are those of the real rules.
"""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from exporters.notify.addresses import Addresses
from ingest.demo.clips import make_clip
from ingest.demo.scenes import lights
from nvr.settings import WebSettings
from tests.e2e.grafana import Grafana
from tests.e2e.live import LiveRecorder
from tests.prometheus.live import LivePrometheus
from tests.prometheus.story import ROOT, alerts, groups

pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")

NVR = 'up{job="nvr"}'
DASHBOARDS = {json.loads(file.read_text())["uid"] for file in (ROOT / "grafana" / "dashboards").glob("*.json")}
BUILTIN = {"NvrCameraOffline": "nvr-camera", "NvrStorageLow": "nvr-storage", "NvrEventSinkFailing": "nvr-pipeline"}


def holding(rule: dict[str, Any]) -> dict[str, Any]:
    """Each alert on each recorder, whether it is up or not; those of a camera name one."""
    if "alert" not in rule:
        return rule
    expr = NVR if "playback_url" not in rule["annotations"] else f'label_replace({NVR}, "camera", "door", "", "")'
    kept = {key: rule[key] for key in ("alert", "labels", "annotations")}
    return kept | {"expr": rule["expr"] if rule["alert"] == "NvrWatchdog" else expr}


@dataclass(frozen=True)
class Leading:
    prometheus: LivePrometheus
    plain: LiveRecorder
    told: LiveRecorder

    def words(self, recorder: LiveRecorder) -> dict[str, dict[str, str]]:
        """Of each alert; those of the heartbeat are of any recorder."""
        return {
            each["labels"]["alertname"]: {name: text for name, text in each["annotations"].items() if text}
            for each in self.prometheus.firing()
            if each["labels"].get("instance") in (f"127.0.0.1:{recorder.port}", None)
        }


def told_where(recorder: LiveRecorder, **web: str) -> LiveRecorder:
    settings = yaml.safe_load(recorder.config.read_text())
    settings["web"] |= web
    recorder.config.write_text(yaml.safe_dump(settings))
    return recorder


def recorder_in(folder: Path, clip: Path) -> LiveRecorder:
    folder.mkdir()
    return LiveRecorder(folder, {"door": {"record": str(clip)}})


@pytest.mark.timeout(180)
def test_every_link_of_every_alert_leads_somewhere(tmp_path: Path) -> None:
    clip = make_clip(lights(5, width=320, height=180), tmp_path)
    with Grafana() as grafana:
        plain, told = recorder_in(tmp_path / "plain", clip), recorder_in(tmp_path / "told", clip)
        base, dashboards = f"http://127.0.0.1:{told.port}/nvr", f"http://127.0.0.1:{grafana.port}"
        told_where(told, external_url=base, grafana_url=dashboards)
        with plain, told:
            prometheus = LivePrometheus(tmp_path, [plain.port, told.port])
            rules = [{**group, "rules": [holding(rule) for rule in group["rules"]]} for group in groups()]
            (tmp_path / "prometheus" / "rules.yml").write_text(yaml.safe_dump({"groups": rules}))
            with prometheus:
                leading = Leading(prometheus, plain, told)
                prometheus.wait_for(lambda: len(prometheus.query("nvr:web:info")) == 2, 40)
                for recorder in (plain, told):
                    prometheus.wait_for(lambda recorder=recorder: is_led(leading.words(recorder)), 40)  # type: ignore[misc]
                assert prometheus.mistakes() == []
                default(leading.words(plain), f"http://127.0.0.1:{plain.port}")
                behind_a_prefix(leading.words(told), base, dashboards)
                told.kill()
                prometheus.wait_for(lambda: len(prometheus.query("nvr_web_info")) == 1, 40)
                assert leading.words(told)["NvrDown"]["runbook_url"] == f"{base}/runbooks/NvrDown.md"


def is_led(words: dict[str, dict[str, str]]) -> bool:
    return words.keys() == alerts().keys() and all("runbook_url" in each for each in words.values())


def default(words: dict[str, dict[str, str]], base: str) -> None:
    """Nothing is set but what must be: runbooks and footage are there, and no link to a Grafana nobody named."""
    for alert, found in words.items():
        if alert != "NvrWatchdog":
            assert found["runbook_url"] == f"{base}/runbooks/{alert}.md"
            assert "dashboard_url" not in found, alert
    answered(words)


def behind_a_prefix(words: dict[str, dict[str, str]], base: str, grafana: str) -> None:
    for alert, found in words.items():
        assert re.match(rf"{grafana}/d/([a-z-]+)(\?|$)", found["dashboard_url"])[1] in DASHBOARDS, alert  # type: ignore[index]
        assert found.get("playback_url", base).startswith(base)
    answered(words)
    addresses = Addresses.of(WebSettings(external_url=base, grafana_url=grafana), "")
    for alert, dashboard in BUILTIN.items():
        camera = "door" if "playback_url" in words[alert] else ""
        assert addresses.annotations(alert, dashboard, "test", camera).items() <= words[alert].items()


def answered(words: dict[str, dict[str, str]]) -> None:
    with httpx.Client(timeout=20, trust_env=False) as people:
        for alert, found in words.items():
            for name in ("runbook_url", "dashboard_url", "playback_url"):
                if name in found:
                    answer = people.get(found[name])
                    assert answer.status_code == 200, (alert, name, found[name])
                    assert name != "runbook_url" or f"<h1>{alert}</h1>" in answer.text
