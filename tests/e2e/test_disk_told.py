"""From a disk that something else fills to people: the disk, recorder, Prometheus and Alertmanager, all real."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.demo.camera import DemoCamera
from tests.clips import make_clip, run_ffmpeg
from tests.e2e.live import LiveRecorder, free_port
from tests.exporters.notify.sinks import HttpSink, MailSink
from tests.prometheus.live import LivePrometheus
from tests.prometheus.live_alertmanager import LiveAlertmanager

pytestmark = [
    pytest.mark.skipif(
        shutil.which("prometheus") is None or shutil.which("prometheus-alertmanager") is None,
        reason="prometheus or prometheus-alertmanager is not installed",
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a mount"),
]

BUDGET = 0.5
"""Of what the disk offers: the rest is room for the seconds that a clean-up takes."""

LOW, CRITICAL = "takes most of its budget at test", "takes nearly all of its budget at test"


@contextmanager
def disk(path: Path) -> Iterator[Path]:
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(path)], check=True, timeout=30)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=False, capture_output=True, timeout=30)


def busy_clip(folder: Path) -> Path:
    """Four megabits a second."""
    clip = folder / "busy.mp4"
    noise = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=10:duration=10,noise=alls=60:allf=t"]
    rate = ["-b:v", "4M", "-minrate", "4M", "-maxrate", "4M", "-bufsize", "2M", "-g", "10", "-bf", "0"]
    run_ffmpeg(*noise, "-c:v", "libx264", "-preset", "ultrafast", *rate, "-pix_fmt", "yuv420p", str(clip))
    return clip


def used_bytes(recorder: LiveRecorder) -> int:
    return int(recorder.metric("nvr_storage_used_bytes", volume=str(recorder.recordings)))


def fill(recorder: LiveRecorder, share: float) -> None:
    """Others take so much of the disk that footage takes this share of its budget."""
    ballast = recorder.recordings / "ballast"
    ballast.touch()
    volume = os.statvfs(recorder.recordings)
    free_bytes = volume.f_bavail * volume.f_frsize + ballast.stat().st_size
    taken_bytes = free_bytes - int(used_bytes(recorder) * (1 / (BUDGET * share) - 1))
    with ballast.open("r+b") as file:
        file.truncate(taken_bytes)
        os.posix_fallocate(file.fileno(), 0, taken_bytes)


def heard(mail: MailSink, chat: HttpSink, event: str, words: str) -> bool:
    """Both have."""
    mailed = [taken for taken in mail.taken if words in str(taken["Subject"]) and event in taken.as_string()]
    chats = [text for taken in chat.taken if (text := str(json.loads(taken)["message"])).startswith(f"{event}: ")]
    return bool(mailed) and any(words in text for text in chats)


@pytest.mark.timeout(300)
def test_people_hear_of_a_disk_that_others_fill_and_of_the_room_that_is_given_back(tmp_path: Path) -> None:
    calm = make_clip(tmp_path / "calm.mp4", 10, fps=5, size="160x90")
    with (
        disk(tmp_path / "recordings"),
        DemoCamera("door") as door,
        MailSink(free_port()) as mail,
        HttpSink() as chat,
    ):
        door.start(busy_clip(tmp_path))
        channels = {
            "mail": {"url": mail.url, "kind": "email"},
            "chat": {"url": f"json://{chat.host}/", "kind": "chat"},
        }
        more = {"notifications": {"receivers": {"people": {"channels": channels}}}}
        cameras, storage = {"door": {"record": door.url}}, {"budget": f"{BUDGET:.0%}"}
        with (
            LiveRecorder(tmp_path, cameras, segment="1s", storage=storage, more=more) as recorder,
            LiveAlertmanager(tmp_path, recorder=recorder.port) as manager,
            LivePrometheus(tmp_path, [recorder.port], alertmanager=manager.port) as prometheus,
        ):
            recorder.wait_for(lambda: used_bytes(recorder) > 12_000_000, 60)
            door.start(calm)
            fill(recorder, 0.88)
            prometheus.wait_for(lambda: heard(mail, chat, "STORAGE_LOW", LOW), 90)
            assert not heard(mail, chat, "STORAGE_CRITICAL", CRITICAL)
            fill(recorder, 0.97)
            prometheus.wait_for(lambda: heard(mail, chat, "STORAGE_CRITICAL", CRITICAL), 90)
            prometheus.wait_for(lambda: ("NvrStorageLow", "") in manager.inhibited(), 30)
            (recorder.recordings / "ballast").unlink()
            prometheus.wait_for(lambda: heard(mail, chat, "STORAGE_CRITICAL_RESOLVED", CRITICAL), 120)
            prometheus.wait_for(lambda: heard(mail, chat, "STORAGE_LOW_RESOLVED", LOW), 120)
