"""From a disk that fills to people: a volume, the recorder, Prometheus and Alertmanager, all real, and what ends it."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.demo.camera import DemoCamera
from nvr.clock import utc_now
from nvr.model import isoformat
from tests.clips import make_clip, run_ffmpeg
from tests.e2e.live import LiveRecorder, free_port
from tests.exporters.notify.sinks import HttpSink, MailSink, text_of
from tests.faults.children import finished
from tests.faults.disks.volume import tmpfs
from tests.prometheus.live import LivePrometheus
from tests.prometheus.live_alertmanager import LiveAlertmanager

pytestmark = [
    pytest.mark.skipif(
        shutil.which("prometheus") is None or shutil.which("prometheus-alertmanager") is None,
        reason="prometheus or prometheus-alertmanager is not installed",
    ),
    pytest.mark.usefixtures("as_root"),
]

MEGABYTE = 1_000_000
BUDGET = 0.5
"""Of what the disk offers: all of the rest is room for the seconds that a clean-up takes."""

FACTOR = 20.0
"""How much quicker rules and routes go: footage that went in need is alarming for three quarters of a minute."""

LOW, CRITICAL = "takes most of its budget at test", "takes nearly all of its budget at test"


@pytest.fixture(scope="module")
def busy_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four megabits a second."""
    clip = tmp_path_factory.mktemp("clip") / "busy.mp4"
    noise = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=10:duration=10,noise=alls=60:allf=t"]
    rate = ["-b:v", "4M", "-minrate", "4M", "-maxrate", "4M", "-bufsize", "2M", "-g", "10", "-bf", "0"]
    run_ffmpeg(*noise, "-c:v", "libx264", "-preset", "ultrafast", *rate, "-pix_fmt", "yuv420p", str(clip))
    return clip


@dataclass(frozen=True)
class Filling:
    """A recorder on a small volume that others fill, and whom it tells."""

    volume: Path
    recorder: LiveRecorder
    settings: dict[str, Any]
    chat: HttpSink
    mail: MailSink

    def used_bytes(self) -> int:
        return int(self.recorder.metric("nvr_storage_used_bytes", volume=str(self.volume)))

    def fill(self, share: float) -> None:
        """Others take so much of the disk that footage takes this share of its budget."""
        ballast = self.volume / "ballast"
        ballast.touch()
        disk = os.statvfs(self.volume)
        free_bytes = disk.f_bavail * disk.f_frsize + ballast.stat().st_size
        room_bytes = int(self.used_bytes() * (1 / (BUDGET * share) - 1))
        with ballast.open("r+b") as file:
            file.truncate(free_bytes - room_bytes)
            os.posix_fallocate(file.fileno(), 0, free_bytes - room_bytes)

    def tells_while_full(self, share: float, event: str, words: str) -> bool:
        """The share is kept to where footage grows meanwhile."""
        self.fill(share)
        return self.told(event, words) == 1

    def promise_less(self) -> None:
        """From its next start footage may go sooner: what the runbook says where room and promise do not agree."""
        self.settings["storage"]["keep_at_least"] = {"continuous": "1s", "motion": "1s"}
        self.recorder.config.write_text(yaml.safe_dump(self.settings), encoding="utf-8")

    def told(self, event: str, words: str) -> int:
        """How often."""
        messages = [str(json.loads(taken)["message"]) for taken in self.chat.taken]
        return sum(message.startswith(f"{event}: ") and words in message for message in messages)

    def mailed(self) -> list[str]:
        """What e-mails say of the volume, in the order in which they came."""
        told = [mail for mail in self.mail.taken if LOW in mail["Subject"] or CRITICAL in mail["Subject"]]
        return [text_of(mail).split()[0] for mail in told]


