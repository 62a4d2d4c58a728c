"""Scenes as a camera would see them at 160 x 90, with the truth of what moves in them: for tests and measuring."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from nvr.model import Box, Frame, MotionEvent, Picture
from nvr.settings import CameraSettings
from processor.analyser import Analysis, CameraAnalyser, Finding

EPOCH = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
FPS = 5.0

Gray = npt.NDArray[np.float64]
Paint = Callable[[Gray, float], Box | None]
"""Changes a picture `(90, 160)` in place, at a time in seconds; returns the box of what moves, if anything does."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture with its truth; light is a factor on the whole picture, applied before noise."""

    seconds: float
    picture: Picture
    box: Box | None


def wall(seed: int = 1, contrast: float = 1.0) -> Gray:
    """A still scene `(90, 160)`: a gradient, some large blocks and fine texture, about 40 to 200 gray levels."""
    random = np.random.default_rng(seed)
    scene = np.linspace(80, 140, 160)[np.newaxis, :] + np.linspace(-20, 20, 90)[:, np.newaxis]
    for _ in range(25):
        x, y, width, height = random.integers(0, [150, 80, 40, 40])
        scene[y : y + height + 3, x : x + width + 3] += random.normal(0, 18)
    return np.clip(110 + contrast * (scene + random.normal(0, 4, scene.shape) - 110), 15, 235)


def shoot(
    seconds: float,
    paint: Paint | None = None,
    *,
    light: Callable[[float], float] = lambda _: 1.0,
    noise: float = 1.5,
    scene: Gray | None = None,
    fps: float = FPS,
    seed: int = 7,
) -> Iterator[Shot]:
    """Pictures of `seconds`, with what `paint` adds, under changing light and a sensor's noise."""
    random = np.random.default_rng(seed)
    still = wall() if scene is None else scene
    for number in range(round(seconds * fps)):
        time = number / fps
        gray = still.copy()
        box = paint(gray, time) if paint else None
        gray = gray * light(time) + random.normal(0, noise, gray.shape)
        yield Shot(time, np.clip(np.rint(gray), 0, 255).astype(np.uint8), box)


def walker(
    start: float,
    end: float,
    *,
    size: tuple[float, float] = (0.1, 0.45),
    y: float = 0.4,
    gray: float = 40.0,
    path: tuple[float, float] = (0.1, 0.9),
) -> Paint:
    """A textured figure of `size` that crosses from x to x of `path` (its centre) between two times."""
    texture = np.random.default_rng(3).normal(0, 12, (90, 160))

    def paint(picture: Gray, time: float) -> Box | None:
        if not start <= time < end:
            return None
        x = path[0] + (path[1] - path[0]) * (time - start) / (end - start) - size[0] / 2
        return _stamp(picture, (x, y, *size), gray + texture)

    return paint


def both(*paints: Paint) -> Paint:
    def paint(picture: Gray, time: float) -> Box | None:
        return next((box for box in [one(picture, time) for one in paints] if box), None)

    return paint


def rain(drops: int, gray: float = 20.0, seed: int = 5) -> Paint:
    """Streaks of 1 x 4 pixels, brighter by `gray`, elsewhere in every picture."""
    random = np.random.default_rng(seed)

    def paint(picture: Gray, _time: float) -> Box | None:
        for x, y in random.integers(0, [160, 86], (drops, 2)):
            picture[y : y + 4, x] += gray
        return None

    return paint


def _stamp(picture: Gray, box: Box, gray: Gray) -> Box | None:
    """Draw the box, its edges blended as a lens does; returns its visible part."""
    x0, y0, x1, y1 = box[0] * 160, box[1] * 90, (box[0] + box[2]) * 160, (box[1] + box[3]) * 90
    columns = np.clip(np.minimum(np.arange(1, 161), x1) - np.maximum(np.arange(160), x0), 0, 1)
    rows = np.clip(np.minimum(np.arange(1, 91), y1) - np.maximum(np.arange(90), y0), 0, 1)
    cover = rows[:, np.newaxis] * columns
    picture += cover * (gray[:90, :160] - picture)
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, 160), min(y1, 90)
    if right <= left or bottom <= top:
        return None
    return left / 160, top / 90, (right - left) / 160, (bottom - top) / 90


def camera(**changes: object) -> CameraSettings:
    return CameraSettings(name="yard", record="/dev/null", **changes)  # type: ignore[arg-type]


def analyse(shots: Iterator[Shot], settings: CameraSettings | None = None) -> tuple[list[Analysis], list[Finding]]:
    """Everything an analyser says of the shots: one Analysis a shot, and all facts, with those of its finish."""
    analyser = CameraAnalyser(settings or camera())
    analyses = [
        analyser.analyse(Frame("yard", EPOCH + timedelta(seconds=shot.seconds), shot.picture)) for shot in shots
    ]
    facts = [fact for analysis in analyses for fact in analysis.facts]
    return analyses, [*facts, *analyser.finish()]


def closed_events(facts: list[Finding]) -> list[MotionEvent]:
    return [fact for fact in facts if isinstance(fact, MotionEvent) and fact.end]


def seconds(time: datetime) -> float:
    return (time - EPOCH).total_seconds()


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
