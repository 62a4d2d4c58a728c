"""The catalogue: every scenario by name, what it is about, and how long its short and its long form last."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from tests.scenarios import lights, veils
from tests.scenarios.actors import Actor, animal, box, car, crossing, person, resting
from tests.scenarios.film import Film
from tests.scenarios.ground import corridor, plain, street, yard

WARM = 12.0
"""Seconds before anything happens, in which a camera learns its scene."""


class Kind(StrEnum):
    MOTION = "motion"
    NUISANCE = "nuisance"
    MIXED = "both"
    TAMPERING = "tampering"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`film` makes it from a seed and a length in seconds; `says` is the scene change that must be told, if any.

    `compressed` scenarios go through a real encoder, at a camera's bit rate.
    """

    name: str
    kind: Kind
    film: Callable[[int, float], Film]
    seconds: float = 40.0
    says: str | None = None
    compressed: bool = False


def _walks(start: float, end: float, **more: float) -> Actor:
    near = crossing(start, end, (0.085, 0.48), 0.42, (-0.08, 1.0))
    return Actor(person(), near, **more)  # type: ignore[arg-type]


def _near(seed: int, seconds: float) -> Film:
    return Film(yard(seed), seconds, (_walks(WARM, WARM + 8),), seed=seed)


def _far(seed: int, seconds: float) -> Film:
    walker = Actor(person(shirt=40, legs=35), crossing(WARM, WARM + 16, (0.022, 0.11), 0.42, (0.1, 0.8)))
    return Film(yard(seed), seconds, (walker,), seed=seed)


def _slow(seed: int, seconds: float) -> Film:
    creeper = Actor(animal(40), crossing(WARM, WARM + 50, (0.05, 0.07), 0.7, (0.2, 0.7)))
    return Film(yard(seed), max(seconds, 70), (creeper,), seed=seed)


def _fast(seed: int, seconds: float) -> Film:
    cars = [Actor(car(), crossing(at, at + 0.6, (0.16, 0.2), 0.55, (-0.1, 0.95))) for at in (WARM, WARM + 12)]
    return Film(street(seed), seconds, tuple(cars), seed=seed)


def _faint(seed: int, seconds: float) -> Film:
    sign = 1 if seed % 2 else -1
    return Film(plain(110, seed), seconds, (_walks(WARM, WARM + 10, contrast=8.0 * sign),), seed=seed)


def _stays(seed: int, seconds: float) -> Film:
    walker = Actor(person(), resting((0.085, 0.48), 0.42, (WARM, -0.08), (WARM + 5, 0.5), (WARM + 60, 0.5)))
    return Film(yard(seed), max(seconds, 50), (walker,), seed=seed)


def _pauses(seed: int, seconds: float) -> Film:
    stops = ((WARM, -0.08), (WARM + 4, 0.4), (WARM + 11, 0.4), (WARM + 16, 1.0))
    return Film(yard(seed), seconds, (Actor(person(), resting((0.085, 0.48), 0.42, *stops)),), seed=seed)


def _removed(seed: int, seconds: float) -> Film:
    before = yard(seed)
    after = before.copy()
    before[120:150, 150:190] = 45
    return Film(before, seconds, (_walks(WARM, WARM + 8),), swap=(WARM + 4.4, after), seed=seed)


def _two(seed: int, seconds: float) -> Film:
    other = Actor(person(shirt=190), crossing(WARM + 1, WARM + 9, (0.07, 0.4), 0.5, (1.0, -0.07)))
    return Film(yard(seed), seconds, (_walks(WARM, WARM + 8), other), seed=seed)


def _noon(seed: int, seconds: float) -> Film:
    return Film(yard(seed), seconds, (_walks(WARM, WARM + 9, shadow=0.5),), seed=seed)


def _night_walker(seed: int, seconds: float) -> Film:
    return Film(yard(seed), seconds, (_walks(WARM, WARM + 9),), light=lights.dim(0.25), noise=2.0, seed=seed)