@pytest.mark.timeout(300)
def test_people_hear_of_a_disk_that_fills_and_of_the_room_that_is_made(tmp_path: Path, busy_clip: Path) -> None:
    calm_clip = make_clip(tmp_path / "calm.mp4", 10, fps=5, size="160x90")
    with (
        tmpfs(tmp_path / "recordings", "size=64m") as volume,
        DemoCamera("door") as door,
        HttpSink() as chat,
        MailSink(free_port()) as mail,
    ):
        door.start(busy_clip)
        channels = {
            "chat": {"url": f"json://{chat.host}/", "kind": "chat"},
            "mail": {"url": mail.url, "kind": "email"},
        }
        more = {"notifications": {"receivers": {"people": {"channels": channels}}}}
        with (
            LiveRecorder(
                tmp_path,
                {"door": {"record": door.url}},
                segment="1s",
                storage={"budget": f"{BUDGET:.0%}"},
                more=more,
            ) as recorder,
            LiveAlertmanager(tmp_path, factor=FACTOR, recorder=recorder.port) as manager,
            LivePrometheus(tmp_path, [recorder.port], factor=FACTOR, alertmanager=manager.port) as prometheus,
        ):
            settings = yaml.safe_load(recorder.config.read_text(encoding="utf-8"))
            filling = Filling(volume, recorder, settings, chat, mail)
            recorder.wait_for(lambda: filling.used_bytes() > 12 * MEGABYTE, 60)
            door.start(calm_clip)
            calmed = isoformat(utc_now())
            recorder.wait_for(lambda: sum(each["start"] > calmed for each in finished(recorder, "door")) > 3, 40)
            fills_until_footage_goes_in_need(filling, prometheus)
            prometheus.wait_for(lambda: ("NvrStorageLow", "") in manager.inhibited(), 15)
            loses_its_recorder(filling, prometheus, manager)
            filling.promise_less()
            recorder.start()
            prometheus.wait_for(lambda: filling.told("STORAGE_CRITICAL_RESOLVED", CRITICAL) == 1, 90)
            # Both were held back while it was down. Prometheus says again and again what is over.
            prometheus.wait_for(lambda: filling.told("STORAGE_LOW_RESOLVED", LOW) == 1, 90)
            prometheus.wait_for(lambda: len(filling.mailed()) >= 4, 90)
            check_all_is_over(filling)


def fills_until_footage_goes_in_need(filling: Filling, prometheus: LivePrometheus) -> None:
    prometheus.wait_for(lambda: filling.tells_while_full(0.88, "STORAGE_LOW", LOW), 60)
    assert filling.told("STORAGE_CRITICAL", CRITICAL) == 0
    assert filling.recorder.metric("nvr_retention_deleted_segments_total", reason="emergency") == 0
    filling.fill(0.97)
    prometheus.wait_for(lambda: filling.told("STORAGE_CRITICAL", CRITICAL) == 1, 60)
    assert filling.recorder.metric("nvr_retention_deleted_segments_total", reason="emergency") > 0


def loses_its_recorder(filling: Filling, prometheus: LivePrometheus, manager: LiveAlertmanager) -> None:
    """What it said of its volume ends, and nobody is told that there is room again."""
    filling.recorder.kill()
    prometheus.wait_for(lambda: manager.has_sent("firing", "NvrDown"), 30)
    prometheus.wait_for(lambda: not prometheus.fires("NvrStorageCritical"), 40)
    assert not any(status == "resolved" and "Storage" in name for _, status, name, _ in manager.sent)


def check_all_is_over(filling: Filling) -> None:
    """Each of the two was told once, and nothing is left in history that still fires."""
    assert (filling.told("STORAGE_LOW", LOW), filling.told("STORAGE_CRITICAL", CRITICAL)) == (1, 1)
    assert filling.mailed()[:2] == ["STORAGE_LOW", "STORAGE_CRITICAL"]
    assert sorted(filling.mailed()[2:]) == ["STORAGE_CRITICAL_RESOLVED", "STORAGE_LOW_RESOLVED"]
    assert filling.recorder.metric("nvr_retention_deleted_segments_total", reason="budget") > 0
    assert filling.recorder.metric("nvr_storage_writable", volume=str(filling.volume)) == 1

    def still_firing() -> list[str]:
        firing = filling.recorder.get("/api/alerts", state="firing")["alerts"]
        return [alert["alertname"] for alert in firing if "Storage" in alert["alertname"]]

    filling.recorder.wait_for(lambda: still_firing() == [], 20)
