"""Upheavals: changes of the whole picture at once, by lamps, infrared switches, exposure or a hand, and no motion."""

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, GRID_COLUMNS, GRID_ROWS, Picture, SceneChange
from processor.background import UNIT, Fixed
from processor.cells import Bools
from processor.cellset import ALL, CellSet, unpacked
from processor.evidence import Evidence, Findings
from processor.sight import Sight

WHOLE_PICTURE = 0.35
"""The share of differing pixels from which on a change may be one of light."""

EVERYWHERE, EACH_QUARTER = 0.5, 0.25
"""The share of suspect cells in the picture, and in each of its quarters, that no object has."""

ALIKE = 0.4
ONE_WAY = 0.9
"""The share of pixels that grow brighter together, or darker, only by light: a plain wall has no texture to tell it."""

CALM_FRAMES, LONGEST_FRAMES = 5, 50
"""A picture that stands still for so many frames is the new scene; after so many whatever fills it is, too."""

SETTLING_FRAMES = 3

COMPARED_AFTER, KNOWN_AGAIN = 10, 0.25
"""Settled frames after which the scene is compared with that before, and the correlation of texture that the same scene
keeps in any light."""

LASTING = 0.5
"""The correlation with an earlier picture that no noise has."""

SMALL_VIEW = 0.1
"""The share of a picture, if masks leave no more, that one who passes may fill."""

BARE = 0.2
"""The share of the texture before without which a picture shows nothing, rather than another scene."""

UNCHANGED = 0.4
"""A change in thresholds up to which the scene is the one before, all over: noise changes 0.3, a camera turned 0.9."""


class Upheavals:
    """Recognises the upheavals of one camera, of which the `visible` pixels `(14400,)` may be looked at."""

    def __init__(self, visible: Bools) -> None:
        self._visible, self._size = visible, max(1, int(np.count_nonzero(visible)))
        self._is_small = self._size < SMALL_VIEW * visible.size
        self._settling = self._lasted = self._calm = 0
        self._before: Fixed | None = None
        self._since = 0

    @property
    def settled(self) -> bool:
        """Whether motion can be judged: nothing was in uproar in the last frames."""
        return self._settling == 0

    def follow(self, sight: Sight, suspects: CellSet) -> tuple[bool, SceneChange | None]:
        """Whether the present picture is to be the new background, and what that is to be called. A ramp of changes
        in a row, as exposure makes, is told once."""
        was_settled = self.settled
        self._settling = max(0, self._settling - 1)
        much = int(np.count_nonzero(sight.clear)) > WHOLE_PICTURE * self._size
        relit = much and _relit(sight, suspects, self._size)
        much = relit if self._is_small else much
        if not much and not _everywhere(suspects):
            self._lasted = self._calm = 0
            return False, None
        if self._before is None:
            self._before = sight.light.copy()
        self._since = 0
        if relit:
            self._settling, self._lasted = SETTLING_FRAMES, 0
            return True, SceneChange.LIGHT if was_settled else None
        return self._wait(sight)

    def compare(self, picture: Picture, earlier: Picture, room: Picture) -> SceneChange | None:
        """Once all has settled: whether the picture `(14400,)` shows another scene than before the first upheaval, and
        not only noise: the one two frames ago shows it too."""
        if self._before is None or not self.settled:
            return None
        self._since += 1
        if self._since < COMPARED_AFTER:
            return None
        whole = _shown(ALL, picture, self._before, room, self._visible)
        self._before = None
        is_another = whole.telling and whole.now > BARE * whole.before and whole.contrast > UNCHANGED
        if not is_another or whole.survival >= KNOWN_AGAIN:
            return None
        light: Fixed = earlier.astype(np.int16) << UNIT
        lasting = _shown(ALL, picture, light, room, self._visible)
        return SceneChange.TURNED if lasting.survival > LASTING else None

    def rest(self) -> None:
        """A frame without suspects."""
        self._settling = max(0, self._settling - 1)
        self._lasted = self._calm = 0

    def _wait(self, sight: Sight) -> tuple[bool, SceneChange | None]:
        """Another scene is in sight. It is adopted once it stands still."""
        self._settling = max(self._settling, 1)
        self._lasted += 1
        self._calm = self._calm + 1 if _stands_still(sight, self._visible) else 0
        if self._calm < CALM_FRAMES and self._lasted <= LONGEST_FRAMES:
            return False, None
        self._settling, self._lasted, self._calm = SETTLING_FRAMES, 0, 0
        return True, None


def _everywhere(suspects: CellSet) -> bool:
    """In more than half of the picture, and in all of its quarters."""
    if suspects.bit_count() < EVERYWHERE * GRID_ROWS * GRID_COLUMNS:
        return False
    halves = unpacked(suspects).reshape(2, GRID_ROWS // 2, 2, GRID_COLUMNS // 2)
    return bool(halves.mean(axis=(1, 3)).min() > EACH_QUARTER)


def _relit(sight: Sight, suspects: CellSet, size: int) -> bool:
    """Whether the differing pixels all went one way, or still show the texture they had."""
    clear = sight.clear
    brighter = np.count_nonzero(clear & (sight.picture > sight.light >> UNIT))
    darker = np.count_nonzero(clear) - brighter
    if max(brighter, darker) > ONE_WAY * size:
        return True
    return _shown(suspects, sight.picture, sight.light, sight.room, clear).survival > ALIKE


def _shown(cells: CellSet, picture: Picture, light: Fixed, room: Picture, differing: Bools) -> Findings:
    """What all these cells show; whether a pixel aside is not asked."""
    [whole] = Evidence(cells, picture, light, room, differing=differing, aside=_NOWHERE).of([cells])
    return whole


def _stands_still(sight: Sight, visible: Bools) -> bool:
    """Whether hardly any pixel changed since two frames ago."""
    change = np.maximum(sight.picture, sight.earlier) - np.minimum(sight.picture, sight.earlier)
    return bool(np.count_nonzero(change[visible] > 12) < 0.05 * np.count_nonzero(visible))


_NOWHERE: Bools = np.zeros(FRAME_HEIGHT * FRAME_WIDTH, bool)