def _cat(seed: int, seconds: float) -> Film:
    cat = Actor(animal(), crossing(WARM, WARM + 7, (0.06, 0.08), 0.75, (-0.05, 1.0)), stride_hz=2.5)
    return Film(yard(seed), seconds, (cat,), seed=seed)


def traffic(seed: int, seconds: float, busy_from: float = -20.0) -> Film:
    """Dense traffic in two lanes, with shadows, from the first picture."""
    random = np.random.default_rng(seed)
    cars, paints = [], (40, 75, 140, 180, 215, 105)
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
            cars.append(Actor(car(float(random.choice(paints))), path, shadow=0.55, lean=0.25))
            time += float(random.uniform(1.4, 3.5))
    return Film(street(seed), seconds, tuple(cars), seed=seed)


def _restart(seed: int, seconds: float) -> Film:
    cars = [
        Actor(car(p), crossing(t, t + 3, (0.2, 0.25), 0.6, (-0.2, 1.0))) for t, p in ((-1, 180), (1.5, 50), (3, 200))
    ]
    later = Actor(car(60), crossing(20, 23, (0.2, 0.25), 0.6, (-0.2, 1.0)))
    return Film(street(seed), seconds, (*cars, later), seed=seed)


def _after_dark_lights(seed: int, seconds: float) -> Film:
    return Film(corridor(seed), seconds, light=lights.switched(0.3, WARM, WARM + 12), seed=seed)


def _rooms_light_and_walker(seed: int, seconds: float) -> Film:
    walker = _walks(WARM + 4, WARM + 10)
    return Film(corridor(seed), seconds, (walker,), light=lights.switched(2.0, WARM, WARM + 18), seed=seed)


def _exposure(seed: int, seconds: float) -> Film:
    up, down = lights.ramp(1.7, WARM, 4), lights.ramp(0.6, WARM + 14, 8)
    return Film(yard(seed), seconds, light=lights.both(up, down), seed=seed)


def _tree_and_walker(seed: int, seconds: float) -> Film:
    walker = Actor(person(), crossing(30, 38, (0.085, 0.48), 0.42, (-0.08, 1.0)))
    return Film(yard(seed), max(seconds, 48), (walker,), veils=(veils.tree(),), seed=seed)


def _rain_and_walker(seed: int, seconds: float) -> Film:
    return Film(yard(seed), seconds, (_walks(WARM + 8, WARM + 16),), veils=(veils.rain(),), seed=seed)


def _snow_and_walker(seed: int, seconds: float) -> Film:
    return Film(yard(seed), seconds, (_walks(WARM + 8, WARM + 16),), veils=(veils.snow(),), seed=seed)


def _drops(seed: int, seconds: float) -> Film:
    gaps = ((WARM + 2, WARM + 3.4), (WARM + 5, WARM + 5.8), (WARM + 12, WARM + 14))
    return Film(yard(seed), seconds, (_walks(WARM, WARM + 9),), dropped=gaps, seed=seed)


def _left_box(seed: int, seconds: float) -> Film:
    stops = ((WARM + 3, 0.45), (WARM + 90, 0.45))
    left = Actor(box(40), resting((0.09, 0.12), 0.78, *stops))
    return Film(yard(seed), seconds, (left, _walks(WARM, WARM + 8)), seed=seed)


def _still(film: Film) -> Callable[[int, float], Film]:
    """The same scene for any length, with another seed."""
    return lambda seed, seconds: replace(film, seed=seed, seconds=seconds)


def _nuisance(name: str, film: Film, says: str | None = None, *, compressed: bool = False) -> Scenario:
    return Scenario(name, Kind.NUISANCE, _still(film), 60.0, says, compressed)


def _tampering(name: str, meddle: Callable[[Film], Film], seconds: float = 40.0, says: str | None = None) -> Scenario:
    def film(seed: int, length: float) -> Film:
        return meddle(Film(yard(seed), length, seed=seed))

    return Scenario(name, Kind.TAMPERING, film, seconds, says or name)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("walker near", Kind.MOTION, _near),
    Scenario("walker near, compressed", Kind.MOTION, _near, compressed=True),
    Scenario("walker far", Kind.MOTION, _far),
    Scenario("walker far, compressed", Kind.MOTION, _far, compressed=True),
    Scenario("cat", Kind.MOTION, _cat),
    Scenario("slow and small", Kind.MOTION, _slow),
    Scenario("fast crossing", Kind.MOTION, _fast),
    Scenario("8 gray levels", Kind.MOTION, _faint),
    Scenario("stops and stays", Kind.MOTION, _stays),
    Scenario("stands still, moves on", Kind.MOTION, _pauses),
    Scenario("object removed", Kind.MOTION, _removed),
    Scenario("object left", Kind.MOTION, _left_box),
    Scenario("two at once", Kind.MOTION, _two),
    Scenario("shadow at noon", Kind.MOTION, _noon),
    Scenario("walker at night", Kind.MOTION, _night_walker),
    Scenario("dense traffic", Kind.MOTION, traffic, 60.0),
    Scenario("dense traffic, compressed", Kind.MOTION, traffic, 60.0, compressed=True),
    Scenario("restart in a busy scene", Kind.MOTION, _restart),
    Scenario("pictures dropped", Kind.MOTION, _drops),
    Scenario("walker, lights on", Kind.MIXED, _rooms_light_and_walker, says="light"),
    Scenario("walker before a tree", Kind.MIXED, _tree_and_walker, 60.0),
    Scenario("walker in rain", Kind.MIXED, _rain_and_walker),
    Scenario("walker in snow", Kind.MIXED, _snow_and_walker),
    Scenario("lights off and on", Kind.NUISANCE, _after_dark_lights, says="light"),
    Scenario("auto-exposure", Kind.NUISANCE, _exposure),
    _nuisance("clouds", Film(yard(), 60, light=lights.clouds())),
    _nuisance("infrared switch", Film(yard(), 60, veils=(veils.infrared(WARM, WARM + 20),)), "light"),
    _nuisance("headlights", Film(yard(), 60, light=lights.both(lights.dim(0.4), lights.headlights()))),
    _nuisance("rain", Film(yard(), 60, veils=(veils.rain(),))),
    _nuisance("snow", Film(yard(), 60, veils=(veils.snow(),))),
    _nuisance("swaying tree", Film(yard(), 60, veils=(veils.tree(),))),
    _nuisance("neon flicker", Film(corridor(), 60, light=lights.both(lights.dim(0.5), lights.neon()))),
    _nuisance("rolling bands", Film(corridor(), 60, light=lights.bands())),
    _nuisance("shake", Film(yard(), 60, veils=(veils.shake(),))),
    _nuisance("on-screen clock", Film(yard(), 60, veils=(veils.clock(),))),
    _nuisance("insect on the lens", Film(yard(), 60, veils=(veils.insect(),))),
    _nuisance("moths at night", Film(yard(), 60, light=lights.dim(0.25), noise=2, veils=(veils.moths(),))),
    _nuisance("night noise", Film(yard(), 60, light=lights.dim(0.12), noise=2.5)),
    _nuisance("night noise, compressed", Film(yard(), 60, light=lights.dim(0.12), noise=1.5), compressed=True),
    _nuisance("key frames pump", Film(yard(), 60, noise=2.0), compressed=True),
    _tampering("frozen", lambda scene: replace(scene, frozen=(WARM, 1e9)), 60.0),
    _tampering("covered", lambda scene: replace(scene, veils=(veils.covered(WARM),))),
    _tampering("turned", lambda scene: replace(scene, veils=(veils.turned(WARM, 1.5, street(scene.seed)),))),
    _tampering("turned at once", lambda scene: replace(scene, swap=(WARM, yard(scene.seed + 50))), says="turned"),
    _tampering("defocused", lambda scene: replace(scene, veils=(veils.defocused(WARM),))),
)


def by_name() -> Mapping[str, Scenario]:
    return {scenario.name: scenario for scenario in SCENARIOS}
