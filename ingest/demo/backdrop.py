"""Backgrounds of synthetic scenes: textured, uneven and a little untidy, as what a camera looks at is.

A backdrop is `(H, W, 3) uint8` RGB. Positions are fractions of the picture, seeds are fixed: the same call always
paints the same picture.
"""

import numpy as np
import numpy.typing as npt

from nvr.model import Box, Picture

Canvas = npt.NDArray[np.float32]
"""`(H, W, 3)` RGB while it is being painted, 0 to 255."""

Colour = tuple[int, int, int]


def yard(height: int, width: int) -> Picture:
    """A back yard: sky, hedge, lawn, a path, and the corner of the house."""
    canvas = _canvas(height, width)
    _fill(canvas, (0, 0, 1, 0.3), (172, 190, 205), grain=10, seed=1, coarse=60)
    _fill(canvas, (0, 0.2, 1, 0.2), (58, 84, 52), grain=34, seed=2, coarse=5)
    _fill(canvas, (0, 0.38, 1, 0.62), (104, 132, 74), grain=24, seed=3, coarse=4)
    _fill(canvas, (0, 0.66, 1, 0.14), (168, 158, 142), grain=16, seed=4, coarse=3)
    _bricks(canvas, (0.76, 0.02, 0.24, 0.6), (164, 104, 84), seed=5)
    _window(canvas, (0.83, 0.14, 0.11, 0.22))
    _fill(canvas, (0.1, 0.27, 0.13, 0.2), (120, 88, 62), grain=22, seed=6, coarse=3)
    _fill(canvas, (0.085, 0.23, 0.16, 0.05), (84, 60, 48), grain=12, seed=7, coarse=3)
    return _finished(canvas)


def porch(height: int, width: int) -> Picture:
    """A front door with its mat, a bench and paving before it."""
    canvas = _canvas(height, width)
    _bricks(canvas, (0, 0, 1, 0.62), (178, 150, 126), seed=11)
    _fill(canvas, (0, 0.62, 1, 0.38), (150, 146, 138), grain=14, seed=12, coarse=3)
    _paving(canvas, top=0.62)
    _fill(canvas, (0.64, 0.08, 0.17, 0.55), (232, 228, 218), grain=4, seed=13, coarse=20)
    _fill(canvas, (0.655, 0.11, 0.14, 0.52), (46, 78, 82), grain=8, seed=14, coarse=8)
    _window(canvas, (0.69, 0.16, 0.07, 0.14))
    _window(canvas, (0.16, 0.12, 0.22, 0.26))
    _fill(canvas, (0.62, 0.65, 0.21, 0.06), (86, 66, 52), grain=22, seed=15, coarse=2)
    _fill(canvas, (0.16, 0.5, 0.2, 0.03), (112, 80, 54), grain=12, seed=16, coarse=6)
    for left in (0.17, 0.34):
        _fill(canvas, (left, 0.53, 0.012, 0.1), (88, 62, 44), grain=8, seed=17, coarse=4)
    return _finished(canvas)


def lawn(height: int, width: int) -> Picture:
    """A garden seen from above its fence: much grass, a flower bed, nothing that moves."""
    canvas = _canvas(height, width)
    _fill(canvas, (0, 0, 1, 1), (98, 130, 70), grain=30, seed=21, coarse=4)
    _fill(canvas, (0, 0, 1, 0.26), (142, 112, 82), grain=14, seed=22, coarse=7)
    for board in range(20):
        _fill(canvas, (board / 20, 0, 0.004, 0.26), (92, 70, 52), grain=6, seed=23, coarse=5)
    _fill(canvas, (0.02, 0.28, 0.36, 0.13), (84, 62, 46), grain=26, seed=24, coarse=3)
    for flower in range(14):
        colour = ((206, 92, 88), (222, 178, 70), (176, 120, 190))[flower % 3]
        left, top = 0.03 + 0.024 * flower, 0.295 + 0.05 * (flower % 2)
        _fill(canvas, (left, top, 0.016, 0.03), colour, grain=30, seed=25 + flower, coarse=2)
    _fill(canvas, (0.6, 0.27, 0.4, 0.06), (166, 160, 150), grain=14, seed=41, coarse=3)
    return _finished(canvas)


