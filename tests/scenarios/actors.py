"""Actors: what moves through a scene, drawn with soft edges and its own texture, with or without a cast shadow."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tests.scenarios.ground import HEIGHT, WIDTH, Gray

Shape = Callable[[Gray, Gray, float], tuple[Gray, Gray]]
"""From coordinates `u, v` within the figure's box (0 to 1, any shape) and the phase of its stride: how far inside each
point lies (positive inside, in shares of the box) and how bright the figure is there, in gray levels."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a figure is: its box's left, top, width and height as fractions of the picture, and whether it moves."""

    x: float
    y: float
    width: float
    height: float
    moves: bool = True


Path = Callable[[float], Pose | None]
"""The pose at a time in seconds; None while it is not in the picture."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A figure on its path. `contrast` replaces its brightness by so many gray levels above the ground's mean.

    `shadow` is the share of light that its shadow leaves, `lean` how far the shadow reaches aside, in its widths.
    """

    shape: Shape
    path: Path
    stride_hz: float = 1.6
    contrast: float | None = None
    shadow: float = 1.0
    lean: float = 1.0
    texture: Gray = field(default_factory=lambda: cloth(0))

    def draw(self, picture: Gray, time: float) -> "Drawn | None":
        """Draw it into `(180, 320)` in place."""
        pose = self.path(time)
        if pose is None:
            return None
        if self.shadow < 1:
            self._cast(picture, pose, time)
        window = _window(pose)
        if window is None:
            return None
        u, v = _coordinates(pose, window)
        inside, gray = self.shape(u, v, self._phase(pose, time))
        alpha = np.clip(inside * WIDTH * pose.width + 0.5, 0, 1).astype(np.float32)
        there = picture[window]
        if self.contrast is None:
            gray = gray + self._texture(u, v)
        else:
            gray = picture[window].mean() + np.float32(self.contrast) + self._texture(u, v) / 5
        picture[window] = there + alpha * (gray - there)
        return Drawn(window, alpha, pose.moves)

    def _texture(self, u: Gray, v: Gray) -> Gray:
        return np.asarray(self.texture[(v * 63).astype(int) % 64, (u * 63).astype(int) % 64])

    def _phase(self, pose: Pose, time: float) -> float:
        return time * self.stride_hz if pose.moves else 0.0

    def _cast(self, picture: Gray, pose: Pose, time: float) -> None:
        """Its outline laid on the ground, beginning at the feet."""
        flat = Pose(
            pose.x + pose.width * 0.3, pose.y + pose.height * 0.86, pose.width * (1 + self.lean), pose.height / 4
        )
        window = _window(flat)
        if window is None:
            return
        u, v = _coordinates(flat, window)
        inside, _ = self.shape(
            np.clip(u * (1 + self.lean) - self.lean * (1 - v), -1, 2), 1 - v, self._phase(pose, time)
        )
        cover = np.clip(inside * WIDTH * pose.width + 0.5, 0, 1).astype(np.float32)
        picture[window] *= 1 - cover * np.float32(1 - self.shadow)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a figure covers: its opacity within a window of the picture."""

    window: tuple[slice, slice]
    alpha: Gray
    moves: bool


def _window(pose: Pose) -> tuple[slice, slice] | None:
    left, right = int(np.floor(pose.x * WIDTH)) - 1, int(np.ceil((pose.x + pose.width) * WIDTH)) + 1
    top, bottom = int(np.floor(pose.y * HEIGHT)) - 1, int(np.ceil((pose.y + pose.height) * HEIGHT)) + 1
    left, right, top, bottom = max(left, 0), min(right, WIDTH), max(top, 0), min(bottom, HEIGHT)
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


def _coordinates(pose: Pose, window: tuple[slice, slice]) -> tuple[Gray, Gray]:
    rows, columns = window
    u = ((np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5) / WIDTH - pose.x) / pose.width
    v = ((np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5) / HEIGHT - pose.y) / pose.height
    return np.broadcast_arrays(u[np.newaxis], v[:, np.newaxis])  # type: ignore[return-value]


def cloth(seed: int) -> Gray:
    """A texture for a figure, `(64, 64)`."""
    return np.random.default_rng(seed).normal(0, 9, (64, 64)).astype(np.float32)


def _ellipse(u: Gray, v: Gray, middle: tuple[float, float], radii: tuple[float, float]) -> Gray:
    distance = np.hypot((u - middle[0]) / radii[0], (v - middle[1]) / radii[1])
    return np.asarray((1 - distance) * min(radii), np.float32)


def _slab(u: Gray, v: Gray, x: npt.ArrayLike, half: float, rows: tuple[float, float]) -> Gray:
    sides = half - np.abs(u - np.asarray(x))
    return np.asarray(np.minimum(sides, np.minimum(v - rows[0], rows[1] - v)), np.float32)


def person(head: float = 150, shirt: float = 60, legs: float = 45) -> Shape:
    def shape(u: Gray, v: Gray, phase: float) -> tuple[Gray, Gray]:
        swing = 0.45 * np.sin(2 * np.pi * phase) * (v - 0.5)
        limbs = [_slab(u, v, 0.5 + side * swing, 0.11, (0.5, 1.0)) for side in (-1, 1)]
        body = np.maximum(_slab(u, v, 0.5, 0.27, (0.16, 0.56)), _ellipse(u, v, (0.5, 0.09), (0.17, 0.09)))
        gray = np.where(v < 0.17, head, np.where(v < 0.54, shirt, legs)).astype(np.float32)
        return np.maximum(body, np.maximum(*limbs)), gray

    return shape


def car(paint: float = 170) -> Shape:
    def shape(u: Gray, v: Gray, _phase: float) -> tuple[Gray, Gray]:
        body = np.maximum(_slab(u, v, 0.5, 0.5, (0.4, 0.9)), _slab(u, v, 0.48, 0.28, (0.0, 0.5)))
        wheels = np.maximum(_ellipse(u, v, (0.22, 0.88), (0.1, 0.14)), _ellipse(u, v, (0.78, 0.88), (0.1, 0.14)))
        glass = (v > 0.07) & (v < 0.36) & (np.abs(np.abs(u - 0.48) - 0.13) < 0.1)
        gray = np.where(wheels > 0, 30, np.where(glass, 50, paint)).astype(np.float32)
        return np.maximum(body, wheels), gray

    return shape


def animal(fur: float = 55) -> Shape:
    def shape(u: Gray, v: Gray, phase: float) -> tuple[Gray, Gray]:
        body = np.maximum(_ellipse(u, v, (0.45, 0.4), (0.4, 0.3)), _ellipse(u, v, (0.85, 0.25), (0.15, 0.22)))
        swing = 0.3 * np.sin(2 * np.pi * phase) * (v - 0.5)
        limbs = np.maximum(_slab(u, v, 0.22 + swing, 0.06, (0.4, 1)), _slab(u, v, 0.68 - swing, 0.06, (0.4, 1)))
        return np.maximum(body, limbs), np.full(u.shape, fur, np.float32)

    return shape


def box(gray: float = 60) -> Shape:
    def shape(u: Gray, v: Gray, _phase: float) -> tuple[Gray, Gray]:
        return _slab(u, v, 0.5, 0.5, (0, 1)), np.full(u.shape, gray, np.float32)

    return shape


def crossing(
    start: float, end: float, size: tuple[float, float], y: float, x: tuple[float, float] = (0.0, 1.0)
) -> Path:
    """From the left edge of its box at `x[0]` to `x[1]`, at even speed."""

    def path(time: float) -> Pose | None:
        if not start <= time < end:
            return None
        return Pose(x[0] + (x[1] - x[0]) * (time - start) / (end - start), y, *size)

    return path


def resting(size: tuple[float, float], y: float, *stops: tuple[float, float]) -> Path:
    """Through `(time, x)` stops in even motion; it stands where two follow each other with the same x."""

    def path(time: float) -> Pose | None:
        for (begin, start), (end, stop) in pairwise(stops):
            if begin <= time < end:
                share = (time - begin) / (end - begin)
                return Pose(start + (stop - start) * share, y, *size, moves=start != stop)
        return None

    return path
