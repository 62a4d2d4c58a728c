import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest

from ingest.demo import clips, scenes
from ingest.demo.camera import DemoCamera
from ingest.demo.rtsp import Loop, Packet
from ingest.ffmpeg import executable
from nvr.errors import EnvironmentNotReady

SCENE = scenes.walker(2, width=160, height=90)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.make_clip(SCENE, tmp_path_factory.mktemp("clips"))


@pytest.fixture
def camera(clip: Path) -> Iterator[DemoCamera]:
    with DemoCamera("front") as plugged_in:
        plugged_in.start(clip)
        yield plugged_in


def watch(camera: DemoCamera, seconds: float, program: str = executable()) -> "subprocess.Popen[str]":
    """A client that writes one line a picture until `seconds` of media time have come."""
    source = ["-rtsp_transport", "tcp", "-timeout", "3000000", "-i", camera.url]
    target = ["-t", str(seconds), "-map", "0:v:0", "-c", "copy", "-flush_packets", "1", "-f", "framecrc", "pipe:1"]
    command = [program, "-nostdin", "-v", "error", *source, *target]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def times(output: str) -> list[int]:
    """Presentation times, in ticks of 1/90000 s, but for the first packet's, which ffmpeg itself makes up."""
    return [int(line.split(",")[2]) for line in output.splitlines() if not line.startswith("#")][1:]


@pytest.mark.parametrize("program", [executable(), imageio_ffmpeg.get_ffmpeg_exe()], ids=["found", "wheel"])
def test_a_client_is_served_across_the_loop_without_a_step_in_time(camera: DemoCamera, program: str) -> None:
    before = datetime.now(UTC)
    with watch(camera, 5, program) as client:
        output, _ = client.communicate(timeout=30)
    steps = {later - earlier for earlier, later in itertools.pairwise(times(output))}
    assert len(times(output)) >= 5 * SCENE.fps - 1
    assert steps == {90000 // SCENE.fps}
    (played,) = camera.played_at
    assert before < played < before + timedelta(seconds=3)


def test_a_frozen_camera_sends_nothing_and_goes_on_with_the_present(camera: DemoCamera) -> None:
    with watch(camera, 9) as client:
        assert client.stdout
        for _ in range(20):
            client.stdout.readline()
        camera.freeze()
        time.sleep(2.5)
        camera.thaw()
        output, _ = client.communicate(timeout=30)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times(output))]
    assert min(gaps) > 0
    assert 2.0 < max(gaps) / 90000 < 5.0, "the pictures of the freeze are left out"
    assert sorted(gaps)[-2] == 90000 // SCENE.fps


def test_an_unplugged_camera_ends_its_clients_refuses_new_ones_and_comes_back(camera: DemoCamera, clip: Path) -> None:
    url = camera.url
    with watch(camera, 60) as client:
        assert client.stdout
        for _ in range(20):
            client.stdout.readline()
        camera.kill()
        client.communicate(timeout=10)
    with watch(camera, 1) as refused:
        refused.communicate(timeout=10)
    assert refused.returncode != 0
    camera.start(clip)
    assert camera.url == url
    with watch(camera, 1) as client:
        output, _ = client.communicate(timeout=10)
    assert times(output)
    assert len(camera.played_at) == 2


def test_two_clients_are_each_played_the_clip_from_its_beginning(camera: DemoCamera) -> None:
    with watch(camera, 1) as one, watch(camera, 1) as other:
        assert times(one.communicate(timeout=20)[0])
        assert times(other.communicate(timeout=20)[0])
    assert len(camera.played_at) == 2


def test_a_camera_dies_with_the_process_that_plugged_it_in(clip: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from ingest.demo.camera import DemoCamera; "
        "camera = DemoCamera(); camera.start(Path(sys.argv[1])); print(camera.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(clip)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        owner.kill()
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def test_a_frozen_camera_can_be_unplugged(camera: DemoCamera) -> None:
    camera.freeze()
    pid = camera.pid
    camera.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)


def test_a_clip_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with DemoCamera("front") as camera, pytest.raises(EnvironmentNotReady, match=r"camera front.*Invalid data"):
        camera.start(broken)


def test_a_loop_counts_on_through_its_repetitions() -> None:
    loop = Loop(tuple(Packet(b"", index / 10, index % 20 == 0) for index in range(40)), 4.0)
    assert loop.seconds(45) == pytest.approx(4.5)
    assert loop.next_key(3, 2.5) == 40
    assert loop.next_key(3, 1.5) == 20
    assert loop.next_key(3, 401.0) == 4020
