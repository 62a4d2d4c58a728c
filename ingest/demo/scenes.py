"""Scenes as a camera would see them, with the exact place of everything that moves at every moment.

A scene is a loop: nothing moves at its end or its beginning, so that it can be repeated without a jump.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ingest.demo import backdrop
from ingest.demo.actors import Actor, Sprite, Waypoint, cat, mower, person
from nvr.model import Box, Picture

_NOISE_MARGIN = 64


@dataclass(frozen=True, slots=True)
class Scene:
    """`background(seconds)` is the `(height, width, 3) uint8` picture behind the actors, before the sensor's noise.

    `noise` is the standard deviation of that noise, in gray levels. `duration_seconds` is a multiple of 2.
    """

    name: str
    width: int
    height: int
    fps: int
    duration_seconds: int
    background: Callable[[float], Picture]
    actors: tuple[Actor, ...] = ()
    noise: float = 2.0

    @property
    def frame_count(self) -> int:
        return self.fps * self.duration_seconds

    def frames(self) -> Iterator[Picture]:
        """The pictures of one loop, `(height, width, 3) uint8` RGB, with the sensor's noise; always the same ones."""
        rng = np.random.default_rng(0)
        size = self.height + _NOISE_MARGIN, self.width + _NOISE_MARGIN
        sheet = np.round(rng.normal(0, self.noise, size)).astype(np.int16)
        for index in range(self.frame_count):
            down, right = rng.integers(0, _NOISE_MARGIN, 2)
            noise = sheet[down : down + self.height, right : right + self.width, None]
            yield np.clip(self.picture(index / self.fps) + noise, 0, 255).astype(np.uint8)

    def picture(self, seconds: float) -> Picture:
        """What is to be seen `seconds` into the scene (which repeats), without noise."""
        picture = self.background(seconds % self.duration_seconds).copy()
        for sprite in self._sprites(seconds):
            sprite.paint(picture)
        return picture

    def boxes(self, seconds: float) -> list[Box]:
        """The smallest box around each thing that is on its way, `seconds` into the scene (which repeats)."""
        boxes = (sprite.box(self.height, self.width) for sprite in self._sprites(seconds))
        return [box for box in boxes if box]

    def _sprites(self, seconds: float) -> list[Sprite]:
        sprites = (actor.sprite(seconds % self.duration_seconds, self.height, self.width) for actor in self.actors)
        return [sprite for sprite in sprites if sprite]


def walker(duration_seconds: int = 60, *, width: int = 640, height: int = 360, fps: int = 15) -> Scene:
    """Someone walks past the front door, comes back nearer to the camera, and leaves: two events a minute."""
    away = Actor(person, _path((6, -0.08, 0.78, 0.42), (17, 1.08, 0.78, 0.42)))
    back = Actor(person, _path((32, 1.08, 0.86, 0.5), (38, 0.7, 0.8, 0.46), (46, -0.1, 0.92, 0.56)))
    porch = backdrop.porch(height, width)
    return Scene(
        "walker", width, height, fps, duration_seconds, lambda _: porch, _fitting(duration_seconds, away, back)
    )


def slow_object(duration_seconds: int = 120, *, width: int = 640, height: int = 360, fps: int = 10) -> Scene:
    """A robot mower crosses the lawn at one per cent of the picture's width a second."""
    crossing = Actor(mower, _path((6, -0.03, 0.62, 0.05), (112, 1.03, 0.66, 0.05)))
    lawn = backdrop.lawn(height, width)
    return Scene("slow-object", width, height, fps, duration_seconds, lambda _: lawn, (crossing,))


def lights(duration_seconds: int = 60, *, width: int = 640, height: int = 360, fps: int = 10) -> Scene:
    """A hall whose lamp is switched every 10 seconds. Nothing moves: whatever is reported as motion is wrong."""
    lit = backdrop.hall(height, width)
    dark = backdrop.at_night(lit)

    def background(seconds: float) -> Picture:
        return dark if 5 <= seconds % 20 < 15 else lit

    return Scene("lights", width, height, fps, duration_seconds, background)


def yard(duration_seconds: int = 60, *, width: int = 640, height: int = 360, fps: int = 12) -> Scene:
    """An ordinary yard: a cat crosses the path, and later someone walks over to the shed and back."""
    prowl = Actor(cat, _path((8, -0.08, 0.76, 0.06), (18, 1.08, 0.78, 0.06)))
    errand = Actor(
        person, _path((30, 1.05, 0.8, 0.36), (36, 0.6, 0.74, 0.33), (42, 0.28, 0.6, 0.26), (54, 1.05, 0.8, 0.36))
    )
    view = backdrop.yard(height, width)
    return Scene(
        "yard", width, height, fps, duration_seconds, lambda _: view, _fitting(duration_seconds, prowl, errand)
    )


def _fitting(duration_seconds: int, *actors: Actor) -> tuple[Actor, ...]:
    """Those who are gone again before the scene repeats."""
    return tuple(actor for actor in actors if actor.path[-1].seconds < duration_seconds)


def _path(*points: tuple[float, float, float, float]) -> tuple[Waypoint, ...]:
    return tuple(Waypoint(*point) for point in points)
