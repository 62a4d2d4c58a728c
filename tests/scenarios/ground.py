"""Grounds: the still scenes before which scenarios play, as gray levels `(180, 320) float32` in full light."""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

HEIGHT, WIDTH = 180, 320
"""Scenes are drawn at twice the analysed size each way, so that edges come out of the scaling as a camera's do."""

Gray = npt.NDArray[np.float32]

Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) + 0.5
"""The pixels' centres."""


def grain(random: np.random.Generator, size: float, amount: float) -> Gray:
    """A random pattern of spots `size` pixels wide, `amount` gray levels strong (its standard deviation)."""
    spots = ndimage.gaussian_filter(random.standard_normal((HEIGHT, WIDTH)), size / 2, mode="wrap")
    return np.asarray(amount * spots / spots.std(), np.float32)


def yard(seed: int = 1) -> Gray:
    """A house wall with windows and a door, a lawn, a path: the usual view of a home camera."""
    random = np.random.default_rng(seed)
    scene = 150 - 40 * Y / HEIGHT + grain(random, 2, 5) + grain(random, 24, 8)
    scene[70:] = 95 + 25 * (Y[70:] / HEIGHT) + (grain(random, 2, 9) + grain(random, 8, 6))[70:]
    for _ in range(6):
        x, y = int(random.integers(0, 280)), int(random.integers(8, 45))
        scene[y : y + 20, x : x + 22] = random.uniform(40, 190)
        scene[y + 9 : y + 11, x : x + 22] += 40
    left = int(random.integers(60, 200))
    slope = (Y - 70) * 0.5
    scene = np.where((Y > 70) & (np.abs(X - left) < 14 + slope), 165 + grain(random, 3, 6), scene)
    for _ in range(8):
        middle_x, middle_y, radius = random.uniform([0, 60, 4], [WIDTH, HEIGHT, 14])
        bush = np.hypot(X - middle_x, Y - middle_y) < radius
        scene = np.where(bush, 60 + grain(random, 3, 14), scene)
    return np.asarray(np.clip(scene, 10, 245), np.float32)


def street(seed: int = 2) -> Gray:
    """Asphalt with lane markings between houses and a verge: large plain areas, a few strong edges."""
    random = np.random.default_rng(seed)
    scene = 105 + grain(random, 2, 2.5) + grain(random, 30, 5)
    scene[:40] = 140 + grain(random, 4, 12)[:40]
    for x in range(0, WIDTH, 28):
        scene[12:30, x + 6 : x + 18] = random.uniform(45, 110)
    scene[40:52] = 85 + grain(random, 3, 11)[40:52]
    scene[52:55], scene[168:171] = 190, 185
    for x in range(0, WIDTH, 32):
        scene[108:111, x : x + 16] = 200
    return np.asarray(np.clip(scene, 10, 245), np.float32)


def corridor(seed: int = 3) -> Gray:
    """Indoors: plain walls, door frames, a tiled floor."""
    random = np.random.default_rng(seed)
    scene = 170 - 0.15 * X + grain(random, 2, 1.5) + grain(random, 50, 4)
    scene[115:] = 110 + grain(random, 2, 2)[115:]
    for x in range(10, WIDTH, 24):
        scene[115:, x : x + 1] -= 25
    scene[135:136] -= 25
    for x in (30, 140, 250):
        scene[35:115, x : x + 34] = random.uniform(70, 130)
        scene[35:115, x : x + 2] = scene[35:115, x + 32 : x + 34] = 60
    return np.asarray(np.clip(scene, 10, 245), np.float32)


def plain(level: float = 110.0, seed: int = 4) -> Gray:
    """A wall with hardly any texture."""
    random = np.random.default_rng(seed)
    return np.asarray(level + grain(random, 3, 2.0) + grain(random, 60, 3), np.float32)
