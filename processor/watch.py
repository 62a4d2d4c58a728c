"""The watch: which cells differ from the background at a given acuity, and which of those are objects that move.

A cell that differs is a suspect. It is confirmed as motion when it changes now (what was left behind does not), has
edges (light has none), is solid, was there before (sparks were not), and hides the scene's texture (shadows do not).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS
from processor.acuity import SIXTEENTHS, Acuity
from processor.background import Background
from processor.cells import Bools, cells_with, count_per_cell, neighbourhood, to_pixels
from processor.components import Components, Memory, persistent
from processor.texture import Texture

RELIT = 0.55


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves in one picture: its components, the pixels `(90, 160)` that differ from the background, their number
    in each cell `(18, 32)`, and for how many earlier frames in a row it was seen before it was confirmed."""

    components: Components
    pixels: Bools
    counts: npt.NDArray[np.uint8]
    seen_before: int


class Watch:
    """N cameras watched at one acuity each; `acuity` and all arrays have a leading camera axis."""

    def __init__(self, acuity: Acuity) -> None:
        lanes = len(acuity.contrast)
        self._acuity = acuity
        self._is_neutral = bool((acuity.contrast == SIXTEENTHS).all())
        self._threshold = np.zeros((lanes, FRAME_HEIGHT, FRAME_WIDTH), np.int16)
        self._moving = np.zeros((lanes, FRAME_HEIGHT, FRAME_WIDTH), bool)
        self._counts = count_per_cell(self._moving)
        self._memory = Memory(lanes)
        self.suspects = np.zeros((lanes, GRID_ROWS, GRID_COLUMNS), bool)

    def look(self, scene: Background) -> None:
        """Take in how the next pictures differ from the scene; `suspects` `(N, 18, 32)` are the cells that do."""
        self._memory.step()
        scene.beyond_spread(out=self._threshold)
        self._threshold += self._base(scene)
        np.greater(scene.distance, self._threshold, out=self._moving)
        self._counts = count_per_cell(self._moving)
        np.greater_equal(self._counts, self._acuity.cell_pixels, out=self.suspects)

    def _base(self, scene: Background) -> npt.NDArray[np.int16]:
        base = scene.base.astype(np.int16)[:, np.newaxis, np.newaxis]
        return base if self._is_neutral else (self._acuity.contrast * base) >> 4

    def moving(self, lane: int) -> Bools:
        """The pixels `(90, 160)` that differ."""
        moving: Bools = self._moving[lane]
        return moving

    def moving_pixels(self, lane: int) -> int:
        return int(self._counts[lane].sum(dtype=np.int64))

    def judge(self, lane: int, scene: Background, interior: Bools) -> Motion | None:
        """What of a camera's suspects moves. Edges and texture count in the `interior` `(90, 160)` only, off masks."""
        suspects = self.suspects[lane] & neighbourhood(self._changing(lane, scene))
        components = Components.of(suspects)
        recalled = self._memory.recall(lane, components)
        self._memory.note(lane, suspects)
        confirmed = persistent(components.sizes, recalled, self._memory.most_cells(lane))
        confirmed &= components.touched_by(self._counts[lane] >= self._acuity.core_pixels[lane])
        if not confirmed.any():
            return None
        texture, clear = Texture(scene.light[lane], scene.difference[lane]), self._moving[lane] & interior
        confirmed &= components.touched_by(self._edged(lane, scene, texture, clear))
        confirmed &= ~texture.survives(to_pixels(components.labels) * clear, components.count, RELIT)
        return self._motion(lane, components.kept(confirmed), recalled[:, confirmed])

    def _changing(self, lane: int, scene: Background) -> Bools:
        """Cells in which pixels differ from two frames ago."""
        change = np.abs(scene.difference[lane] - scene.earlier[lane])
        return cells_with(change > (self._threshold[lane] >> 1), 2)

    def _edged(self, lane: int, scene: Background, texture: Texture, clear: Bools) -> Bools:
        """Cells in which what differs has edges."""
        edges = texture.edges()
        sharp = (edges > (scene.distance[lane] >> 1)) & (edges > self._threshold[lane])
        return cells_with(sharp & clear, 2)

    def _motion(self, lane: int, components: Components, recalled: Bools) -> Motion | None:
        if components.count == 0:
            return None
        seen_before = int(np.cumprod(recalled, axis=0).sum(axis=0).max())
        pixels = self._moving[lane] & to_pixels(components.cells)
        return Motion(components, pixels, self._counts[lane], seen_before)
