"""Motions: the films in which something moves, each with what its seed may change of it."""

from tests.scenarios.actors import Actor, Path, animal, box, cloth, crossing, person, resting
from tests.scenarios.chance import WARM, Chance
from tests.scenarios.film import Film
from tests.scenarios.ground import WIDTH, plain, yard

ACROSS = (-0.08, 1.0)
"""A near walker's way through the whole picture."""

NEAR, LOW = (0.085, 0.48), 0.42
"""A near walker's size, and how far below the upper edge their head is."""


def walker(
    chance: Chance,
    path: Path,
    *,
    shirt: float = 60,
    legs: float = 45,
    contrast: float | None = None,
    shadow: float = 1.0,
) -> Actor:
    """In clothes of their own, at a pace of their own."""
    dressed = person(chance.about(150, 15), chance.about(shirt, 15), chance.about(legs, 12))
    return Actor(dressed, path, chance.about(1.6, 0.3), contrast, shadow, texture=cloth(chance.seed - 1))


def passage(chance: Chance, start: float = WARM, seconds: float = 8.0) -> Path:
    """A near walker's: from one side to the other, in about so many seconds."""
    start, seconds = chance.later(start), chance.about(seconds, 1.2)
    return crossing(start, start + seconds, sized(chance, NEAR), chance.about(LOW, 0.04), chance.way(*ACROSS))


def sized(chance: Chance, size: tuple[float, float], spread: float = 0.12) -> tuple[float, float]:
    share = chance.about(1.0, spread)
    return size[0] * share, size[1] * share


def near(chance: Chance, seconds: float) -> Film:
    return Film(yard(chance.seed), seconds, (walker(chance, passage(chance)),), seed=chance.seed)


def far(chance: Chance, seconds: float) -> Film:
    start, size = chance.later(WARM), sized(chance, (0.022, 0.11))
    path = crossing(start, start + chance.about(16, 2), size, chance.about(0.42, 0.08), chance.way(0.1, 0.8))
    return Film(yard(chance.seed), seconds, (walker(chance, path, shirt=40, legs=35),), seed=chance.seed)


def slow(chance: Chance, seconds: float) -> Film:
    """1 % of the width a second."""
    start, way = chance.later(WARM), chance.way(0.2, 0.7)
    path = crossing(start, start + 50, sized(chance, (0.05, 0.07)), chance.about(0.7, 0.08), way)
    creeper = Actor(animal(chance.about(40, 8)), path, texture=cloth(chance.seed - 1))
    return Film(yard(chance.seed), max(seconds, 70), (creeper,), seed=chance.seed)


def faint(chance: Chance, seconds: float) -> Film:
    """8 gray levels brighter than the wall with odd seeds, darker with even ones."""
    sign = 1 if chance.seed % 2 else -1
    one = walker(chance, passage(chance, seconds=10.0), contrast=8.0 * sign)
    return Film(plain(chance.about(110, 25), chance.seed), seconds, (one,), seed=chance.seed)


def stays(chance: Chance, seconds: float) -> Film:
    start, there = chance.later(WARM), chance.about(0.5, 0.15)
    stops = ((start, -0.08), (start + chance.about(5, 0.8), there), (start + 60, there))
    path = resting(sized(chance, NEAR), chance.about(LOW, 0.04), *stops)
    return Film(yard(chance.seed), max(seconds, 50), (walker(chance, path),), seed=chance.seed)


def pauses(chance: Chance, seconds: float) -> Film:
    """One who stands still for seven seconds or so, within one event."""
    start, there = chance.later(WARM), chance.about(0.4, 0.12)
    stops = ((start, -0.08), (start + 4, there), (start + chance.about(11, 1), there), (start + 16, 1.0))
    path = resting(sized(chance, NEAR), chance.about(LOW, 0.04), *stops)
    return Film(yard(chance.seed), seconds, (walker(chance, path),), seed=chance.seed)


def removed(chance: Chance, seconds: float) -> Film:
    """A dark box that a walker takes away in passing."""
    start, lasts, share = chance.later(WARM), chance.about(8, 1), chance.about(0.55, 0.15)
    before = yard(chance.seed)
    after = before.copy()
    left = round(WIDTH * (ACROSS[0] + 1.08 * share)) - 14
    before[120:150, left : left + 40] = chance.about(45, 10)
    path = crossing(start, start + lasts, NEAR, LOW, ACROSS)
    swap = (start + lasts * share, after)
    return Film(before, seconds, (walker(chance, path),), swap=swap, seed=chance.seed)


def left_box(chance: Chance, seconds: float) -> Film:
    """A walker passes and leaves it on the lawn."""
    start, lasts, share = chance.later(WARM), chance.about(8, 1), chance.about(0.375, 0.1)
    there = ACROSS[0] + 1.08 * share + 0.125
    stops = ((start + lasts * share, there), (start + 90, there))
    put = Actor(box(chance.about(40, 10)), resting((0.09, 0.12), 0.78, *stops))
    one = walker(chance, crossing(start, start + lasts, NEAR, LOW, ACROSS))
    return Film(yard(chance.seed), seconds, (put, one), seed=chance.seed)


def two(chance: Chance, seconds: float) -> Film:
    one = walker(chance, passage(chance))
    start = chance.later(WARM + 1, 2.0)
    path = crossing(start, start + 8, sized(chance, (0.07, 0.4)), chance.about(0.5, 0.04), chance.way(1.0, -0.07))
    return Film(yard(chance.seed), seconds, (one, walker(chance, path, shirt=190)), seed=chance.seed)


def noon(chance: Chance, seconds: float) -> Film:
    shadow = chance.about(0.5, 0.08)
    one = walker(chance, passage(chance, seconds=9.0), shadow=shadow)
    return Film(yard(chance.seed), seconds, (one,), seed=chance.seed)


def cat(chance: Chance, seconds: float) -> Film:
    start, size = chance.later(WARM), sized(chance, (0.06, 0.08))
    path = crossing(start, start + chance.about(7, 1), size, chance.about(0.75, 0.08), chance.way(-0.05, 1.0))
    one = Actor(animal(chance.about(55, 12)), path, stride_hz=chance.about(2.5, 0.4), texture=cloth(chance.seed - 1))
    return Film(yard(chance.seed), seconds, (one,), seed=chance.seed)
