"""Hardships: films in which someone walks while the light, the weather or the camera makes it hard to see."""

from tests.scenarios import lights, nuisances
from tests.scenarios.chance import WARM, Chance
from tests.scenarios.film import Film
from tests.scenarios.ground import corridor, yard
from tests.scenarios.motions import passage, walker


def at_night(chance: Chance, seconds: float) -> Film:
    one, light = walker(chance, passage(chance, seconds=9.0)), lights.dim(chance.about(0.25, 0.05))
    return Film(yard(chance.seed), seconds, (one,), light=light, noise=2.0, seed=chance.seed)


def lights_on(chance: Chance, seconds: float) -> Film:
    """In a room, with the lamp switched on a little before."""
    lamp = lights.switched(chance.about(2.0, 0.25), WARM, WARM + 18)
    one = walker(chance, passage(chance, WARM + 4, 6.0))
    return Film(corridor(chance.seed), seconds, (one,), light=lamp, seed=chance.seed)


def before_a_tree(chance: Chance, seconds: float) -> Film:
    one, tree = walker(chance, passage(chance, 30.0)), nuisances.tree(chance)
    return Film(yard(chance.seed), max(seconds, 48), (one,), veils=(tree,), seed=chance.seed)


def in_rain(chance: Chance, seconds: float) -> Film:
    one, rain = walker(chance, passage(chance, WARM + 8)), nuisances.rain(chance)
    return Film(yard(chance.seed), seconds, (one,), veils=(rain,), seed=chance.seed)


def in_snow(chance: Chance, seconds: float) -> Film:
    one, snow = walker(chance, passage(chance, WARM + 8)), nuisances.snow(chance)
    return Film(yard(chance.seed), seconds, (one,), veils=(snow,), seed=chance.seed)


def with_drops(chance: Chance, seconds: float) -> Film:
    """Pictures that never come, of 0.8 to 2 seconds each."""
    starts = (chance.about(WARM + 2, 0.6), chance.about(WARM + 5, 0.6), chance.about(WARM + 12, 1.5))
    gaps = tuple((start, start + lasts) for start, lasts in zip(starts, (1.4, 0.8, 2.0), strict=True))
    one = walker(chance, passage(chance, seconds=9.0))
    return Film(yard(chance.seed), seconds, (one,), dropped=gaps, seed=chance.seed)
