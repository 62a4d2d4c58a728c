"""A real Prometheus that scrapes each second and applies the real rules at a quicker pace.

with LivePrometheus(folder, [recorder.port]) as prometheus:
    prometheus.wait_for(lambda: prometheus.fires("NvrCameraOffline", camera="yard"), 60)
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import yaml

from nvr.commands.demo_children import Child
from tests.e2e.live import free_port
from tests.prometheus.pace import quick_rules, quicker
from tests.prometheus.story import ROOT

READY_SECONDS = 30.0
FACTOR = 15.0
"""How much quicker everything goes, where not said."""


class LivePrometheus:
    """Scrapes recorders on these ports. What it says itself is in `folder`."""

    def __init__(
        self, folder: Path, ports: Sequence[int], *, factor: float = FACTOR, alertmanager: int | None = None
    ) -> None:
        self._folder, self._port = folder / "prometheus", free_port()
        self._folder.mkdir()
        config = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
        config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = ["rules.yml"]
        (job,) = config["scrape_configs"]
        job["static_configs"] = [{"targets": [f"127.0.0.1:{port}" for port in ports], "labels": {"site": "test"}}]
        managers = [f"127.0.0.1:{alertmanager}"] if alertmanager else []
        config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": managers}]}]
        self._write("prometheus.yml", config)
        self._write("rules.yml", quick_rules(factor))
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=10, trust_env=False)
        self._child = Child("Prometheus", self._command(factor), self._folder / "log")

    def alerts(self, state: str = "firing") -> list[dict[str, str]]:
        """The labels of the alerts in this state."""
        return [alert["labels"] for alert in self._alerts() if alert["state"] == state]

    def annotations(self) -> list[dict[str, str]]:
        """Those of all alerts that fire, filled in."""
        return [alert["annotations"] for alert in self.firing()]

    def firing(self) -> list[dict[str, Any]]:
        """The alerts that fire, as Prometheus tells them."""
        return [alert for alert in self._alerts() if alert["state"] == "firing"]

    def fires(self, alert: str, **labels: str) -> bool:
        """Whether this alert fires now, with at least these labels."""
        wanted = {"alertname": alert, **labels}
        return any(wanted.items() <= found.items() for found in self.alerts())

    def query(self, expr: str) -> list[tuple[dict[str, str], float]]:
        """The series of an instant query."""
        answer = self._http.get("/api/v1/query", params={"query": expr}).raise_for_status().json()
        return [(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]

    def mistakes(self) -> list[str]:
        """What Prometheus cannot evaluate, such as series that match more than one other."""
        found = self._http.get("/api/v1/rules").raise_for_status().json()["data"]["groups"]
        rules = [rule for group in found for rule in group["rules"] if rule.get("lastError")]
        return [f"{rule['name']}: {rule['lastError']}" for rule in rules]

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            self._child.check()
            assert time.monotonic() < deadline, f"not within {seconds} s; firing: {self.alerts()}"
            time.sleep(0.2)

    def _alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get("/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
        return found

    def _command(self, factor: float) -> list[str]:
        flags = {
            "config.file": self._folder / "prometheus.yml",
            "storage.tsdb.path": self._folder / "data",
            "web.listen-address": f"127.0.0.1:{self._port}",
            # What is over is said again too. What is silent for four times as long is over to Alertmanager.
            "rules.alert.resend-delay": quicker("1m", factor, 10.0),
            "log.level": "warn",
        }
        return ["prometheus", *(f"--{flag}={value}" for flag, value in flags.items())]

    def _write(self, name: str, document: Any) -> None:
        (self._folder / name).write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    def _is_ready(self) -> bool:
        try:
            return self._http.get("/-/ready").is_success
        except httpx.TransportError:
            return False

    def __enter__(self) -> "LivePrometheus":
        self._child.__enter__()
        deadline = time.monotonic() + READY_SECONDS
        try:
            while not self._is_ready():
                self._child.check()
                assert time.monotonic() < deadline, (self._folder / "log").read_text()
                time.sleep(0.1)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.__exit__(kind, error, trace)
        self._http.close()
