"""`nvr notify test` tries every channel and prints what each says."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from tests.exporters.notify.sinks import HttpSink

NVR = Path(sys.executable).with_name("nvr")


def trial(folder: Path, receiver: str, **urls: str) -> subprocess.CompletedProcess[str]:
    kinds = {name: "webhook" if url.startswith("http:") else "chat" for name, url in urls.items()}
    channels = {name: {"url": url, "kind": kinds[name]} for name, url in urls.items()}
    config = {
        "cameras": {"yard": {"record": "rtsp://camera.example/main"}},
        "notifications": {"receivers": {"people": {"channels": channels}}},
    }
    (folder / "nvr.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    command: list[str | Path] = [NVR, "notify", "test", receiver, "-c", folder / "nvr.yaml"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_every_channel_is_tried_and_told_of_without_secrets(tmp_path: Path) -> None:
    with HttpSink() as sink:
        done = trial(
            tmp_path,
            "people",
            good=f"json://{sink.host}/hook",
            down="json://nvr:canary-5f3a@127.0.0.1:1/canary-5f3a",
            odd="nope://canary-5f3a",
            hook=f"http://{sink.host}/canary-5f3a",
            lost="http://127.0.0.1:1/canary-5f3a",
        )
        assert len(sink.taken) == 2
        assert "Test of people/hook at home" in json.loads(sink.taken[1])["test"]
    said = done.stdout.splitlines()
    assert (done.returncode, len(said), said[0]) == (1, 5, "ok   people/good")
    assert said[1].startswith("FAIL people/down: ")
    assert "Apprise knows" in said[2]
    assert said[3] == "ok   people/hook"
    assert said[4].startswith("FAIL people/lost: ConnectError")
    assert "canary" not in done.stdout + done.stderr


def test_a_receiver_that_is_not_there_is_told_the_known_ones(tmp_path: Path) -> None:
    done = trial(tmp_path, "nobody", good="json://127.0.0.1:1/")
    assert done.returncode == 2
    assert "the receivers are people" in " ".join(done.stderr.replace("│", " ").split())
