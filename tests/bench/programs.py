"""Whole programs beside ours, on the same files: DVR-Scan and Debian's motion, fetched for the run and left out where
they cannot be had."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tests.bench.films import FilmFile
from tests.bench.judgement import NOTHING, Judged
from tests.scenarios.film import FPS
from tests.scenarios.score import JOINED_SECONDS, Found, Seen

FETCHING_SECONDS = 300
LIBRARIES = ("libmicrohttpd12", "libmariadb3", "libpq5")
"""What motion needs beside the libraries of Debian's ffmpeg."""


class Missing(Exception):
    """Why a program is left out."""


def _fetch(*command: str, folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=FETCHING_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise Missing(f"`{' '.join(command[:3])} ...` failed: {type(error).__name__}") from error


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _silent(film: FilmFile) -> list[Seen]:
    return [Seen(shot.seconds, NOTHING) for shot in film.shots]


def dvr_scan(films: Sequence[FilmFile], folder: Path) -> Judged:
    """One process a file; what starting one takes is not counted. Raises Missing."""
    _fetch(sys.executable, "-m", "venv", "dvr", folder=folder)
    _fetch("dvr/bin/python", "-m", "pip", "install", "--quiet", "dvr-scan", folder=folder)
    program = str(folder / "dvr" / "bin" / "dvr-scan")
    result = Judged("DVR-Scan, whole program", whole=True)
    starting = _spent([program, "--version"], folder)[1]
    for film in films:
        options = ["-q", "-so", "-tb", "0s", "-tp", f"{JOINED_SECONDS}s", "-i", str(film.path)]
        said, spent = _spent([program, *options], folder)
        result.add(film, _silent(film), _dvr_events(said), max(0.0, spent - starting))
    return result


def _spent(command: list[str], folder: Path) -> tuple[str, float]:
    before = _children_seconds()
    try:
        said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=FETCHING_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise Missing(f"it does not run here: {type(error).__name__}") from error
    return said.stdout, _children_seconds() - before


def _dvr_events(said: str) -> list[Found]:
    """Of a line of times, start and end in turns; an end is told with what is kept after the motion."""
    times = [float(h) * 3600 + float(m) * 60 + float(s) for h, m, s in re.findall(r"(\d\d):(\d\d):(\d\d\.\d+)", said)]
    pairs = zip(times[::2], times[1::2], strict=True)
    return [Found(start, max(start, end - JOINED_SECONDS), start) for start, end in pairs]


def debian_motion(films: Sequence[FilmFile], folder: Path) -> Judged:
    """All films at once, as cameras: it plays them in about real time. Raises Missing."""
    program, environment = _motion_program(folder)
    (folder / "motion.conf").write_text(_configuration(films, folder), encoding="utf-8")
    before, began = _children_seconds(), time.time()
    command = [program, "-n", "-c", str(folder / "motion.conf")]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_all(films, folder / "motion.log", process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    spent, lasted = _children_seconds() - before, time.time() - began
    return _motion_judged(films, folder, spent, lasted)


def _motion_program(folder: Path) -> tuple[str, dict[str, str]]:
    installed = shutil.which("motion")
    if installed:
        return installed, dict(os.environ)
    debs = folder / "debs"
    debs.mkdir()
    for package in ("motion", *LIBRARIES):
        _fetch("apt-get", "download", package, folder=debs)
    for deb in debs.glob("*.deb"):
        _fetch("dpkg", "-x", str(deb), str(folder / "root"), folder=debs)
    libraries = ":".join(map(str, (folder / "root" / "usr" / "lib").glob("*-linux-gnu")))
    return str(folder / "root" / "usr" / "bin" / "motion"), {**os.environ, "LD_LIBRARY_PATH": libraries}


def _configuration(films: Sequence[FilmFile], folder: Path) -> str:
    lines = ["daemon off", "setup_mode off", "log_level 6", f"log_file {folder / 'motion.log'}", "event_gap 3"]
    lines += ["picture_output off", "movie_output off", "webcontrol_port 0", "stream_port 0", f"framerate {FPS:.0f}"]
    for number, film in enumerate(films, 1):
        told = {name: f"echo {name} %t $(date +%%s.%%N) >> {folder / 'events'}" for name in ("start", "motion")}
        camera = [f"camera_id {number}", f"camera_name film{number}", "width 640", "height 360"]
        camera += [f"netcam_url file://{film.path}", f"on_event_start {told['start']}"]
        camera += [f"on_motion_detected {told['motion']}"]
        file = folder / f"camera{number}.conf"
        file.write_text("\n".join(camera) + "\n", encoding="utf-8")
        lines.append(f"camera {file}")
    return "\n".join(lines) + "\n"


def _wait_for_all(films: Sequence[FilmFile], log: Path, process: "subprocess.Popen[bytes]") -> None:
    """Until each film was played to its end, of which it says that it connects again."""
    deadline = time.monotonic() + 2 * max(film.seconds for film in films) + 30
    while time.monotonic() < deadline:
        time.sleep(1)
        if process.poll() is not None:
            raise Missing(f"it does not run here: it ended with {process.returncode}")
        said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        if len(set(re.findall(r"nc\d+:(film\d+)\].*Reconnecting", said))) == len(films):
            return
    raise Missing("it did not come to the end of the films")


def _motion_judged(films: Sequence[FilmFile], folder: Path, spent: float, lasted: float) -> Judged:
    said = (folder / "motion.log").read_text(encoding="utf-8", errors="replace")
    file = folder / "events"
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    moments = [(kind, int(camera), float(at)) for kind, camera, at in rows]
    result, played = Judged("Debian's motion 4.5, whole program", whole=True), 0.0
    for number, film in enumerate(films, 1):
        begin, end = _stretch(said, number)
        scale = film.seconds / (end - begin)
        times = [(kind, (at - begin) * scale) for kind, camera, at in moments if camera == number and begin <= at < end]
        result.add(film, _silent(film), _motion_events(times), 0.0)
        played += lasted * scale * FPS
    result.cpu_seconds = spent * result.frames / played
    return result


def _stretch(said: str, number: int) -> tuple[float, float]:
    """When it began to play a film, and when it had played it; its log tells whole seconds."""
    lines = re.findall(rf"nc\d+:film{number}\].*?\[(\w+ \d+ [\d:]+)\] (.*)", said)
    begin = next(_second(at) for at, words in lines if words.endswith("connected"))
    return begin, next(_second(at) for at, words in lines if "Reconnecting" in words)


def _second(text: str) -> float:
    now = datetime.now().astimezone()
    moment = datetime.strptime(f"{now.year} {text} {now:%z}", "%Y %b %d %H:%M:%S %z")
    return moment.timestamp() + 0.5


def _motion_events(times: Sequence[tuple[str, float]]) -> list[Found]:
    events: list[Found] = []
    for kind, at in times:
        if kind == "start":
            events.append(Found(at, at, at))
        elif events:
            events[-1] = Found(events[-1].start, at, events[-1].told)
    return events
