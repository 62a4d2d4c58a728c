"""Traffic: the films of a street, each with what its seed may change of it."""

import numpy as np

from tests.scenarios.actors import Actor, car, crossing
from tests.scenarios.chance import WARM, Chance
from tests.scenarios.film import Film
from tests.scenarios.ground import street
from tests.scenarios.motions import sized

PAINTS = (40, 75, 140, 180, 215, 105)


def fast(chance: Chance, seconds: float) -> Film:
    """Two cars, three pictures each."""
    cars = []
    for start in (WARM, WARM + 12):
        at, size = chance.later(start, 2.0), sized(chance, (0.16, 0.2))
        path = crossing(at, at + 0.6, size, chance.about(0.55, 0.08), chance.way(-0.1, 0.95))
        cars.append(Actor(car(chance.about(170, 35)), path))
    return Film(street(chance.seed), seconds, tuple(cars), seed=chance.seed)


def dense(chance: Chance, seconds: float, busy_from: float = -20.0) -> Film:
    """Dense traffic in two lanes, with shadows, from the first picture."""
    random = np.random.default_rng(chance.seed)
    cars: list[Actor] = []
    for lane, (y, size, ways) in enumerate(
        (
            (0.36, (0.13, 0.16), (1.0, -0.13)),
            (0.62, (0.19, 0.24), (-0.19, 1.0)),
        )
    ):
        time = busy_from + lane
        while time < seconds:
            lasts = float(random.uniform(3.2, 4.2)) if lane else float(random.uniform(4.2, 5.2))
            path = crossing(time, time + lasts, size, y + float(random.uniform(-0.02, 0.02)), ways)
            cars.append(Actor(car(float(random.choice(PAINTS))), path, shadow=chance.about(0.55, 0.08), lean=0.25))
            time += float(random.uniform(1.4, 3.5))
    return Film(street(chance.seed), seconds, tuple(cars), seed=chance.seed)


def restart(chance: Chance, seconds: float) -> Film:
    """Cars pass while the camera starts, one of them from before its first picture; and another one later."""
    cars = [_passing(chance, time, paint) for time, paint in ((-1, 180), (1.5, 50), (3, 200), (20, 60))]
    return Film(street(chance.seed), seconds, tuple(cars), seed=chance.seed)


def _passing(chance: Chance, time: float, paint: float) -> Actor:
    start, size = chance.about(time, 0.4), sized(chance, (0.2, 0.25))
    path = crossing(start, start + chance.about(3, 0.4), size, chance.about(0.6, 0.04), (-0.2, 1.0))
    return Actor(car(chance.about(paint, 15)), path)
