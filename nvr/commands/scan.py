"""`nvr scan`: the motion processor over video files, as fast as the machine allows."""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ingest.video import analysed_frames
from nvr.errors import NvrError
from nvr.model import GRID_COLUMNS, GRID_ROWS, Frame, FrameActivity, MotionEvent
from nvr.settings import CameraSettings, MotionSettings, Zone
from processor.analyser import CameraAnalyser, Finding

WRONG_USE = 2
_START = datetime(1970, 1, 1, tzinfo=UTC)
"""The analyser wants a wall clock; a file has none, so its first picture is taken as the epoch."""


class ScanError(NvrError):
    """An option of `nvr scan` that cannot be used."""


@dataclass(frozen=True, slots=True)
class Found:
    """One stretch of motion in one file, in seconds from its first picture."""

    file: str
    start_seconds: float
    end_seconds: float
    peak: float
    bbox: tuple[float, ...]
    zones: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "start_seconds": self.start_seconds,
            "end_seconds": self.end_seconds,
            "peak": self.peak,
            "bbox": list(self.bbox),
            "zones": list(self.zones),
        }


def scan(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO...", help="Video files.", show_default=False)],
    *,
    sensitivity: Annotated[int, typer.Option(min=0, max=100, help="Higher finds smaller and fainter motion.")] = 50,
    min_area: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Ignore objects smaller than this share of the picture.")
    ] = 0.0,
    zone: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=x,y,w,h", help="Name a part of the picture, in fractions of it. Repeatable."),
    ] = None,
    fps: Annotated[float, typer.Option(min=0.2, max=30.0, help="Pictures to analyse per second.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the motion found as a JSON list.")] = False,
    activity: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one JSON line per analysed picture here, with its moving cells."),
    ] = None,
) -> None:
    """Find motion in video files, as fast as the machine allows."""
    try:
        settings = scan_settings(sensitivity, min_area, fps, zone or [])
        found = _scan_all(videos, settings, activity)
    except NvrError as error:
        Console(stderr=True, soft_wrap=True).print(f"nvr scan: {error}", markup=False, highlight=False)
        raise typer.Exit(WRONG_USE) from error
    if as_json:
        print(json.dumps([one.as_json() for one in found], indent=2))
    else:
        _print_table(found)


def scan_settings(sensitivity: int, min_area: float, fps: float, zones: Sequence[str]) -> CameraSettings:
    """Raises ScanError for a zone that cannot be one."""
    parsed = tuple(parse_zone(text) for text in zones)
    names = [zone.name for zone in parsed]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ScanError(f"--zone: two zones are named {twice}", hint="give each its own name")
    motion = MotionSettings(sensitivity=sensitivity, min_area=min_area, fps=fps)
    return CameraSettings(name="scan", record="", motion=motion, zones=parsed)


def parse_zone(text: str) -> Zone:
    """The zone that `NAME=x,y,w,h` means. Raises ScanError."""
    name, _, numbers = text.partition("=")
    try:
        x, y, width, height = (float(number) for number in numbers.split(","))
    except ValueError as error:
        raise _bad_zone(text) from error
    inside = 0 <= x < 1 and 0 <= y < 1 and 0 < width <= 1 - x + 1e-9 and 0 < height <= 1 - y + 1e-9
    if not name.strip() or not inside:
        raise _bad_zone(text)
    right, bottom = x + width, y + height
    return Zone(name.strip(), ((x, y), (right, y), (right, bottom), (x, bottom)))


def _bad_zone(text: str) -> ScanError:
    hint = "write NAME=x,y,w,h in fractions of the picture, all within 0 to 1, such as door=0.1,0.5,0.2,0.4"
    return ScanError(f"--zone: not a zone inside the picture: {text}", hint=hint)


def _scan_all(videos: Sequence[Path], settings: CameraSettings, activity: Path | None) -> list[Found]:
    with ExitStack() as stack:
        lines = stack.enter_context(_opened(activity)) if activity else None
        progress = stack.enter_context(_progress())
        task = progress.add_task("", total=len(videos) if len(videos) > 1 else None, seconds="")
        found: list[Found] = []
        for video in videos:
            progress.update(task, description=video.name)
            for seconds, one in scan_file(video, settings, lines):
                progress.update(task, seconds=f"{seconds:.0f} s")
                found += one
            progress.advance(task)
        return found


def scan_file(video: Path, settings: CameraSettings, lines: IO[str] | None) -> Iterator[tuple[float, list[Found]]]:
    """The motion of one file, with how far it has been read; a line per analysed picture goes to `lines`.

    Raises MediaError.
    """
    analyser, seconds = CameraAnalyser(settings), 0.0
    for seconds, picture in analysed_frames(video, settings.motion.fps):
        analysis = analyser.analyse(Frame(settings.name, _START + timedelta(seconds=seconds), picture))
        if lines is not None:
            lines.write(_activity_line(seconds, analysis.activity))
        yield seconds, _closed(video, analysis.facts)
    yield seconds, _closed(video, analyser.finish())


def _closed(video: Path, facts: Sequence[Finding]) -> list[Found]:
    return [_found(video, fact, fact.end) for fact in facts if isinstance(fact, MotionEvent) and fact.end]


def _found(video: Path, event: MotionEvent, end: datetime) -> Found:
    return Found(
        file=str(video),
        start_seconds=round((event.start - _START).total_seconds(), 3),
        end_seconds=round((end - _START).total_seconds(), 3),
        peak=round(event.peak, 4),
        bbox=tuple(round(side, 5) for side in event.box),
        zones=event.zones,
    )


def _activity_line(seconds: float, activity: FrameActivity) -> str:
    line = {
        "t": round(seconds, 6),
        "score": round(activity.score, 4),
        "grid": [GRID_ROWS, GRID_COLUMNS],
        "cells": activity.cells.tolist(),
    }
    return json.dumps(line) + "\n"


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise ScanError(
            f"--activity: cannot write {path}: {error.strerror}", hint="name a file in a folder of yours"
        ) from error


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[seconds]}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _print_table(found: Sequence[Found]) -> None:
    if not found:
        print("no motion found")
        return
    table = Table("file", "from", "to", "peak", "box (x, y, width, height)", "zones")
    for one in found:
        box = ", ".join(f"{side:.2f}" for side in one.bbox)
        table.add_row(
            Path(one.file).name,
            _clock(one.start_seconds),
            _clock(one.end_seconds),
            f"{one.peak:.2f}",
            box,
            ", ".join(one.zones),
        )
    Console().print(table)


def _clock(seconds: float) -> str:
    """`h:mm:ss.s`."""
    minutes, rest = divmod(math.floor(seconds * 10) / 10, 60)
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}:{rest:04.1f}"
