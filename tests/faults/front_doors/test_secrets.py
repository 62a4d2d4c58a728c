"""Row 37: a secret in every place that takes one, with cameras that work and that fail, is told nowhere."""

import asyncio
import socket
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from exporters.clickhouse.client import connect
from ingest.demo.camera import DemoCamera
from tests.e2e.live import NVR, LiveRecorder, free_port
from tests.faults.conftest import Measured

STEM = "canary7f3a"
"""Part of every secret below; what is searched for, beside its encoded forms."""

HARD = f"{STEM}-p@ss/w#rd%1"
"""A password with every character that means something in a URL."""

CATALOGUE_AND_SPOOL = ("recordings", "data")
PAGES = (
    "/",
    "/play?camera=works",
    "/heatmap?camera=works",
    "/metrics",
    "/healthz",
    "/readyz",
    "/api/cameras",
    "/api/cameras/works",
    "/api/cameras/absent",
    "/api/events",
    "/api/gaps",
    "/api/timeline?camera=works",
    "/api/timeline?camera=refused",
    "/snapshot.jpg?camera=refused",
    "/snapshot.jpg?camera=works&t=2020-01-01",
    "/heatmap.png?camera=works",
    "/heatmap.png?camera=refused&date=2020-01-01",
    "/media/segments/none.mp4",
    "/nowhere",
    "/login",
    "/static/play.js",
    "/static/nothing",
)


class Refusing:
    """A camera that answers every request with 401: its owner has changed the password."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._refuse, args=(client,), daemon=True).start()

    @staticmethod
    def _refuse(client: socket.socket) -> None:
        with client:
            while request := client.recv(4096).decode("latin-1"):
                number = next((line[5:].strip() for line in request.split("\r\n") if line.startswith("CSeq:")), "1")
                head = f"RTSP/1.0 401 Unauthorized\r\nCSeq: {number}\r\n"
                client.sendall(f'{head}WWW-Authenticate: Basic realm="camera"\r\n\r\n'.encode())

    def close(self) -> None:
        self._listener.close()


COMMANDS = {"embedded": ("check", "gaps", "events", "health"), "away": ("check", "events")}


@pytest.fixture(scope="module")
def works(clip: Path) -> Iterator[DemoCamera]:
    with DemoCamera("works") as camera:
        camera.start(clip)
        yield camera


@pytest.fixture(scope="module")
def refusing() -> Iterator[Refusing]:
    camera = Refusing()
    yield camera
    camera.close()


@pytest.fixture
def configured(works: DemoCamera, refusing: Refusing, tmp_path: Path) -> dict[str, Any]:
    closed = f"127.0.0.1:{free_port()}"
    (tmp_path / "url").write_text(f"rtsp://viewer:{STEM}-file@{closed}/main")
    user = quote(HARD, safe="")
    return {
        "works": {"record": works.url.replace("//", f"//viewer:{user}@")},
        "detects": {
            "record": works.url.replace("//", f"//{STEM}-onlyuser@"),
            "detect": f"rtsp://viewer:{STEM}-detect@{closed}/sub",
        },
        "refused": {"record": f"rtsp://viewer:{STEM}-refused@{closed}/main"},
        "path": {"record": f"rtsp://{closed}/user=admin&password={STEM}-path&channel=1&stream=0.sdp"},
        "query": {"record": f"http://{closed}/video.ts?token={STEM}-query&channel=2"},
        "absent": {"record": works.url.replace("//", f"//viewer:{STEM}-absent@").replace("main", "nothing")},
        "unknown": {"record": f"rtsp://viewer:{STEM}-dns@camera.invalid/main"},
        "locked": {"record": f"rtsp://viewer:{STEM}-wrong@127.0.0.1:{refusing.port}/main"},
        "environ": {"record": f"rtsp://viewer:${{CAMERA_PASSWORD}}@{closed}/main"},
        "kept": {"record_file": "url"},
    }


def forms() -> list[bytes]:
    """What a search must not find. Base64 hides a stem, so the headers that passwords make are looked for whole."""
    users = [f"viewer:{STEM}-{name}" for name in ("wrong", "refused", "absent", "dns")] + [f"viewer:{HARD}"]
    return [STEM.encode(), *(b64encode(user.encode()) for user in users)]


def start(folder: Path, configured: dict[str, Any], dsn: str) -> LiveRecorder:
    recorder = LiveRecorder(folder, configured)
    settings = yaml.safe_load(recorder.config.read_text())
    (folder / "token").write_text(f"{STEM}-token")
    settings["database"] = {"dsn": dsn}
    settings["web"]["token_file"] = "token"
    recorder.config.write_text(yaml.safe_dump(settings))
    recorder.http.headers["Authorization"] = f"Bearer {STEM}-token"
    recorder.start()
    return recorder


def descendants(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [*children, *(each for child in children for each in descendants(child))]


def seen_in_proc(pid: int) -> dict[str, bytes]:
    """Every process' command line as `ps` shows it to everybody, and what ours gave their children."""
    seen = {}
    for process in Path("/proc").glob("[0-9]*"):
        seen[f"ps {process.name}"] = _read(process / "cmdline")
    ours = seen.get(f"ps {pid}")
    for child in _children_of(pid):
        # Between fork and exec a child is a copy of the recorder, whose own environment its owner wrote.
        if _read(Path(f"/proc/{child}/cmdline")) not in (ours, b""):
            seen[f"environ {child}"] = _read(Path(f"/proc/{child}/environ"))
    return seen


