"""Whom notifications are for cannot be reached: nothing is lost, and nobody else waits."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.demo.clips import make_clip
from ingest.demo.scenes import lights
from nvr.clock import utc_now
from tests.e2e.live import LiveRecorder, free_port
from tests.exporters.notify.alerts import alert, body
from tests.exporters.notify.sinks import HttpSink, MailSink
from tests.faults.conftest import Measured

ALERTS = 4
"""Apprise leaves 5.5 s between two mails."""


def numbers(texts: list[str]) -> list[int]:
    """Of the cameras that are told of."""
    return sorted(int(found) for text in texts for found in re.findall(r"camera c(\d+) ", text))


def send(recorder: LiveRecorder, *these: int) -> None:
    now = utc_now().replace(microsecond=0)
    for number in these:
        words = {"summary": f"camera c{number} is offline"}
        one = replace(alert(number, now, camera=f"c{number}"), annotations=words)
        assert recorder.http.post("/alerts/people", content=body(one)).status_code == 200


def failures(recorder: LiveRecorder, channel: str) -> float:
    return recorder.metric("nvr_notifications_total", channel=f"people/{channel}", outcome="failed")


@pytest.mark.fault(35)
def test_no_alert_is_lost_while_nobody_can_be_reached(tmp_path: Path, measured: Measured) -> None:
    mail, away = MailSink(free_port()), free_port()
    with HttpSink() as well:
        channels = {
            "well": {"url": f"json://{well.host}/", "kind": "chat"},
            "mail": {"url": mail.url, "kind": "email"},
            "away": {"url": f"json://127.0.0.1:{away}/", "kind": "chat"},
        }
        told = {"notifications": {"receivers": {"people": {"channels": channels}}}}
        camera = {"yard": {"record": str(make_clip(lights(5, width=160, height=90), tmp_path))}}
        with LiveRecorder(tmp_path, camera, more=told) as recorder:
            send(recorder, *range(ALERTS // 2))
            recorder.wait_for(lambda: len(well.taken) == ALERTS // 2, 30)
            recorder.wait_for(lambda: failures(recorder, "mail") > 0, 30)
            send(recorder, *range(ALERTS // 2, ALERTS))
            recorder.kill()
            recorder.start()
            recorder.wait_for(lambda: failures(recorder, "away") > 0, 30)
            with mail, HttpSink(away) as back:
                recorder.wait_for(lambda: len(mail.taken) >= ALERTS and len(back.taken) >= ALERTS, 90)
                mails = numbers([str(each["Subject"]) for each in mail.taken])
                chats = [numbers([json.loads(taken)["message"] for taken in sink.taken]) for sink in (well, back)]
        log = recorder.log.read_text()
    assert set(mails) == set(chats[0]) == set(chats[1]) == set(range(ALERTS))
    assert re.search(r"ERROR .* the channel people/mail takes no notifications: .*; again in", log)
    assert re.search(r"the channel people/(mail|away) takes notifications again", log)
    repeated = max(len(each) - ALERTS for each in (mails, *chats))
    assert repeated <= 1
    measured(f"lost 0 of {3 * ALERTS} deliveries over a kill, repeated at most {repeated} a channel")
