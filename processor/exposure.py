"""Exposure: a camera adapts it to what passes, by which all of its picture changes a little, and nothing moves.

What follows from one picture to the next is told against the scene as it is exposed now, or else a dark van that comes
near lights up the road about it.
"""

import math

import numpy as np

from nvr.model import Picture
from processor.background import UNIT, Fixed

NOTABLE, MOST = 1.5 * (1 << UNIT), 12.0 * (1 << UNIT)
"""The change of light, in 64ths of a gray level, that matters, and the most that a camera makes for what passes: what
covers a lens takes more."""

OTHERS = 0.3
"""The share of a picture that may have changed otherwise, to either side, by what passes."""

STRONGEST = 1.25
"""The power of gray, or one over it, that no camera makes for what passes."""

WHITE = 250
"""The gray from which on a pixel may be brighter than it can show."""

_SAMPLES = slice(30, None, 61)
"""Pixels enough, of all rows and columns, to know the median of a picture."""

_UNIT, _ONE, _NONE = np.array(UNIT, np.int16), np.array(1, np.int16), np.int16(0)
_WHITE, _WHITEST = np.array(WHITE, np.uint8), np.array((WHITE << UNIT) - 1, np.uint16)
_SHARES = np.linspace(0, 1, 256)


def brightening(picture: Picture, light: Fixed) -> np.int16:
    """By how much the whole picture `(14400,)` is brighter than the scene, in 64ths of a gray level."""
    return _middle(_change(*_sampled(picture, light)))


def exposed_alike(picture: Picture, light: Fixed) -> tuple[Picture, np.int16]:
    """The picture `(14400,)` as it were with the exposure that the scene's `light` was learnt with, and by how much it
    is brighter than that even so; itself where it is nearly the same, or no exposure makes the one of the other.

    What passes has its part in the picture's median, and a camera brightens what is dark: it is corrected too little
    rather than too much.
    """
    now, before = _sampled(picture, light)
    change = _change(now, before)
    if not _is_exposure(change):
        return picture, _middle(change)
    power = _depth(np.median(before) / (1 << UNIT)) / _depth(np.median(now))
    if not 1 / STRONGEST < power < STRONGEST:
        return picture, _middle(change)
    corrected: Picture = np.rint(255 * _SHARES**power).astype(np.uint8).take(picture)
    return corrected, brightening(corrected, light)


def _middle(change: Fixed) -> np.int16:
    """The median of changes; none where it is more than a camera makes, and so what passes fills the picture."""
    middle: np.int16 = change[len(change) // 2]
    return middle if -MOST <= middle <= MOST else _NONE


def _depth(gray: float) -> float:
    """How far below white, in powers, a gray lies."""
    return math.log(min(max(gray, 1), 254) / 255)


def _is_exposure(change: Fixed) -> bool:
    """Whether most of the picture has changed notably, to one side and nearly alike, which another scene has not."""
    others = int(OTHERS * len(change))
    least, middle, most = (change.item(rank) for rank in (others, len(change) // 2, -1 - others))
    return (least >= NOTABLE or most <= -NOTABLE) and most - least <= abs(middle) <= MOST


def _sampled(picture: Picture, light: Fixed) -> tuple[Picture, Fixed]:
    """Some pixels of the picture and of the scene; where this is black, as under a mask, no exposure changes it, nor is
    it known by what is white."""
    now, before = picture[_SAMPLES], light[_SAMPLES]
    lit = (before - _ONE).view(np.uint16) < _WHITEST  # black wraps around to the top
    lit &= now < _WHITE
    some = np.count_nonzero(lit)
    return (now[lit], before[lit]) if 0 < some < len(lit) else (now, before)


def _change(now: Picture, before: Fixed) -> Fixed:
    """The change of light in 64ths of a gray level, sorted."""
    change: Fixed = (now.astype(np.int16) << _UNIT) - before
    change.sort()
    return change
