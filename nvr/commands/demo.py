"""`nvr demo`: the whole recorder on four synthetic cameras, for as long as one likes to look."""

import contextlib
import itertools
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ingest.demo import scenes
from ingest.demo.camera import DemoCamera
from ingest.demo.clips import clip_path, make_clip
from ingest.demo.scenes import Scene
from ingest.ffmpeg import executable
from nvr.commands.demo_children import Child, alerts_page, prometheus, recorder, start_page
from nvr.commands.demo_plan import FLAKY, free_port, nvr_configuration, prometheus_configuration
from nvr.commands.demo_trouble import FlakyCamera
from nvr.errors import EnvironmentNotReady
from nvr.lock_file import LockFile

READY_SECONDS = 90.0
STATUS_SECONDS = {True: 1.0, False: 10.0}
"""How often the status is shown: on a terminal, where it is one line in place, and elsewhere."""

console = Console(highlight=False)


def demo(
    seconds: Annotated[
        float | None, typer.Option(envvar="DEMO_SECONDS", min=1, help="End by itself after this long.")
    ] = None,
    directory: Annotated[Path, typer.Option(help="Where clips, footage and logs are kept.")] = Path("demo-data"),
) -> None:
    """Record four synthetic cameras: one with a walker, one with a slow small object, one whose lights are switched,
    and one that freezes and dies now and then. Everything is on this machine and ends with Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Two demonstrations must not share a directory: one database is owned by one process.
    with contextlib.closing(LockFile(directory / "lock", hint="end that demo, or choose another with --directory")):
        with contextlib.suppress(KeyboardInterrupt):
            _run(directory.resolve(), seconds)
        console.print(_kept(directory.resolve()), soft_wrap=True)


def _run(directory: Path, seconds: float | None) -> None:
    executable()
    clips = _clips(directory / "clips")
    console.print("Plugging in four cameras and starting the recorder.")
    with contextlib.ExitStack() as running:
        cameras = {name: running.enter_context(DemoCamera(name)) for name in clips}
        _plug_in(cameras, clips)
        port = free_port(8080)
        config = nvr_configuration(directory, {name: camera.url for name, camera in cameras.items()}, port)
        nvr = running.enter_context(recorder(directory, config))
        monitor_port = free_port(9090)
        monitor = prometheus(directory, prometheus_configuration(directory, port), monitor_port)
        has_monitor = monitor is not None and bool(running.enter_context(monitor))
        client = running.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False))
        with console.status("Starting the recorder"):
            _until_ready(nvr, client)
        monitor_page = start_page(monitor_port) if has_monitor else None
        console.print(_addresses(port, monitor_page, directory), soft_wrap=True)
        try:
            _watch(nvr, client, FlakyCamera(cameras[FLAKY], clips[FLAKY]), seconds)
        finally:
            console.print("Ending: the open segments are finished.")


def _scenes() -> dict[str, Scene]:
    return {
        "front-door": scenes.walker(),
        "garden": scenes.slow_object(),
        "hall": scenes.lights(),
        FLAKY: scenes.yard(),
    }


def _clips(directory: Path) -> dict[str, Path]:
    """The clip of each camera; the first time they are rendered and encoded, which takes about half a minute."""
    wanted = _scenes()
    missing = [scene for scene in wanted.values() if not clip_path(scene, directory).exists()]
    if not missing:
        return {name: clip_path(scene, directory) for name, scene in wanted.items()}
    if not console.is_terminal:
        console.print(f"Making the pictures of {len(missing)} cameras, once; this takes about half a minute.")
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Making the cameras' pictures", total=sum(scene.frame_count for scene in missing))
        return {name: make_clip(scene, directory, lambda: progress.advance(task)) for name, scene in wanted.items()}


def _plug_in(cameras: Mapping[str, DemoCamera], clips: Mapping[str, Path]) -> None:
    """All at once: each takes a while to start."""
    for name, camera in cameras.items():
        camera.begin(clips[name])
    for camera in cameras.values():
        camera.wait()


def _until_ready(nvr: Child, client: httpx.Client) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        nvr.check()
        with contextlib.suppress(httpx.HTTPError):
            if client.get("/readyz").is_success:
                return
        time.sleep(0.2)
    raise EnvironmentNotReady("the recorder did not get ready", hint=f"its log is {nvr.log}")


def _watch(nvr: Child, client: httpx.Client, flaky: FlakyCamera, seconds: float | None) -> None:
    """Show what the cameras do, and let one of them have its troubles, until the time is up."""
    started = time.monotonic()
    interval = STATUS_SECONDS[console.is_terminal]
    with console.status("") if console.is_terminal else contextlib.nullcontext() as line:
        for tick in itertools.count():
            elapsed = time.monotonic() - started
            if seconds is not None and elapsed >= seconds:
                return
            nvr.check()
            flaky.follow(elapsed)
            status = _status(client)
            if line is not None:
                line.update(status)
            elif tick % interval == 0:
                console.print(status, soft_wrap=True)
            time.sleep(1.0)


def _status(client: httpx.Client) -> str:
    """Every camera in a few words."""
    try:
        cameras = client.get("/api/cameras").raise_for_status().json()["cameras"]
    except (httpx.HTTPError, ValueError, KeyError):
        return "[red]the recorder does not answer[/red]"
    colours = {"healthy": "green", "starting": "yellow", "degraded": "yellow"}
    words = (
        f"{camera['camera']} [{colours.get(camera['state'], 'red')}]{camera['state']}[/]"
        + (" [bold]motion[/bold]" if camera["motion_active"] else "")
        for camera in cameras
    )
    return " · ".join(words)


def _addresses(port: int, monitor_page: str | None, directory: Path) -> str:
    """A line each, never broken: an address is there to be clicked or copied."""
    here = f"http://127.0.0.1:{port}"
    rows = {
        "Start here": f"{here}/",
        "Playback": f"{here}/play?camera=front-door",
        "Heatmap": f"{here}/heatmap?camera=front-door",
        "Events": f"{here}/api/events",
        "Metrics": f"{here}/metrics",
        "Prometheus": monitor_page or "left out: prometheus is not installed",
        "Alerts": alerts_page(monitor_page) if monitor_page else "left out with it",
        "Footage, logs": str(directory),
        "Commands": f"nvr forecast -c {directory}/nvr.yaml, and so on",
    }
    lines = (f"  {name:<15} {where}" for name, where in rows.items())
    return "\n".join(["", "[bold]SF-NVR is recording four cameras.[/bold] Ctrl-C ends it.", "", *lines, ""])


def _kept(directory: Path) -> str:
    files = list((directory / "recordings").rglob("*.mp4"))
    size = sum(file.stat().st_size for file in files)
    return f"{len(files)} segments of footage, {size / 1e6:.1f} MB, are kept in {directory / 'recordings'}."
