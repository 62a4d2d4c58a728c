"""From a database that is stopped to people: the database, the recorder, Prometheus and Alertmanager, all real."""

import json
import shutil
from pathlib import Path

import pytest

from ingest.demo.clips import make_clip
from ingest.demo.scenes import lights
from tests.e2e.live import LiveRecorder, free_port
from tests.exporters.clickhouse.server import ClickHouseServer
from tests.exporters.notify.sinks import HttpSink, MailSink
from tests.prometheus.live import LivePrometheus
from tests.prometheus.live_alertmanager import LiveAlertmanager

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("prometheus-alertmanager") is None,
    reason="prometheus or prometheus-alertmanager is not installed",
)

STOPPED = "ClickHouse takes nothing from the recorder at test"


def heard(mail: MailSink, chat: HttpSink, status: str) -> bool:
    """Both have, of the database's trouble or of its end."""
    resolved = status == "resolved"
    subjects = [str(taken["Subject"]) for taken in mail.taken if STOPPED in str(taken["Subject"])]
    chats = [text for taken in chat.taken if STOPPED in (text := str(json.loads(taken)["message"]))]
    mailed = any(("[CRITICAL]" not in subject) == resolved for subject in subjects)
    return mailed and len(chats) > resolved


@pytest.mark.timeout(180)
def test_people_hear_of_a_database_that_stops_and_comes_back(tmp_path: Path) -> None:
    camera = {"yard": {"record": str(make_clip(lights(5, width=160, height=90), tmp_path))}}
    with ClickHouseServer(tmp_path / "clickhouse") as server, MailSink(free_port()) as mail, HttpSink() as chat:
        channels = {
            "mail": {"url": mail.url, "kind": "email"},
            "chat": {"url": f"json://{chat.host}/", "kind": "chat"},
        }
        more = {
            "database": {"dsn": server.dsn},
            "notifications": {"receivers": {"people": {"channels": channels}}},
        }
        with (
            LiveRecorder(tmp_path, camera, more=more) as recorder,
            LiveAlertmanager(tmp_path, recorder=recorder.port) as manager,
            LivePrometheus(tmp_path, [recorder.port], alertmanager=manager.port) as prometheus,
        ):
            prometheus.wait_for(lambda: prometheus.query("nvr_event_sink_up == 1") != [], 40)
            server.kill()
            prometheus.wait_for(lambda: heard(mail, chat, "firing"), 60)
            server.start()
            prometheus.wait_for(lambda: heard(mail, chat, "resolved"), 60)
