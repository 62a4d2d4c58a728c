"""From cameras to notifications: a recorder of synthetic cameras, a Prometheus with the rules, an Alertmanager."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from ingest.demo.camera import DemoCamera
from ingest.demo.clips import make_clip
from ingest.demo.scenes import Scene, lights
from nvr.model import Picture
from tests.e2e.live import LiveRecorder, free_port
from tests.exporters.notify.sinks import MailSink
from tests.prometheus.live import LivePrometheus
from tests.prometheus.live_alertmanager import LiveAlertmanager

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("prometheus-alertmanager") is None,
    reason="prometheus or prometheus-alertmanager is not installed",
)


@dataclass(frozen=True)
class Watching:
    """What watches the cameras, outermost last."""

    recorder: LiveRecorder
    prometheus: LivePrometheus
    manager: LiveAlertmanager
    mail: MailSink

    def begins(self) -> None:
        """Every camera is up, and seen to be."""
        self.prometheus.wait_for(lambda: self.prometheus.query("sum(nvr_camera_up)") == [({}, 3.0)], 40)

    def sees_each_trouble_where_it_is(self) -> None:
        """`still` shows one picture all along, and `yard` is unplugged."""
        fires = self.prometheus.fires
        self.prometheus.wait_for(lambda: fires("NvrCameraFrozen", camera="still", severity="warning"), 60)
        self.prometheus.wait_for(lambda: fires("NvrCameraOffline", camera="yard", severity="critical"), 90)
        assert not fires("NvrCameraFrozen", camera="yard")
        assert not fires("NvrDown")
        assert fires("NvrWatchdog")
        assert self.prometheus.mistakes() == []
        for words in self.prometheus.annotations():
            assert f":{self.recorder.port}/runbooks/Nvr" in words["runbook_url"]
            assert "error" not in " ".join(words.values())
            assert "no value" not in " ".join(words.values())
        self.prometheus.wait_for(lambda: self.manager.has_sent("firing", "NvrCameraOffline", camera="yard"), 20)

    def loses_its_recorder(self) -> None:
        """One NvrDown, and nobody is told that a camera is back."""
        self.recorder.kill()
        self.prometheus.wait_for(lambda: self.manager.has_sent("firing", "NvrDown"), 30)
        assert self.prometheus.fires("NvrCameraOffline", camera="yard")
        self.prometheus.wait_for(lambda: ("NvrCameraOffline", "yard") in self.manager.inhibited(), 20)
        # The frozen picture is nobody's knowledge any more. Its alert ends, and that is not told.
        self.prometheus.wait_for(lambda: not self.prometheus.fires("NvrCameraFrozen", camera="still"), 40)
        assert self.prometheus.fires("NvrCameraOffline", camera="yard")
        assert self._recoveries() == []
        self.prometheus.wait_for(lambda: len(self._mails()) == 1, 20)
        assert "firing" in self._mails()[0]
        self.prometheus.wait_for(lambda: ("NvrWatchdog", "") in self.manager.inhibited(), 20)

    def has_everything_back(self) -> None:
        self.recorder.start()
        self.prometheus.wait_for(lambda: not self.prometheus.fires("NvrDown"), 20)
        self.prometheus.wait_for(lambda: not self.prometheus.fires("NvrCameraOffline"), 60)
        self.prometheus.wait_for(lambda: self.manager.has_sent("resolved", "NvrCameraOffline", camera="yard"), 30)
        self.prometheus.wait_for(lambda: self.manager.has_sent("resolved", "NvrDown"), 30)
        self.prometheus.wait_for(lambda: len(self._mails()) == 2, 30)
        assert "resolved" in self._mails()[1]
        self.prometheus.wait_for(lambda: ("NvrWatchdog", "") not in self.manager.inhibited(), 20)

    def never_blamed(self, camera: str) -> None:
        firing = f'count by (alertname) (count_over_time(ALERTS{{camera="{camera}", alertstate="firing"}}[10m]))'
        assert self.prometheus.query(firing) == []

    def _mails(self) -> list[str]:
        """What Alertmanager itself has told people: of its recorder, and of nothing else."""
        subjects = [str(mail["Subject"]).lower() for mail in self.mail.taken]
        assert all("nvrdown" in subject for subject in subjects), subjects
        return subjects

    def _recoveries(self) -> list[str]:
        return [name for _, status, name, _ in self.manager.sent if status == "resolved"]


def frozen() -> Scene:
    """A camera that repeats itself: without noise, and plain, so that encoding changes nothing either."""

    def background(_: float) -> Picture:
        return np.full((180, 320, 3), 128, np.uint8)

    return Scene("frozen", 320, 180, 10, 4, background, noise=0.0)


@pytest.mark.timeout(240)
def test_alerts_fire_resolve_and_outlive_the_recorder(tmp_path: Path) -> None:
    lively, still = make_clip(lights(20, width=320, height=180), tmp_path), make_clip(frozen(), tmp_path)
    with DemoCamera("door") as door, DemoCamera("yard") as yard, DemoCamera("still") as stuck:
        door.begin(lively)
        yard.begin(lively)
        stuck.begin(still)
        cameras = {camera.name: {"record": camera.url} for camera in (door, yard, stuck)}
        for camera in (door, yard, stuck):
            camera.wait()
        with (
            LiveRecorder(tmp_path, cameras) as recorder,
            MailSink(free_port()) as mail,
            LiveAlertmanager(tmp_path, mail=mail.host) as manager,
            LivePrometheus(tmp_path, [recorder.port], alertmanager=manager.port) as prometheus,
        ):
            watching = Watching(recorder, prometheus, manager, mail)
            watching.begins()
            yard.kill()
            watching.sees_each_trouble_where_it_is()
            watching.loses_its_recorder()
            watching.never_blamed("door")
            yard.start(lively)
            watching.has_everything_back()