def _children_of(pid: int) -> list[int]:
    try:
        return descendants(pid)
    except OSError:
        return []  # one of them has just ended


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def told_by(recorder: LiveRecorder, *commands: str) -> dict[str, bytes]:
    """Every page with its headers, and every command's output."""
    told = {"log": recorder.log.read_bytes()}
    for page in PAGES:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Accept": "text/html"}):
            answer = recorder.http.get(page, headers=headers)
            told[f"{page} {headers}"] = str(answer.headers).encode() + answer.content
    answer = recorder.http.get("/play", params={"token": f"{STEM}-token"}, headers={"Authorization": ""})
    assert answer.status_code == 303
    told["exchange"] = str(answer.headers).encode() + answer.content
    for command in commands:
        done = subprocess.run([NVR, command, "-c", recorder.config], capture_output=True, timeout=60, check=False)
        assert done.returncode in (0, 1), done.stderr
        told[f"nvr {command}"] = done.stdout + done.stderr
    return told


def files_of(folder: Path) -> dict[str, bytes]:
    found = [file for part in CATALOGUE_AND_SPOOL for file in (folder / part).rglob("*") if file.is_file()]
    assert found
    return {str(file): _read(file) for file in found if file.suffix != ".mp4"}


async def tables_of(dsn: str) -> dict[str, bytes]:
    """What the database keeps, as it answers: on disk it is compressed."""
    database = await connect(dsn)
    try:
        place = {"database": database.dsn.database}
        names = await database.query("SELECT name FROM system.tables WHERE database = {database:String}", place)
        assert len(names) > 3
        found = {
            name: await database.query(f"SELECT * FROM {place['database']}.{name} LIMIT 100000") for (name,) in names
        }
    finally:
        await database.close()
    assert any(found.values())
    return {f"table {name}": repr(rows).encode() for name, rows in found.items()}


def leaks(texts: dict[str, bytes]) -> list[str]:
    return [where for where, text in texts.items() if any(form in text for form in forms())]


@pytest.mark.fault(37)
@pytest.mark.parametrize("database", ["embedded", "away"])
def test_no_secret_is_told_anywhere(
    database: str,
    configured: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    measured: Measured,
) -> None:
    monkeypatch.setenv("CAMERA_PASSWORD", f"{STEM}-environ")
    away = f"http://nvr:{STEM}-dsn@127.0.0.1:{free_port()}/nvr"
    dsn = "chdb:///./data/clickhouse" if database == "embedded" else away
    recorder = start(tmp_path, configured, dsn)
    failing = set(configured) - {"works", "detects"}
    try:
        processes: dict[str, bytes] = {}

        def all_have_failed() -> bool:
            processes.update({f"{where} {len(text)}": text for where, text in seen_in_proc(recorder.pid).items()})
            found = {each["camera"]: each for each in recorder.get("/api/cameras")["cameras"]}
            has_frames = found["works"]["last_frame_time"] is not None
            return has_frames and all(found[name]["last_cause"] for name in failing)

        recorder.wait_for(all_have_failed, 60)
        causes = {each["camera"]: each["last_cause"] for each in recorder.get("/api/cameras")["cameras"]}
        assert (causes["locked"], causes["absent"], causes["unknown"]) == ("auth", "not_found", "dns")
        assert any(name.startswith("environ") for name in processes)
        told = told_by(recorder, *COMMANDS[database])
        assert leaks(processes) == []
        assert leaks(told) == []
        recorder.stop()
        told = {"log": recorder.log.read_bytes(), **files_of(tmp_path)}
        if database == "embedded":
            told |= asyncio.run(tables_of(f"chdb://{tmp_path}/data/clickhouse"))
        assert leaks(told) == []
        assert b"viewer" in told["log"] or b"***" in told["log"], "nothing was masked, so nothing was tried"
        measured(f"database {database}: {len(PAGES)} pages, {len(processes)} processes, {len(told)} files: nowhere")
    finally:
        recorder.__exit__(None, None, None)
