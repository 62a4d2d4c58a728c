"""A lens and what is behind it: real cameras blur, sharpen, smear and encode, and what stands on the ground shades it.

Without these a network learns that next to an object nothing but the object ever changes, which no real camera shows.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from tests.scenarios.actors import Actor, Pose
from tests.scenarios.film import Veil
from tests.scenarios.ground import HEIGHT, WIDTH, Gray, X, Y

FEWEST_BITS, MOST_BITS = 25_000, 120_000
"""An encoder's rate a second, for the little pictures of the films."""


def often(random: np.random.Generator, chance: float, least: float, most: float) -> float:
    """Evenly between two numbers, as often as that; else nought."""
    drawn = float(random.uniform(least, most))
    return drawn if random.uniform() < chance else 0.0


def bits_a_second(random: np.random.Generator) -> int:
    return int(random.uniform(FEWEST_BITS, MOST_BITS))


def lens(random: np.random.Generator, actors: Sequence[Actor]) -> Veil:
    """One camera's, drawn by chance; it remembers the last picture, and so is for one film."""
    shades = _shades(random, actors)
    flare = often(random, 0.3, 0.005, 0.05)
    blur = often(random, 0.7, 0.3, 1.8)
    sharpening, reach = often(random, 0.5, 0.2, 1.5), float(random.uniform(1, 3))
    smear = often(random, 0.4, 0.1, 0.45)
    last: list[Gray] = []

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        picture = shades(picture, time, _random)
        if flare:
            picture = picture + np.float32(flare) * (ndimage.uniform_filter(picture, 41) - picture.mean())
        if blur:
            picture = ndimage.gaussian_filter(picture, blur)
        if sharpening:
            picture = picture + np.float32(sharpening) * (picture - ndimage.gaussian_filter(picture, reach))
        if smear and last:
            picture = picture + np.float32(smear) * (last.pop() - picture)
        last[:] = [picture.copy()]
        return picture

    return veil


def _shades(random: np.random.Generator, actors: Sequence[Actor]) -> Veil:
    """The soft and faint shade of a cloudy day, about the feet of everyone."""
    depth = often(random, 0.6, 0.01, 0.12)
    width, height = float(random.uniform(0.6, 1.6)), float(random.uniform(0.04, 0.25))
    foot = float(random.uniform(0.8, 1.05))

    def shade(pose: Pose) -> Gray:
        across = (X / WIDTH - pose.x - pose.width / 2) / (pose.width * width)
        down = (Y / HEIGHT - pose.y - pose.height * foot) / (pose.height * height + 0.01)
        return np.asarray(1 - depth * np.exp(-(across**2) - down**2), np.float32)

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        for actor in actors if depth else ():
            if pose := actor.path(time):
                picture *= shade(pose)
        return picture

    return veil
