import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from ingest.demo import clips, scenes
from ingest.demo.camera import DemoCamera
from nvr.commands.demo_children import Child, alerts_page, prometheus, start_page
from nvr.commands.demo_plan import free_port, nvr_configuration, prometheus_configuration
from nvr.commands.demo_trouble import Condition, FlakyCamera, condition_at
from nvr.config import load
from nvr.errors import EnvironmentNotReady

ROOT = Path(__file__).resolve().parents[2]
URLS = {
    name: f"rtsp://127.0.0.1:5{number}/main" for number, name in enumerate(("front-door", "garden", "hall", "yard"))
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def start_demo(directory: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "nvr.cli", "demo", "--directory", str(directory), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def address_of(demo: "subprocess.Popen[str]", name: str) -> str:
    """The address that the demonstration prints behind `name`."""
    assert demo.stdout
    said = []
    for line in demo.stdout:
        said.append(line)
        if f" {name} " in line:
            return next(word for word in line.split() if word.startswith("http"))
    raise AssertionError("the demo ended early:\n" + "".join(said))


def processes_of(directory: Path) -> list[str]:
    """The command lines of living processes that name the directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(directory) in command and int(entry.name) != os.getpid():
                found.append(command)
    return found


def is_stopped(pid: int) -> bool:
    return "State:\tT" in Path(f"/proc/{pid}/status").read_text()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether the condition comes true in time: a signal reaches a process a little after it was sent."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.mark.timeout(240)
def test_the_demo_records_four_cameras_and_ends_by_itself(directory: Path) -> None:
    with start_demo(directory, "--seconds", "20") as demo:
        here = address_of(demo, "Metrics").removesuffix("/metrics")
        cameras: dict[str, str] = {}
        deadline = time.monotonic() + 18
        while time.monotonic() < deadline and set(cameras.values()) != {"healthy"}:
            answer = httpx.get(f"{here}/api/cameras", timeout=10).json()
            cameras = {camera["camera"]: camera["state"] for camera in answer["cameras"]}
            time.sleep(0.5)
        assert cameras == dict.fromkeys(("front-door", "garden", "hall", "yard"), "healthy")
        output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, output
    assert "segments of footage" in output
    assert processes_of(directory) == []
    recorded = {file.relative_to(directory / "recordings").parts[0] for file in directory.rglob("recordings/**/*Z.mp4")}
    assert recorded == set(cameras)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_the_demo_leaves_no_process_however_it_ends(directory: Path, ending: signal.Signals, code: int) -> None:
    with start_demo(directory) as demo:
        address_of(demo, "Metrics")
        demo.send_signal(ending)
        output, _ = demo.communicate(timeout=60)
    assert demo.returncode == code
    assert ("segments of footage" in output) == (ending is not signal.SIGKILL)
    assert eventually(lambda: processes_of(directory) == [])


def test_a_second_demo_in_the_same_directory_is_refused(directory: Path) -> None:
    holder = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True)"
    script = f"{holder}; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script, str(directory / "lock")], stdout=subprocess.PIPE) as first:
        assert first.stdout
        first.stdout.readline()
        with start_demo(directory) as second:
            output, _ = second.communicate(timeout=30)
        first.kill()
    assert second.returncode == 1
    assert "in use by another recorder" in output
    assert "end that demo, or choose another with --directory" in output


def test_without_ffmpeg_the_demo_says_so_and_fails(tmp_path: Path) -> None:
    (tmp_path / "imageio_ffmpeg.py").write_text("raise ImportError")
    environment = {"PATH": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "nvr.cli", "demo", "--directory", str(tmp_path / "demo")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)
    assert ended.returncode == 1
    assert "ffmpeg was not found (install the ffmpeg package" in ended.stderr


def test_the_written_configuration_is_valid_and_stays_in_the_directory(tmp_path: Path) -> None:
    settings = load(nvr_configuration(tmp_path, URLS, 8123), {})
    assert {name: camera.record for name, camera in settings.cameras.items()} == URLS
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8123)
    assert settings.storage.path == tmp_path / "recordings"
    assert settings.database.dsn == f"chdb://{tmp_path}/clickhouse"
    assert settings.database.spool == tmp_path / "spool"


def test_the_demos_prometheus_scrapes_as_the_example_does(tmp_path: Path) -> None:
    (job,) = yaml.safe_load(prometheus_configuration(tmp_path, 8123).read_text())["scrape_configs"]
    (example,) = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    assert (job["job_name"], job["honor_labels"]) == (example["job_name"], example["honor_labels"])
    assert job["static_configs"][0]["labels"].keys() == example["static_configs"][0]["labels"].keys()


def test_troubles_come_back_and_leave_time_between() -> None:
    seen = [condition_at(second) for second in range(90)]
    assert [condition_at(second + 90) for second in range(90)] == seen
    assert seen.count(Condition.RUNNING) > 60
    assert seen[25] is Condition.FROZEN
    assert seen[65] is Condition.UNPLUGGED


def test_a_flaky_camera_follows_its_schedule(tmp_path: Path) -> None:
    clip = clips.make_clip(scenes.lights(2, width=160, height=90), tmp_path)
    with DemoCamera("yard") as camera:
        camera.start(clip)
        flaky = FlakyCamera(camera, clip)
        flaky.follow(25)
        assert eventually(lambda: is_stopped(camera.pid))
        flaky.follow(40)
        assert eventually(lambda: not is_stopped(camera.pid))
        first = camera.pid
        flaky.follow(65)
        with pytest.raises(RuntimeError, match="not running"):
            _ = camera.pid
        flaky.follow(75)
        assert camera.pid != first


def test_a_child_that_ends_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('first'); raise SystemExit('no such thing')"]
    ended = pytest.raises(EnvironmentNotReady, match="recorder ended with code 1: no such thing")
    with Child("recorder", command, tmp_path / "log") as child, ended:
        check_until(child, time.monotonic() + 10)


def test_a_log_is_kept_over_starts(tmp_path: Path) -> None:
    for word in ("first", "second"):
        with Child("speaker", [sys.executable, "-c", f"print('{word}', flush=True)"], tmp_path / "log") as child:
            child._process.wait()
    assert (tmp_path / "log").read_text().split() == ["first", "second"]


@pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")
def test_prometheus_is_shown_with_a_graph_and_with_alerts(tmp_path: Path) -> None:
    port = free_port()
    monitor = prometheus(tmp_path, prometheus_configuration(tmp_path, 8123), port)
    assert monitor is not None
    with monitor:
        page = start_page(port)
        assert "g0.expr=nvr_camera_up" in page
        assert httpx.get(page, trust_env=False).is_success
        assert httpx.get(alerts_page(page), trust_env=False).is_success
        rules = f"http://127.0.0.1:{port}/api/v1/rules"  # loaded after the pages are served
        assert eventually(lambda: "NvrCameraOffline" in httpx.get(rules, trust_env=False).text)


def check_until(child: Child, deadline: float) -> None:
    while time.monotonic() < deadline:
        child.check()
        time.sleep(0.05)