def hall(height: int, width: int) -> Picture:
    """A hall by day-bright lamp light; `at_night` is the same hall with the lamp off."""
    canvas = _canvas(height, width)
    _fill(canvas, (0, 0, 1, 0.66), (212, 202, 182), grain=8, seed=51, coarse=30)
    _fill(canvas, (0, 0.66, 1, 0.34), (138, 100, 68), grain=24, seed=52, coarse=9)
    _fill(canvas, (0, 0.64, 1, 0.025), (240, 236, 228), grain=3, seed=53, coarse=20)
    _fill(canvas, (0.1, 0.14, 0.16, 0.51), (176, 142, 104), grain=14, seed=54, coarse=12)
    _fill(canvas, (0.4, 0.2, 0.16, 0.22), (70, 92, 116), grain=46, seed=55, coarse=8)
    _fill(canvas, (0.68, 0.46, 0.22, 0.2), (118, 84, 60), grain=18, seed=56, coarse=9)
    _fill(canvas, (0.3, 0.74, 0.46, 0.16), (134, 58, 58), grain=40, seed=57, coarse=4)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    glow = np.exp(-(((x / width - 0.78) / 0.5) ** 2 + ((y / height - 0.3) / 0.7) ** 2))
    canvas *= (0.62 + 0.5 * glow)[..., None]
    return _finished(canvas)


def at_night(lit: Picture) -> Picture:
    """The same place by what little light comes in from outside."""
    return _finished(lit.astype(np.float32) * np.array((0.2, 0.23, 0.3), np.float32) + 6)


def _canvas(height: int, width: int) -> Canvas:
    return np.zeros((height, width, 3), np.float32)


def _finished(canvas: Canvas) -> Picture:
    return np.clip(canvas, 0, 255).astype(np.uint8)


def _fill(canvas: Canvas, box: Box, colour: Colour, *, grain: float, seed: int, coarse: int) -> None:
    area = _area(canvas, box)
    shade = _texture(area.shape[0], area.shape[1], seed=seed, coarse=coarse)
    area[:] = np.array(colour, np.float32) + (grain * shade)[..., None]


def _area(canvas: Canvas, box: Box) -> Canvas:
    """The pixels of `box`, as a view."""
    height, width = canvas.shape[:2]
    x, y, w, h = box
    return canvas[round(y * height) : round((y + h) * height), round(x * width) : round((x + w) * width)]


def _texture(height: int, width: int, *, seed: int, coarse: int) -> npt.NDArray[np.float32]:
    """`(height, width)` of smooth patches `coarse` pixels wide under finer ones, about -1 to 1."""
    rng = np.random.default_rng(seed)
    patches = rng.uniform(-1, 1, (height // coarse + 2, width // coarse + 2)).astype(np.float32)
    fine = rng.uniform(-0.4, 0.4, (height, width)).astype(np.float32)
    return 0.7 * _enlarged(patches, height, width, coarse) + fine


def _enlarged(grid: npt.NDArray[np.float32], height: int, width: int, scale: int) -> npt.NDArray[np.float32]:
    """`grid` interpolated linearly to `(height, width)`."""
    y, x = np.arange(height) / scale, np.arange(width) / scale
    top, left = y.astype(int), x.astype(int)
    down, right = (y - top)[:, None], (x - left)[None, :]
    upper = grid[top][:, left] * (1 - right) + grid[top][:, left + 1] * right
    lower = grid[top + 1][:, left] * (1 - right) + grid[top + 1][:, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, np.float32)


def _bricks(canvas: Canvas, box: Box, colour: Colour, *, seed: int) -> None:
    _fill(canvas, box, colour, grain=20, seed=seed, coarse=6)
    area = _area(canvas, box)
    for row, top in enumerate(range(0, area.shape[0], 9)):
        area[top] *= 0.8
        area[top : top + 9, (row % 2) * 11 :: 22] *= 0.85


def _paving(canvas: Canvas, *, top: float) -> None:
    """Joints between slabs, wider apart towards the viewer."""
    height, width = canvas.shape[:2]
    for row in np.linspace(0, 1, 6) ** 1.6:
        canvas[min(height - 1, round((top + (1 - top) * row) * height))] *= 0.8
    for row in range(round(top * height), height):
        spread = 0.5 + (row / height - top) / (1 - top)
        joints = (0.5 + np.linspace(-1, 1, 13) * spread) * width
        canvas[row, joints[(joints >= 0) & (joints < width)].astype(int)] *= 0.82


def _window(canvas: Canvas, box: Box) -> None:
    _fill(canvas, box, (236, 234, 228), grain=3, seed=61, coarse=20)
    x, y, w, h = box
    for column in range(2):
        pane = (x + w * (0.06 + 0.47 * column), y + h * 0.06, w * 0.41, h * 0.88)
        _fill(canvas, pane, (74, 92, 112), grain=26, seed=62 + column, coarse=16)
