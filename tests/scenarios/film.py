"""Films: scenarios as a camera takes them, picture by picture, with the exact truth of what moves in each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS, Box, Picture
from tests.scenarios.actors import Actor, Drawn
from tests.scenarios.ground import HEIGHT, WIDTH, Gray

FPS = 5.0
COVERED = 0.2
"""The share of a cell's pixels from which on it counts as moving."""

Light = Callable[[float], float | Gray]
"""The light on the scene at a time in seconds: a factor, or one for each pixel."""

Veil = Callable[[Gray, float, np.random.Generator], Gray]
"""What lies between scene and sensor at a time: weather, shake, a hand. It may change the picture in place."""

Cells = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, drawn `(180, 320) uint8`, with its truth: `cells` `(18, 32)` move, those of `ignored` may."""

    seconds: float
    large: Picture
    cells: Cells
    ignored: Cells
    box: Box | None

    @property
    def picture(self) -> Picture:
        """As it is analysed, `(90, 160)`."""
        return halved(self.large)


@dataclass(frozen=True, slots=True)
class Film:
    """What is to be filmed. `noise` is the sensor's in gray levels at 160 x 90 in good light, more in the dark;
    `dropped` holds spans of seconds whose pictures never came, `frozen` one in which the picture stood."""

    ground: Gray
    seconds: float
    actors: tuple[Actor, ...] = ()
    light: Light = lambda _: 1.0
    veils: tuple[Veil, ...] = ()
    noise: float = 1.2
    seed: int = 7
    fps: float = FPS
    dropped: tuple[tuple[float, float], ...] = ()
    frozen: tuple[float, float] | None = None
    swap: tuple[float, Gray] | None = field(default=None)
    """From a time on, another ground: what the camera sees once it is turned, or an object is gone."""

    def shots(self) -> Iterator[Shot]:
        random = np.random.default_rng(self.seed)
        noise = Noise(random)
        last: Shot | None = None
        for number in range(round(self.seconds * self.fps)):
            time = number / self.fps
            if any(begin <= time < end for begin, end in self.dropped):
                continue
            if last and self.frozen and self.frozen[0] <= time < self.frozen[1]:
                yield Shot(time, last.large, *_nothing(), None)
                continue
            last = self._shot(time, random, noise)
            yield last

    def _shot(self, time: float, random: np.random.Generator, noise: "Noise") -> Shot:
        picture = (self.swap[1] if self.swap and time >= self.swap[0] else self.ground).copy()
        drawn = [figure for actor in self.actors if (figure := actor.draw(picture, time))]
        light = self.light(time)
        picture *= light
        for veil in self.veils:
            picture = veil(picture, time, random)
        picture += noise.next() * (2 * self.noise / np.sqrt(np.float32(np.mean(light)) + 0.05))
        large = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        return Shot(time, large, *_truth(drawn))


class Noise:
    """A sensor's noise: windows into one long random row, hence fast; a standard normal deviate a pixel."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = np.random.default_rng(int(random.integers(1 << 30)))
        self._row = self._random.standard_normal(1 << 21, dtype=np.float32)

    def next(self) -> Gray:
        start = int(self._random.integers(len(self._row) - HEIGHT * WIDTH))
        return self._row[start : start + HEIGHT * WIDTH].reshape(HEIGHT, WIDTH)


def halved(picture: Picture) -> Picture:
    """Each pixel the mean of four, rounded, as ffmpeg's area scaling has it."""
    sums = picture[0::2].astype(np.uint16) + picture[1::2]
    return ((sums[:, 0::2] + sums[:, 1::2] + 2) >> 2).astype(np.uint8)


def _nothing() -> tuple[Cells, Cells]:
    return np.zeros((GRID_ROWS, GRID_COLUMNS), bool), np.zeros((GRID_ROWS, GRID_COLUMNS), bool)


def _truth(drawn: list[Drawn]) -> tuple[Cells, Cells, Box | None]:
    moving, still = _cover(drawn, moves=True), _cover(drawn, moves=False)
    if moving is None and still is None:
        return *_nothing(), None
    cells, ignored = _cells(moving), _cells(still)
    return cells, ignored & ~cells, None if moving is None else _box(moving)


def _cover(drawn: list[Drawn], *, moves: bool) -> Gray | None:
    figures = [figure for figure in drawn if figure.moves is moves]
    if not figures:
        return None
    cover = np.zeros((HEIGHT, WIDTH), np.float32)
    for figure in figures:
        np.maximum(cover[figure.window], figure.alpha, out=cover[figure.window])
    return cover


def _cells(cover: Gray | None) -> Cells:
    if cover is None:
        return _nothing()[0]
    side = HEIGHT // GRID_ROWS
    share = cover.reshape(GRID_ROWS, side, GRID_COLUMNS, side).mean(axis=(1, 3))
    return np.asarray(share >= COVERED)


def _box(cover: Gray) -> Box | None:
    rows, columns = np.nonzero(cover >= 0.5)
    if not len(rows):
        return None
    left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
    return left / WIDTH, top / HEIGHT, (right - left) / WIDTH, (bottom - top) / HEIGHT


assert (HEIGHT, WIDTH) == (2 * FRAME_HEIGHT, 2 * FRAME_WIDTH)
