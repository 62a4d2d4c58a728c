"""From an unplugged camera to people: recorder, Prometheus, Alertmanager, a mail server and gateways, all real."""

import io
import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import walker
from tests.e2e.live import LiveRecorder, free_port
from tests.exporters.notify.sinks import HttpSink, MailSink, attached, text_of
from tests.prometheus.live import LivePrometheus
from tests.prometheus.live_alertmanager import LiveAlertmanager

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("prometheus-alertmanager") is None,
    reason="prometheus or prometheus-alertmanager is not installed",
)


BACK = "Camera yard at test is back after "


@dataclass(frozen=True)
class People:
    """Whom the recorder tells: by e-mail, chat, SMS and ntfy, and by gateways that take nothing.

    One of these refuses, and one never answers.
    """

    mail: MailSink
    chat: HttpSink
    text: HttpSink
    push: HttpSink
    down: HttpSink
    hung: HttpSink

    def settings(self) -> dict[str, object]:
        channels = {
            "mail": {"url": self.mail.url, "kind": "email"},
            "chat": {"url": f"json://{self.chat.host}/chat", "kind": "chat"},
            "text": {"url": f"form://{self.text.host}/text", "kind": "sms"},
            "push": {"url": f"ntfy://{self.push.host}/cameras", "kind": "chat"},
            "down": {"url": f"json://{self.down.host}/down", "kind": "chat"},
            "hung": {"url": f"json://{self.hung.host}/hung", "kind": "chat"},
        }
        return {"notifications": {"receivers": {"people": {"channels": channels}}}}


def heard(people: People, words: str) -> bool:
    """All that can be reached have. Lesser troubles of the camera are told too, and are not meant."""
    told = [[str(mail["Subject"]) for mail in people.mail.taken], chats(people), texts(people), pushes(people)]
    return all(any(words in message for message in messages) for messages in told)


def chats(people: People) -> list[str]:
    return [json.loads(taken)["message"] for taken in people.chat.taken]


def texts(people: People) -> list[str]:
    """Of SMS."""
    return [parse_qs(taken.decode())["message"][0] for taken in people.text.taken]


def pushes(people: People) -> list[str]:
    """Of ntfy: a picture is the body, and the words are in the address of the first; without one they are the body."""
    queries = [parse_qs(urlsplit(path).query) for path in people.push.paths]
    bodies = zip(queries, people.push.taken, strict=True)
    return [query.get("message", [""])[0] if query else json.loads(taken)["message"] for query, taken in bodies]


def check_the_outage_is_told(recorder: LiveRecorder, people: People) -> None:
    [mail] = [mail for mail in people.mail.taken if mail["Subject"] == "[CRITICAL] Camera yard at test is offline"]
    assert text_of(mail).startswith("CAMERA_OFFLINE (critical) at test")
    assert "Cause: " in text_of(mail)
    [(name, picture), (heatmap_name, heatmap)] = sorted(attached(mail).items())
    check_the_picture_shows_something(picture)
    assert re.fullmatch(r"yard-heatmap-\d{4}-\d\d-\d\d\.png", heatmap_name)
    with Image.open(io.BytesIO(heatmap)) as drawn:
        drawn.load()
        assert drawn.format == "PNG"
    last = recorder.timeline("yard")["segments"][-1]["end"]
    assert name < f"yard-{last.replace(':', '')}.jpg"
    assert abs(_seconds(name) - _seconds(last.replace(":", ""))) < 2
    check_the_link_works(text_of(mail))
    [pushed] = [index for index, told in enumerate(pushes(people)) if "yard at test is offline" in told]
    check_the_picture_shows_something(people.push.taken[pushed])


def check_the_picture_shows_something(picture: bytes) -> None:
    with Image.open(io.BytesIO(picture)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (320, 180))
        assert len(seen.convert("RGB").getcolors(1 << 17) or ()) > 16


