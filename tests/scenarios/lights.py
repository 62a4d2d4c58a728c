"""Lights: how the light on a scene changes, as factors over time, whole or place by place."""

import numpy as np

from tests.scenarios.film import Light
from tests.scenarios.ground import WIDTH, Gray, X, Y, grain


def switched(factor: float, start: float, end: float) -> Light:
    """A lamp: by `factor` from one moment to the other."""
    return lambda time: factor if start <= time < end else 1.0


def ramp(factor: float, start: float, seconds: float) -> Light:
    """Exposure that follows the light."""
    return lambda time: 1 + (factor - 1) * min(max((time - start) / seconds, 0.0), 1.0)


def clouds(depth: float = 0.45, seconds: float = 40, seed: int = 0) -> Light:
    """Shadows of clouds that drift over the whole picture, with soft edges, one pattern in `seconds`."""
    shade = grain(np.random.default_rng(seed), 90, 1.0)
    shade = (1 - depth * np.clip(shade + 0.3, 0, 1)).astype(np.float32)
    return lambda time: np.roll(shade, int(WIDTH * time / seconds), axis=1)


def headlights(every: float = 20, seconds: float = 3, strength: float = 1.6, phase: float = 0) -> Light:
    """Two soft beams that sweep across a wall, now and then."""

    def light(time: float) -> float | Gray:
        turn, since = divmod(time + phase, every)
        if since >= seconds or turn == 0:
            return 1.0
        x = WIDTH * (-0.2 + 1.4 * since / seconds)
        y = 70 + 30 * ((turn * 0.37) % 1)
        beams = sum(np.exp(-(((X - x - gap) / 22) ** 2) - ((Y - y) / 26) ** 2) for gap in (-24, 24))
        return np.asarray(1 + strength * beams, np.float32)

    return light


def bands(depth: float = 0.12, lines: float = 70, speed: float = 33) -> Light:
    """Mains flicker under a rolling shutter: bands that wander down the picture, lines apart and lines a second."""
    return lambda time: (1 + depth * np.sin(2 * np.pi * (Y - speed * time) / lines)).astype(np.float32)


def neon(period: float = 0.9, strength: float = 0.8, x: int = 220) -> Light:
    """A sign that flickers, and the wall that it lights."""
    glow = np.exp(-(((X - x) / 30) ** 2) - ((Y - 50) / 18) ** 2)
    sign = (np.abs(X - x) < 20) & (np.abs(Y - 50) < 6) & ((X // 5) % 2 == 0)
    lit = (strength * glow + 1.2 * sign).astype(np.float32)
    return lambda time: 1 + lit * np.float32((time % period) < 0.55 * period and (time % 7.1) > 1.3)


def dim(factor: float) -> Light:
    return lambda _: factor


def each(seconds: float, light: Light) -> Light:
    """What happens once comes again in each such span."""
    return lambda time: light(time % seconds)


def both(one: Light, other: Light) -> Light:
    return lambda time: one(time) * other(time)
