"""Veils: what comes between a scene and its picture: weather, shake, an insect, a hand, a clock drawn by the camera."""

import numpy as np
from scipy import ndimage

from tests.scenarios.film import Veil
from tests.scenarios.ground import HEIGHT, WIDTH, Gray, X, Y, grain

STREAK = np.arange(10)
"""A drop's way in one picture."""


def rain(drops: int = 60, gray: float = 35) -> Veil:
    """Slanted streaks of 1 x 10 pixels, elsewhere in each picture."""

    def veil(picture: Gray, _time: float, random: np.random.Generator) -> Gray:
        for x, y in random.integers(0, [WIDTH - 3, HEIGHT - 10], (random.poisson(drops), 2)):
            picture[y + STREAK, x + STREAK // 4] += gray * random.uniform(0.6, 1, len(STREAK))
        return picture

    return veil


def snow(flakes: int = 120, gray: float = 70, seed: int = 11) -> Veil:
    """Soft flakes of 1 to 5 pixels that drift down, the near ones fast."""
    return _falling(flakes, gray, (1.0, 5.0), (30, 160), seed)


def _falling(count: int, gray: float, sizes: tuple[float, float], speed: tuple[float, float], seed: int) -> Veil:
    random = np.random.default_rng(seed)
    near = random.uniform(0, 1, count) ** 2
    x0, y0 = random.uniform(0, WIDTH, count), random.uniform(0, HEIGHT + 20, count)

    def veil(picture: Gray, time: float, chance: np.random.Generator) -> Gray:
        size, fall = sizes[0] + near * (sizes[1] - sizes[0]), speed[0] + near * (speed[1] - speed[0])
        ys = (y0 + fall * time) % (HEIGHT + 20) - 10
        xs = (x0 + 12 * np.sin(time * 0.7 + near * 9) + 0.4 * fall * time + chance.normal(0, 2, count)) % WIDTH
        for x, y, radius in zip(xs, ys, size / 2, strict=True):
            _spot(picture, (x, y), radius, gray)
        return picture

    return veil


def _spot(picture: Gray, place: tuple[float, float], radius: float, gray: float, softness: float = 1.0) -> None:
    x, y = place
    reach = int(radius + softness + 1)
    top, left = max(int(y) - reach, 0), max(int(x) - reach, 0)
    bottom, right = min(int(y) + reach + 1, HEIGHT), min(int(x) + reach + 1, WIDTH)
    if top >= bottom or left >= right:
        return
    rows, columns = np.arange(top, bottom) - y, np.arange(left, right) - x
    distance = np.sqrt(rows[:, np.newaxis] ** 2 + columns**2)
    picture[top:bottom, left:right] += gray * np.clip((radius - distance) / softness + 0.5, 0, 1)


def tree(strength: float = 3.0, place: tuple[int, int, int, int] = (10, 0, 110, 120), seed: int = 5) -> Veil:
    """A crown of leaves in `left, top, right, bottom` that sways, its twigs each in their own way."""
    left, top, right, bottom = place
    random = np.random.default_rng(seed)
    leaves = (70 + grain(random, 3, 20) + grain(random, 10, 18))[top:bottom, left:right]
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    radius = np.hypot((X - middle_x) / (right - left), (Y - middle_y) / (bottom - top))[top:bottom, left:right] * 2
    ragged = radius + grain(random, 12, 0.12)[top:bottom, left:right]
    cover = np.clip((1 - ragged) * 12, 0, 1)
    own = grain(random, 20, 1.5)[top:bottom, left:right]
    rows, columns = np.mgrid[0 : bottom - top, 0 : right - left].astype(np.float32)
    gusts = float(seed - 5)

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        wind = 0.55 + 0.45 * np.sin(time * 0.23 + gusts) * np.sin(time * 0.071 + 1 + gusts)
        dx = strength * wind * (np.sin(time * 3.1 + own) + 0.4 * np.sin(time * 7.3 + 2 * own))
        dy = strength * wind * 0.4 * np.sin(time * 4.3 + own)
        at = [rows + dy, columns + dx]
        there, alpha = (ndimage.map_coordinates(each, at, order=1, mode="nearest") for each in (leaves, cover))
        picture[top:bottom, left:right] += alpha * (there - picture[top:bottom, left:right])
        return picture

    return veil


def shake(pixels: float = 1.2, phase: float = 0) -> Veil:
    """A mast in the wind: the whole picture moves by fractions of a pixel or a few, `pixels` of 320 x 180."""

    def veil(picture: Gray, time: float, random: np.random.Generator) -> Gray:
        time += phase
        gust = max(0.15, np.sin(time * 0.4) * np.sin(time * 0.13 + 2))
        jitter = random.normal(0, 0.1, 2)
        dx = pixels * gust * np.sin(time * 9.1) + jitter[0]
        dy = pixels * gust * 0.6 * np.sin(time * 7.7 + 1) + jitter[1]
        return np.asarray(ndimage.shift(picture, (dy, dx), order=1, mode="nearest"))

    return veil


def clock(gray: float = 235, start: int = 0) -> Veil:
    """Date and time in the corner, drawn by the camera; the last digits change each second."""

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        seconds = start + int(time)
        digits = f"22{seconds // 3600 % 24:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
        for place, digit in enumerate(digits):
            glyph = np.random.default_rng(int(digit)).random((5, 3)) < 0.55
            patch = picture[6:16, 210 + 9 * place : 216 + 9 * place]
            patch[glyph.repeat(2, axis=0).repeat(2, axis=1)] = gray
        return picture

    return veil


def insect(every: float = 25, seconds: float = 8, phase: float = 0) -> Veil:
    """It walks over the lens: a large dark blur, out of focus."""

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        turn, since = divmod(time + phase, every)
        if turn == 0 or since >= seconds:
            return picture
        x = WIDTH * (0.1 + 0.7 * since / seconds) + 15 * np.sin(time * 2)
        y = 60 + 40 * np.sin(turn * 2.1) + 20 * np.sin(time * 1.3)
        blur = np.exp(-(((X - x) / 26) ** 2) - ((Y - y) / 20) ** 2)
        return np.asarray(picture * (1 - 0.6 * blur), np.float32)

    return veil


def hand(start: float, seconds: float, gray: float = 60, softness: float = 8) -> Veil:
    """Something opaque so near the lens that it is out of focus comes into the picture and goes."""

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        if not start <= time < start + seconds:
            return picture
        x = WIDTH * 0.25 * np.sin(np.pi * (time - start) / seconds)
        reach = np.hypot((X - x) / 60, (Y - HEIGHT / 2) / 40)
        cover = 1 / (1 + np.exp((reach - 1) * 45 / softness))
        return np.asarray(picture + cover * (gray - picture), np.float32)

    return veil


def moths(rate: float = 0.35, gray: float = 110) -> Veil:
    """Insects that fly past an infrared lamp at night: a bright streak in one picture, out of focus."""

    def veil(picture: Gray, _time: float, random: np.random.Generator) -> Gray:
        if random.random() < rate:
            x, y, turn = random.uniform(0, WIDTH), random.uniform(0, HEIGHT), random.uniform(0, np.pi)
            for step in np.linspace(-25, 25, 12):
                _spot(picture, (x + step * np.cos(turn), y + step * np.sin(turn)), 3, gray / 3, softness=5)
        return picture

    return veil


def infrared(start: float, end: float, seed: int = 9) -> Veil:
    """Between two times the camera sees by its own lamp: leaves shine, cloth pales, the middle is bright."""
    shine = 1 + 0.5 * np.exp(-(((X - 160) / 120) ** 2) - ((Y - 90) / 70) ** 2)
    random = np.random.default_rng(seed)
    other = grain(random, 6, 7)

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        return ((0.55 * picture + 15) * shine + other).astype(np.float32) if start <= time < end else picture

    return veil


def each(seconds: float, veil: Veil) -> Veil:
    """What happens once comes again in each such span."""
    return lambda picture, time, random: veil(picture, time % seconds, random)


def _share(time: float, start: float, end: float, seconds: float) -> float:
    """How much of something is there that comes at its start, and goes at its end, within so many seconds."""
    return min(max(min(time - start, end + seconds - time) / seconds, 0.0), 1.0)


def covered(start: float, gray: float = 18, end: float = 1e9) -> Veil:
    """A cloth or a hand before the lens, put on and lifted within half a second."""

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        share = np.float32(_share(time, start, end, 0.5))
        return picture * (1 - share) + share * gray

    return veil


def defocused(start: float, seconds: float = 4, blur: float = 7, end: float = 1e9) -> Veil:
    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        share = _share(time, start, end, seconds)
        return np.asarray(ndimage.gaussian_filter(picture, blur * share, mode="nearest") if share else picture)

    return veil


def turned(start: float, seconds: float, onto: Gray) -> Veil:
    """The camera pans from its own scene to another beside it."""

    def veil(picture: Gray, time: float, _random: np.random.Generator) -> Gray:
        shift = int(WIDTH * min(max((time - start) / seconds, 0), 1))
        return np.hstack([picture, onto])[:, shift : shift + WIDTH].copy()

    return veil
