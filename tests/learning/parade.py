"""A parade: films of things of any kind, size, gray, texture and shadow that pass before any ground, through any lens.

They have nothing of the scenarios but the drawing: what is learnt from them is not learnt from what it is judged by.
"""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import ndimage

from tests.learning.lens import bits_a_second, lens, often
from tests.scenarios.actors import Actor, Path, Shape, animal, box, car, cloth, crossing, person
from tests.scenarios.chance import WARM
from tests.scenarios.compression import compressed
from tests.scenarios.film import Film, Light, Shot
from tests.scenarios.ground import Gray, plain, street, yard

SECONDS, LAST_START = 38.0, 34.0
ASPECT = 16 / 9


def parade(seed: int) -> Iterator[Shot]:
    """The film of a seed, encoded or not."""
    random = np.random.default_rng([seed, 99])
    ground = _ground(random, seed)
    actors = tuple(_actors(random))
    veils, light = (lens(random, actors),), _light(random)
    shots = Film(ground, SECONDS, actors, light, veils, noise=float(random.uniform(0.3, 2.2)), seed=seed).shots()
    return compressed(shots, bits_a_second(random)) if random.uniform() < 0.6 else shots


def _ground(random: np.random.Generator, seed: int) -> Gray:
    level = float(random.uniform(50, 200))
    grounds: tuple[Callable[[], Gray], ...] = (lambda: yard(seed), lambda: street(seed), lambda: plain(level, seed))
    return grounds[random.integers(3)]()


def _actors(random: np.random.Generator) -> Iterator[Actor]:
    """One after the other or several at once, under one sun."""
    sunlit, leaves, lean = random.uniform() < 0.7, random.uniform(0.3, 1.0), random.uniform(-1.5, 1.5)
    time = WARM
    while time < LAST_START:
        shape, size = _thing(random)
        lasts = float(random.uniform(2.5, 9))
        path = _path(random, time, lasts, size)
        shadow = float(np.clip(leaves + random.uniform(-0.05, 0.05), 0.25, 1)) if sunlit else 1.0
        texture = _patchwork(random) + cloth(int(random.integers(1000))) * np.float32(_log_uniform(random, 0.1, 1.5))
        stride, reach = float(random.uniform(1, 2.2)), float(lean + random.uniform(-0.2, 0.2))
        alike = float(random.normal(0, 20)) if random.uniform() < 0.3 else None  # the ground, in the mean
        texture = texture if alike is None else 4 * texture
        yield Actor(shape, path, stride, alike, shadow, reach, texture)
        time += float(random.uniform(0.8, lasts + 2))


def _thing(random: np.random.Generator) -> tuple[Shape, tuple[float, float]]:
    """Somebody or something of some size, in shares of the picture."""
    paint, head, legs = (float(gray) for gray in random.uniform((20, 60, 20), (235, 200, 235)))
    kinds = (
        (person(head, paint, legs), (0.02, 0.2), (2.5, 4.0)),
        (car(paint), (0.06, 0.5), (0.55, 0.8)),
        (box(paint), (0.04, 0.45), (0.5, 1.6)),
        (animal(paint), (0.03, 0.25), (0.5, 0.9)),
    )
    shape, widths, heights = kinds[random.integers(len(kinds))]
    width = _log_uniform(random, *widths)
    return shape, (width, min(width * float(random.uniform(*heights)) * ASPECT, 0.9))


def _patchwork(random: np.random.Generator) -> Gray:
    """What makes a part of most things much brighter, much darker or much like the ground: panes, doors, stripes and
    reflections, sharp or soft, `(64, 64)`."""
    patches = np.zeros((64, 64), np.float32)
    for _ in range(random.integers(2, 12) if random.uniform() < 0.7 else 0):
        top, left, high, wide = random.integers((0, 0, 4, 4), (60, 60, 40, 40))
        patches[top : top + high, left : left + wide] += random.normal(0, 45)
    soft: Gray = ndimage.gaussian_filter(patches, often(random, 0.5, 0.5, 8))
    return soft


def _path(random: np.random.Generator, start: float, lasts: float, size: tuple[float, float]) -> Path:
    """Across the picture, to either side; now and then from somewhere in it to elsewhere."""
    width, height = size
    left, right = (float(place) for place in random.uniform((0, 0), (0.8, 0.8)))
    ways = ((-width, 1.0), (1.0, -width)) if random.uniform() < 0.85 else ((left, right), (right, left))
    return crossing(start, start + lasts, size, float(random.uniform(0, 1 - 0.8 * height)), ways[random.integers(2)])


def _light(random: np.random.Generator) -> Light:
    """By day or in the dark; now and then the camera adapts its exposure for some seconds."""
    level = float(random.uniform(0.25, 1)) if random.uniform() < 0.3 else 1.0
    start, factor = float(random.uniform(WARM, 30)), float(random.uniform(0.9, 1.1))
    if random.uniform() < 0.7:
        return lambda _: level

    def adapting(time: float) -> float:
        there = np.clip((time - start) / 1.5, 0, 1) - np.clip((time - start - 6) / 1.5, 0, 1)
        return level * (1 + (factor - 1) * float(there))

    return adapting


def _log_uniform(random: np.random.Generator, least: float, most: float) -> float:
    return float(np.exp(random.uniform(np.log(least), np.log(most))))
