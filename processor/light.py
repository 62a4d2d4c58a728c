"""Light: changes of the whole picture by lamps, infrared switches and exposure, a scene change and no motion."""

from collections.abc import Sequence

import numpy as np

from nvr.model import SceneChange
from processor.acuity import View
from processor.background import Background
from processor.cells import Bools
from processor.texture import Texture
from processor.watch import Watch

WHOLE_PICTURE = 0.35
"""The share of differing pixels from which on a change may be one of light."""

ALIKE = 0.4
LONGEST_FRAMES = 50
"""After so many frames whatever fills the picture is its new background."""

ONE_WAY = 0.9
"""The share of pixels that grow brighter together, or darker, only by light: a plain wall has no texture to tell it."""

SETTLING_FRAMES = 3


class LightWatch:
    """Recognises changes of light in N cameras and has the background adopt them."""

    def __init__(self, lanes: int) -> None:
        self._filled, self._settling = np.zeros(lanes, np.int64), np.zeros(lanes, np.int64)

    @property
    def settled(self) -> Bools:
        """Cameras whose light did not change in the last frames `(N,)`."""
        settled: Bools = self._settling == 0
        return settled

    def follow(self, scene: Background, watch: Watch, views: Sequence[View]) -> list[SceneChange | None]:
        """Judge the present pictures. A ramp of changes in a row, as exposure makes, is reported once."""
        np.maximum(self._settling - 1, 0, out=self._settling)
        return [self._follow(lane, scene, watch, view) for lane, view in enumerate(views)]

    def _follow(self, lane: int, scene: Background, watch: Watch, view: View) -> SceneChange | None:
        if watch.moving_pixels(lane) <= WHOLE_PICTURE * view.size:
            self._filled[lane] = 0
            return None
        self._filled[lane] += 1
        if self._filled[lane] <= LONGEST_FRAMES and not _relit(
            lane, scene, watch.moving(lane) & view.interior, view.size
        ):
            return None
        first = self._settling[lane] == 0
        scene.adopt(lane)
        self._settling[lane], self._filled[lane] = SETTLING_FRAMES, 0
        return SceneChange.LIGHT if first else None


def _relit(lane: int, scene: Background, differing: Bools, size: int) -> bool:
    """Whether the differing pixels `(90, 160)` all went one way, or still show the texture they had."""
    brighter = np.count_nonzero(differing & (scene.difference[lane] > 0))
    if max(brighter, np.count_nonzero(differing) - brighter) > ONE_WAY * size:
        return True
    texture = Texture(scene.light[lane], scene.difference[lane])
    return bool(texture.survives(differing.astype(np.int32), 1, ALIKE)[0])
