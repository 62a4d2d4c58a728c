"""A real Alertmanager with the real routes and inhibitions at a quicker pace; it delivers to this process."""

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import yaml

from nvr.commands.demo_children import Child
from tests.e2e.live import free_port
from tests.prometheus.live import FACTOR, READY_SECONDS
from tests.prometheus.pace import quick_routes
from tests.prometheus.story import ROOT


class LiveAlertmanager:
    """`sent` are its notifications, oldest first, as (receiver, status, alertname, labels) of every alert in them.

    `recorder` is the port of one that tells people, `mail` a server to which the e-mail goes that the file shows.
    """

    def __init__(
        self, folder: Path, *, factor: float = FACTOR, recorder: int | None = None, mail: str | None = None
    ) -> None:
        self._folder, self.port = folder / "alertmanager", free_port()
        self._folder.mkdir()
        self.sent: list[tuple[str, str, str, dict[str, str]]] = []
        self._inbox = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        config = _as_shipped(mail)
        url = f"http://127.0.0.1:{self._inbox.server_address[1]}/"
        for receiver in config["receivers"]:
            told = [hook for hook in receiver.get("webhook_configs", ()) if recorder and "/alerts/" in hook["url"]]
            for hook in told:
                hook["url"] = hook["url"].replace(":8080/", f":{recorder}/")
            receiver["webhook_configs"] = [{"url": url, "send_resolved": True}, *told]
        file = self._folder / "alertmanager.yml"
        file.write_text(yaml.safe_dump(quick_routes(config, factor)), encoding="utf-8")
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10, trust_env=False)
        self._child = Child("Alertmanager", self._command(file), self._folder / "log")

    def put(self, *alerts: Mapping[str, str]) -> None:
        """Alerts by their labels, as if Prometheus had sent them."""
        self._http.post("/api/v2/alerts", json=[{"labels": dict(labels)} for labels in alerts]).raise_for_status()

    def inhibited(self) -> set[tuple[str, str]]:
        """The names and cameras of the alerts that are held back by others."""
        found = self._http.get("/api/v2/alerts").raise_for_status().json()
        return {_identity(alert["labels"]) for alert in found if alert["status"]["inhibitedBy"]}

    def has_sent(self, status: str, alert: str, **labels: str) -> bool:
        return any(
            (status, alert) == (sent_status, name) and labels.items() <= found.items()
            for _, sent_status, name, found in self.sent
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        manager = self

        class Inbox(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                manager._received(payload)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Tests are quiet."""

        return Inbox

    def _received(self, payload: dict[str, Any]) -> None:
        for alert in payload["alerts"]:
            labels = alert["labels"]
            self.sent.append((payload["receiver"], alert["status"], labels["alertname"], labels))

    def _command(self, file: Path) -> list[str]:
        flags = {
            "config.file": file,
            "storage.path": self._folder / "data",
            "web.listen-address": f"127.0.0.1:{self.port}",
            "cluster.listen-address": "",
            "log.level": "warn",
        }
        return ["prometheus-alertmanager", *(f"--{flag}={value}" for flag, value in flags.items())]

    def _is_ready(self) -> bool:
        try:
            return self._http.get("/-/ready").is_success
        except httpx.TransportError:
            return False

    def __enter__(self) -> "LiveAlertmanager":
        threading.Thread(target=self._inbox.serve_forever, args=(0.1,), daemon=True).start()
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
        self._inbox.shutdown()
        self._inbox.server_close()
        self._http.close()


def _as_shipped(mail: str | None) -> dict[str, Any]:
    """With a mail server, what is a comment in the file is a way of its own."""
    text = (ROOT / "prometheus" / "alertmanager.yml").read_text(encoding="utf-8")
    if mail is None:
        return dict(yaml.safe_load(text))
    config = dict(yaml.safe_load(text.replace("# email_configs:", "email_configs:")))
    (told,) = [receiver for receiver in config["receivers"] if "email_configs" in receiver]
    told["email_configs"][0] |= {"smarthost": mail, "require_tls": False}
    return config


def _identity(labels: Mapping[str, str]) -> tuple[str, str]:
    return labels["alertname"], labels.get("camera", "")
