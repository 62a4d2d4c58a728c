"""Nuisances: films in which nothing moves, each with what its seed may change.

What happens once comes again each minute, so that an hour holds sixty of it."""

from dataclasses import replace

from tests.scenarios import lights, veils
from tests.scenarios.chance import WARM, Chance
from tests.scenarios.film import Film, Light, Veil
from tests.scenarios.ground import corridor, street, yard


def lit(chance: Chance, seconds: float, light: Light, noise: float = 1.2) -> Film:
    """A yard in another light."""
    return Film(yard(chance.seed), seconds, light=light, noise=noise, seed=chance.seed)


def veiled(chance: Chance, seconds: float, veil: Veil) -> Film:
    """A yard behind something."""
    return Film(yard(chance.seed), seconds, veils=(veil,), seed=chance.seed)


def rain(chance: Chance) -> Veil:
    return veils.rain(round(chance.about(60, 20)), chance.about(35, 7))


def snow(chance: Chance) -> Veil:
    return veils.snow(round(chance.about(120, 35)), chance.about(70, 12), seed=10 + chance.seed)


def tree(chance: Chance) -> Veil:
    left, top = round(chance.later(10, 160)), round(chance.later(0, 30))
    return veils.tree(chance.about(3, 0.6), (left, top, left + 100, top + 120), seed=4 + chance.seed)


def lights_off_and_on(chance: Chance, seconds: float) -> Film:
    start = chance.later(WARM)
    lamp = lights.switched(chance.about(0.3, 0.08), start, start + chance.about(12, 2))
    return Film(corridor(chance.seed), seconds, light=lights.each(60, lamp), seed=chance.seed)


def exposure(chance: Chance, seconds: float) -> Film:
    factor, start = chance.about(1.7, 0.2), chance.later(WARM)
    up, down = lights.ramp(factor, start, chance.about(4, 1)), lights.ramp(1 / factor, start + 14, chance.about(8, 2))
    return lit(chance, seconds, lights.each(60, lights.both(up, down)))


def clouds(chance: Chance, seconds: float) -> Film:
    return lit(chance, seconds, lights.clouds(chance.about(0.45, 0.08), chance.about(40, 8), seed=chance.seed - 1))


def infrared(chance: Chance, seconds: float) -> Film:
    start = chance.later(WARM)
    veil = veils.infrared(start, start + chance.about(20, 5), seed=8 + chance.seed)
    return veiled(chance, seconds, veils.each(60, veil))


def headlights(chance: Chance, seconds: float) -> Film:
    every, lasts, phase = chance.about(20, 3), chance.about(3, 0.6), chance.later(0, 4)
    beams = lights.headlights(every, lasts, chance.about(1.6, 0.25), phase)
    return lit(chance, seconds, lights.both(lights.dim(chance.about(0.4, 0.08)), beams))


def neon(chance: Chance, seconds: float) -> Film:
    sign = lights.neon(chance.about(0.9, 0.2), chance.about(0.8, 0.15), round(chance.about(220, 40)))
    light = lights.both(lights.dim(chance.about(0.5, 0.08)), sign)
    return Film(corridor(2 + chance.seed), seconds, light=light, seed=chance.seed)


def bands(chance: Chance, seconds: float) -> Film:
    light = lights.bands(chance.about(0.12, 0.02), chance.about(70, 12), chance.about(33, 8))
    return Film(corridor(2 + chance.seed), seconds, light=light, seed=chance.seed)


def shake(chance: Chance, seconds: float) -> Film:
    return veiled(chance, seconds, veils.shake(chance.about(1.2, 0.25), chance.later(0, 60)))


def clock(chance: Chance, seconds: float) -> Film:
    return veiled(chance, seconds, veils.clock(chance.about(235, 15), round(chance.later(0, 80000))))


def insect(chance: Chance, seconds: float) -> Film:
    return veiled(chance, seconds, veils.insect(chance.about(25, 4), chance.about(8, 1.5), chance.later(0, 6)))


def moths(chance: Chance, seconds: float) -> Film:
    night = lit(chance, seconds, lights.dim(chance.about(0.25, 0.05)), 2.0)
    return replace(night, veils=(veils.moths(chance.about(0.35, 0.1), chance.about(110, 15)),))


def night_noise(chance: Chance, seconds: float, noise: float = 2.5) -> Film:
    return lit(chance, seconds, lights.dim(chance.about(0.12, 0.03)), chance.about(noise, noise / 8))


def pumping(chance: Chance, seconds: float) -> Film:
    """What a low bit rate makes of noise: a picture that is renewed with every key frame."""
    return Film(yard(chance.seed), seconds, noise=chance.about(2.0, 0.3), seed=chance.seed)


def frozen(chance: Chance, seconds: float) -> Film:
    return Film(yard(chance.seed), seconds, frozen=(chance.later(WARM), 1e9), seed=chance.seed)


def covered(chance: Chance, seconds: float) -> Film:
    return veiled(chance, seconds, veils.covered(chance.later(WARM), chance.about(18, 10)))


def turned(chance: Chance, seconds: float) -> Film:
    onto = street(chance.seed)
    return veiled(chance, seconds, veils.turned(chance.later(WARM), chance.about(1.5, 0.4), onto))


def turned_at_once(chance: Chance, seconds: float) -> Film:
    swap = (chance.later(WARM), yard(chance.seed + 50))
    return Film(yard(chance.seed), seconds, swap=swap, seed=chance.seed)


def defocused(chance: Chance, seconds: float) -> Film:
    return veiled(chance, seconds, veils.defocused(chance.later(WARM), chance.about(4, 1), chance.about(7, 1)))
