"""The films of tests/scenarios as a camera's files, and as all see them who decode these."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ingest.ffmpeg import executable
from tests.scenarios.catalogue import Scenario
from tests.scenarios.film import FPS, Shot
from tests.scenarios.ground import HEIGHT, WIDTH
from tests.scenarios.trial import shots_of

SIZE = "640:360"
"""Of the files: Debian's motion takes heights that 8 divides only, and programs scale as they like."""

_RAW = ["-f", "rawvideo", "-pix_fmt", "gray"]


@dataclass(frozen=True, slots=True)
class FilmFile:
    name: str
    path: Path
    shots: list[Shot]

    @property
    def seconds(self) -> float:
        return self.shots[-1].seconds + 1 / FPS

    @property
    def frames(self) -> int:
        """Of the file, which repeats a picture in place of one that was dropped."""
        return round(self.seconds * FPS)


def filmed(scenarios: Iterable[Scenario], folder: Path) -> list[FilmFile]:
    return [_filmed(scenario, folder / f"{number}.mp4") for number, scenario in enumerate(scenarios)]


def _filmed(scenario: Scenario, path: Path) -> FilmFile:
    shots = shots_of(scenario)
    numbers = [round(shot.seconds * FPS) for shot in shots]
    shown = np.searchsorted(numbers, np.arange(numbers[-1] + 1), side="right") - 1
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "10", "-pix_fmt", "yuv420p"]
    source = ["-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0", "-vf", f"scale={SIZE}"]
    _run([*_RAW, *source, *encode, str(path)], b"".join(shots[number].large.tobytes() for number in shown))
    scaled = ["-i", str(path), "-vf", f"scale={WIDTH}:{HEIGHT}:flags=area", *_RAW, "pipe:1"]
    pictures = np.frombuffer(_run(scaled), np.uint8).reshape(-1, HEIGHT, WIDTH)
    seen = [replace(shot, large=pictures[number]) for shot, number in zip(shots, numbers, strict=True)]
    return FilmFile(scenario.name, path, seen)


def _run(arguments: list[str], data: bytes | None = None) -> bytes:
    command = [executable(), "-v", "error", "-y", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout
