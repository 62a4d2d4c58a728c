"""The catalogue: every scenario by name, what it is about, and how long its short form lasts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.scenarios import hardships, motions, nuisances, traffic
from tests.scenarios.chance import Chance
from tests.scenarios.film import Film
from tests.scenarios.nuisances import veiled


class Kind(StrEnum):
    MOTION = "motion"
    NUISANCE = "nuisance"
    MIXED = "both"
    TAMPERING = "tampering"


Maker = Callable[[Chance, float], Film]
"""Makes a film of a length in seconds."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`says` is the scene change that must be told, if any.

    `compressed` scenarios go through a real encoder, at a camera's bit rate.
    """

    name: str
    kind: Kind
    make: Maker
    seconds: float = 40.0
    says: str | None = None
    compressed: bool = False

    def film(self, seed: int, seconds: float) -> Film:
        """All that a seed may change of it is decided by that seed."""
        return self.make(Chance(seed), seconds)


def _nuisance(name: str, make: Maker, says: str | None = None, *, compressed: bool = False) -> Scenario:
    return Scenario(name, Kind.NUISANCE, make, 60.0, says, compressed)


def _tampering(name: str, make: Maker, seconds: float = 40.0, says: str | None = None) -> Scenario:
    return Scenario(name, Kind.TAMPERING, make, seconds, says or name)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("walker near", Kind.MOTION, motions.near),
    Scenario("walker near, compressed", Kind.MOTION, motions.near, compressed=True),
    Scenario("walker far", Kind.MOTION, motions.far),
    Scenario("walker far, compressed", Kind.MOTION, motions.far, compressed=True),
    Scenario("cat", Kind.MOTION, motions.cat),
    Scenario("slow and small", Kind.MOTION, motions.slow),
    Scenario("fast crossing", Kind.MOTION, traffic.fast),
    Scenario("8 gray levels", Kind.MOTION, motions.faint),
    Scenario("stops and stays", Kind.MOTION, motions.stays),
    Scenario("stands still, moves on", Kind.MOTION, motions.pauses),
    Scenario("object removed", Kind.MOTION, motions.removed),
    Scenario("object left", Kind.MOTION, motions.left_box),
    Scenario("two at once", Kind.MOTION, motions.two),
    Scenario("shadow at noon", Kind.MOTION, motions.noon),
    Scenario("walker at night", Kind.MOTION, hardships.at_night),
    Scenario("dense traffic", Kind.MOTION, traffic.dense, 60.0),
    Scenario("dense traffic, compressed", Kind.MOTION, traffic.dense, 60.0, compressed=True),
    Scenario("restart in a busy scene", Kind.MOTION, traffic.restart),
    Scenario("pictures dropped", Kind.MOTION, hardships.with_drops),
    Scenario("walker, lights on", Kind.MIXED, hardships.lights_on, says="light"),
    Scenario("walker before a tree", Kind.MIXED, hardships.before_a_tree, 60.0),
    Scenario("walker in rain", Kind.MIXED, hardships.in_rain),
    Scenario("walker in snow", Kind.MIXED, hardships.in_snow),
    Scenario("lights off and on", Kind.NUISANCE, nuisances.lights_off_and_on, says="light"),
    Scenario("auto-exposure", Kind.NUISANCE, nuisances.exposure),
    _nuisance("clouds", nuisances.clouds),
    _nuisance("infrared switch", nuisances.infrared, "light"),
    _nuisance("headlights", nuisances.headlights),
    _nuisance("rain", lambda chance, seconds: veiled(chance, seconds, nuisances.rain(chance))),
    _nuisance("snow", lambda chance, seconds: veiled(chance, seconds, nuisances.snow(chance))),
    _nuisance("swaying tree", lambda chance, seconds: veiled(chance, seconds, nuisances.tree(chance))),
    _nuisance("neon flicker", nuisances.neon),
    _nuisance("rolling bands", nuisances.bands),
    _nuisance("shake", nuisances.shake),
    _nuisance("on-screen clock", nuisances.clock),
    _nuisance("insect on the lens", nuisances.insect),
    _nuisance("moths at night", nuisances.moths),
    _nuisance("night noise", nuisances.night_noise),
    _nuisance(
        "night noise, compressed", lambda chance, seconds: nuisances.night_noise(chance, seconds, 1.5), compressed=True
    ),
    _nuisance("key frames pump", nuisances.pumping, compressed=True),
    _tampering("frozen", nuisances.frozen, 60.0),
    _tampering("covered", nuisances.covered),
    _tampering("turned", nuisances.turned),
    _tampering("turned at once", nuisances.turned_at_once, says="turned"),
    _tampering("defocused", nuisances.defocused),
)


def by_name() -> Mapping[str, Scenario]:
    return {scenario.name: scenario for scenario in SCENARIOS}