def check_the_link_works(text: str) -> None:
    [link] = re.findall(r"Footage: (\S+)", text)
    with httpx.Client(trust_env=False) as anyone:
        page = anyone.get(link)
        assert page.status_code == 200
        sources = re.findall(r'<video[^>]* src="([^"]+)"', page.text)
        assert sources
        footage = anyone.get(f"{link.partition('/watch')[0]}/{sources[-1].replace('&amp;', '&')}")
        assert (footage.status_code, footage.content[4:8]) == (200, b"ftyp")


def _seconds(name: str) -> float:
    [clock] = re.findall(r"T(\d{6}\.\d{3})Z", name)
    return int(clock[:2]) * 3600 + int(clock[2:4]) * 60 + float(clock[4:])


def check_the_recovery_is_told(people: People, away_seconds: float) -> None:
    [mail] = [mail for mail in people.mail.taken if BACK in mail["Subject"]]
    assert text_of(mail).startswith("CAMERA_RECOVERED (critical) at test")
    [minutes, seconds] = re.findall(r"Outage: (?:(\d+) min)?(?: ?(\d+) s)?", text_of(mail))[0]
    length = int(minutes or 0) * 60 + int(seconds or 0)
    assert away_seconds - 5 <= length <= away_seconds + 30
    assert re.search(r"^Cause: \S", text_of(mail), re.MULTILINE)
    assert max(len(message) for message in texts(people)) <= 160


@pytest.mark.timeout(240)
def test_people_hear_of_a_camera_that_goes_and_comes_back(tmp_path: Path) -> None:
    clip = make_clip(walker(20, width=320, height=180), tmp_path)
    with (
        DemoCamera("yard") as yard,
        MailSink(free_port()) as mail,
        HttpSink() as chat,
        HttpSink() as text,
        HttpSink() as push,
        HttpSink() as down,
        HttpSink() as hung,
    ):
        people, down.status, hung.hangs = People(mail, chat, text, push, down, hung), 500, True
        yard.begin(clip)
        yard.wait()
        with (
            LiveRecorder(tmp_path, {"yard": {"record": yard.url}}, more=people.settings()) as recorder,
            LiveAlertmanager(tmp_path, recorder=recorder.port) as manager,
            LivePrometheus(tmp_path, [recorder.port], alertmanager=manager.port) as prometheus,
        ):
            prometheus.wait_for(lambda: prometheus.query("sum(nvr_camera_up)") == [({}, 1.0)], 40)
            recorder.wait_for(lambda: len(recorder.timeline("yard")["segments"]) > 1, 30)
            recorder.wait_for(lambda: recorder.http.get("/heatmap.png?camera=yard").status_code == 200, 60)
            yard.kill()
            gone = time.monotonic()
            prometheus.wait_for(lambda: heard(people, "yard at test is offline"), 90)
            check_the_outage_is_told(recorder, people)
            yard.start(clip)
            away = time.monotonic() - gone
            prometheus.wait_for(lambda: heard(people, BACK), 90)
            check_the_recovery_is_told(people, away)
            check_the_history(recorder, people)


def check_the_history(recorder: LiveRecorder, people: People) -> None:
    """And gateways that take nothing have delayed and repeated no other."""

    def offline() -> list[dict[str, object]]:
        alerts = recorder.get("/api/alerts", camera="yard", state="resolved")["alerts"]
        return [
            alert for alert in alerts if alert["alertname"] == "NvrCameraOffline" and len(alert["deliveries"]) == 8
        ]  # Two of each that can be reached.

    recorder.wait_for(lambda: len(offline()) == 1, 20)
    assert people.down.taken == people.hung.taken == []
    for channel in ("people/down", "people/hung"):
        assert recorder.metric("nvr_notifications_total", channel=channel, outcome="failed") > 0
        assert recorder.metric("nvr_notifications_total", channel=channel, outcome="delivered") == 0
    mails = [str(mail["Subject"]) for mail in people.mail.taken]
    for told in (mails, chats(people), texts(people), pushes(people)):
        assert [sum(words in message for message in told) for words in ("yard at test is offline", BACK)] == [1, 1]
