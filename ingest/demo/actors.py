"""What moves in a synthetic scene: figures drawn from rounded strokes, on paths known exactly."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sin

import numpy as np
import numpy.typing as npt

from nvr.model import Box, Picture

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A thick line with round ends, in units of the figure's height, from the middle of its feet; y points up."""

    start: Point
    end: Point
    radius: float
    colour: tuple[int, int, int]


Figure = Callable[[float], tuple[Stroke, ...]]
"""The strokes of a figure that has gone `travelled` of its own heights, facing right, back to front."""


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where the middle of the feet is, `seconds` into the scene, and how tall the figure is there (fractions)."""

    seconds: float
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Sprite:
    """Pixels to be put into a picture. `pixels` is `(h, w, 3) uint8`, `mask` `(h, w) bool`; it may reach outside."""

    left: int
    top: int
    pixels: Picture
    mask: npt.NDArray[np.bool_]

    def paint(self, picture: Picture) -> None:
        rows, columns = self._visible(picture.shape[0], self.top, 0), self._visible(picture.shape[1], self.left, 1)
        target = picture[self.top + rows.start : self.top + rows.stop, self.left + columns.start :]
        target = target[:, : columns.stop - columns.start]
        mask = self.mask[rows, columns]
        target[mask] = self.pixels[rows, columns][mask]

    def box(self, height: int, width: int) -> Box | None:
        """The smallest box around what is inside a picture of this size; None where nothing is."""
        rows, columns = self._visible(height, self.top, 0), self._visible(width, self.left, 1)
        y, x = np.nonzero(self.mask[rows, columns])
        if not y.size:
            return None
        left, top = self.left + columns.start + int(x.min()), self.top + rows.start + int(y.min())
        across, down = int(x.max() - x.min()) + 1, int(y.max() - y.min()) + 1
        return left / width, top / height, across / width, down / height

    def _visible(self, limit: int, offset: int, axis: int) -> slice:
        size = self.mask.shape[axis]
        start = min(size, max(0, -offset))
        return slice(start, max(start, min(size, limit - offset)))


@dataclass(frozen=True, slots=True)
class Actor:
    """A figure on its way from waypoint to waypoint; before the first and after the last it is not there."""

    figure: Figure
    path: tuple[Waypoint, ...]

    def sprite(self, seconds: float, height: int, width: int) -> Sprite | None:
        if not self.path[0].seconds <= seconds <= self.path[-1].seconds:
            return None
        times = [point.seconds for point in self.path]
        x, y, size = (
            float(np.interp(seconds, times, [getattr(point, axis) for point in self.path]))
            for axis in ("x", "y", "height")
        )
        strokes = self.figure(self._travelled(seconds, width / height))
        return _drawn(strokes, x * width, y * height, size * height, mirrored=self._goes_left(seconds))

    def _travelled(self, seconds: float, aspect: float) -> float:
        """How far it has gone, in its own heights, so that feet do not slide."""
        total = 0.0
        for here, there in zip(self.path, self.path[1:], strict=False):
            share = min(1.0, max(0.0, (seconds - here.seconds) / (there.seconds - here.seconds)))
            total += share * aspect * abs(there.x - here.x) / ((here.height + there.height) / 2)
        return total

    def _goes_left(self, seconds: float) -> bool:
        for here, there in zip(self.path, self.path[1:], strict=False):
            if seconds <= there.seconds:
                return there.x < here.x
        return False


def person(travelled: float) -> tuple[Stroke, ...]:
    swing = 0.17 * sin(2 * pi * travelled / 0.8)
    skin, jacket, sleeve, trousers, shoe = (214, 168, 138), (176, 44, 40), (142, 34, 34), (34, 40, 62), (22, 20, 20)
    return (
        Stroke((0.0, 0.72), (0.8 * swing, 0.5), 0.035, sleeve),
        Stroke((0.0, 0.5), (-swing, 0.05), 0.05, trousers),
        Stroke((-swing, 0.03), (-swing + 0.05, 0.03), 0.028, shoe),
        Stroke((0.0, 0.5), (swing, 0.05), 0.05, trousers),
        Stroke((swing, 0.03), (swing + 0.05, 0.03), 0.028, shoe),
        Stroke((0.0, 0.75), (0.0, 0.52), 0.085, jacket),
        Stroke((0.0, 0.72), (-0.8 * swing, 0.5), 0.035, sleeve),
        Stroke((0.01, 0.92), (0.01, 0.92), 0.072, skin),
        Stroke((-0.015, 0.95), (0.015, 0.955), 0.05, (52, 34, 24)),
    )


def cat(travelled: float) -> tuple[Stroke, ...]:
    swing = 0.2 * sin(2 * pi * travelled / 1.4)
    fur, dark = (52, 46, 44), (30, 26, 26)
    return (
        Stroke((-0.55, 0.62), (-0.55 - swing, 0.06), 0.07, dark),
        Stroke((0.55, 0.62), (0.55 + swing, 0.06), 0.07, dark),
        Stroke((-0.5, 0.62), (-0.5 + swing, 0.06), 0.07, fur),
        Stroke((0.5, 0.62), (0.5 - swing, 0.06), 0.07, fur),
        Stroke((-0.5, 0.62), (0.5, 0.62), 0.2, fur),
        Stroke((-0.62, 0.66), (-1.05, 0.9 + 0.3 * swing), 0.06, fur),
        Stroke((0.78, 0.82), (0.78, 0.82), 0.17, fur),
    )


def mower(travelled: float) -> tuple[Stroke, ...]:  # noqa: ARG001  it has no legs to move
    """A robot mower: flat, small, dark, and slower than anything that walks."""
    return (
        Stroke((-0.6, 0.32), (0.6, 0.32), 0.32, (40, 42, 46)),
        Stroke((-0.3, 0.62), (0.45, 0.62), 0.28, (206, 92, 30)),
        Stroke((-0.5, 0.16), (-0.5, 0.16), 0.16, (16, 16, 18)),
    )


def _drawn(strokes: tuple[Stroke, ...], x: float, y: float, size: float, *, mirrored: bool) -> Sprite:
    """The strokes at `size` pixels to the unit, feet at pixel `x, y`."""
    reach = max(max(abs(stroke.start[0]), abs(stroke.end[0])) + stroke.radius for stroke in strokes)
    half, tall = round(reach * size) + 2, round(1.05 * size) + 2
    left, top = round(x) - half, round(y) - tall
    across = (np.arange(2 * half) - half + 0.5)[None, :] / size * (-1 if mirrored else 1)
    up = (tall - np.arange(tall) - 0.5)[:, None] / size
    pixels, mask = np.zeros((tall, 2 * half, 3), np.uint8), np.zeros((tall, 2 * half), np.bool_)
    for stroke in strokes:
        inside = _distance(across, up, stroke.start, stroke.end) <= stroke.radius
        pixels[inside], mask[inside] = stroke.colour, True
    return Sprite(left, top, pixels, mask)


def _distance(
    x: npt.NDArray[np.floating], y: npt.NDArray[np.floating], start: Point, end: Point
) -> npt.NDArray[np.floating]:
    """From each point of the grid to the line between `start` and `end`."""
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length, 0, 1) if length else 0.0
    return np.asarray(np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1]))
