"""Tampering: a camera that stands still, is covered or out of focus, told from the look of its whole picture."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from nvr.model import Picture, SceneChange
from processor.cells import Bools, Reals

FROZEN_AFTER = timedelta(seconds=20)
"""Pictures equal in every pixel for so long: a still scene with a low bit rate has new noise with each key frame."""

LOOK_EVERY, CONFIRMING = 5, 4
"""Frames from one look to the next, and how many looks in a row must agree."""

BLURRED, BARE = 0.45, 0.35
"""Shares of the usual fineness, and of the usual contrast, below which a picture is out of focus, or covered."""

FOLLOW = 1 / 120
"""By how much what is usual follows each look."""

TURNED_FOR = timedelta(minutes=15)
"""How long a camera counts as turned: where it looks now is then where it looks."""


UNHARMED: frozenset[SceneChange] = frozenset()


@dataclass(frozen=True, slots=True)
class Look:
    """Of one picture against its brightness: the mean step between neighbours, and the spread of all its grays."""

    fineness: float
    contrast: float

    @classmethod
    def of(cls, picture: Picture, visible: Bools | None = None) -> "Look":
        """From a third of the rows of `(90, 160)`, of the `visible` pixels of like shape where there are masks: a mask
        has an edge, and shows it whatever becomes of the camera."""
        if visible is not None:
            return cls._through(picture[1::3].astype(np.float32), visible[1::3])
        lines = picture[1::3].astype(np.float32)
        steps = np.abs(lines[:, 2:] - lines[:, :-2])
        mean = float(np.add.reduce(lines, axis=None)) / lines.size
        lines -= np.float32(mean)
        spread = math.sqrt(float(np.vdot(lines, lines)) / lines.size)
        return cls(float(np.add.reduce(steps, axis=None)) / steps.size / (mean + 24), spread / (mean + 24))

    @classmethod
    def _through(cls, lines: Reals, visible: Bools) -> "Look":
        shown = lines[visible]
        steps = np.abs(lines[:, 2:] - lines[:, :-2])[visible[:, 2:] & visible[:, :-2]]
        if not steps.size:
            return cls(0.0, 0.0)
        light = float(shown.mean()) + 24
        return cls(float(steps.mean()) / light, float(shown.std()) / light)

    def towards(self, other: "Look", share: float) -> "Look":
        return Look(
            self.fineness + share * (other.fineness - self.fineness),
            self.contrast + share * (other.contrast - self.contrast),
        )


class Tampering:
    """Watches one camera's pictures, of which the `visible` pixels `(90, 160)` are not masked, where any are. Each
    state is told once, when it begins; `present` has those that last."""

    def __init__(self, visible: Bools | None = None) -> None:
        self._visible = visible
        self._last: Picture | None = None
        self._same_since: datetime | None = None
        self._frozen_told = False
        self._usual: Look | None = None
        self._frame = self._odd = 0
        self._look: SceneChange | None = None
        self._turned: datetime | None = None

    @property
    def is_blind(self) -> bool:
        """Whether the last look at the picture found it bare or blurred, be it sure or not."""
        return self._odd > 0

    def restart(self) -> None:
        """After a pause the scene may be another, or in another light; but what was covered or out of focus is so until
        it looks as it did before."""
        self._last = self._same_since = self._turned = None
        self._frozen_told = False
        if self._look is None:
            self._usual, self._odd = None, 0

    def turned(self, time: datetime) -> None:
        """The camera shows another scene since then."""
        self._turned = time

    def present(self, time: datetime) -> frozenset[SceneChange]:
        """What the camera suffers now, as of its last picture."""
        is_turned = self._turned is not None and abs(time - self._turned) < TURNED_FOR
        if self._look is None and not self._frozen_told and not is_turned:
            return UNHARMED
        states = (
            self._look,
            SceneChange.FROZEN if self._frozen_told else None,
            SceneChange.TURNED if is_turned else None,
        )
        return frozenset(state for state in states if state)

    def follow(self, picture: Picture, time: datetime) -> SceneChange | None:
        """Take in the next picture `(90, 160)`."""
        frozen = self._frozen(picture, time)
        self._frame += 1
        if frozen or self._frame % LOOK_EVERY:
            return frozen
        return self._judged(Look.of(picture, self._visible))

    def _frozen(self, picture: Picture, time: datetime) -> SceneChange | None:
        last, self._last = self._last, picture
        # One row decides nearly always.
        if last is None or picture[45].tobytes() != last[45].tobytes() or not np.array_equal(picture, last):
            self._same_since, self._frozen_told = time, False
            return None
        if self._same_since is None or time < self._same_since:
            self._same_since = time  # the clock was set back
        if self._frozen_told or time - self._same_since < FROZEN_AFTER or self._is_bare(picture):
            return None
        self._frozen_told = True
        return SceneChange.FROZEN

    def _is_bare(self, picture: Picture) -> bool:
        """Whether nothing could be seen to change."""
        shown = picture if self._visible is None else picture[self._visible]
        return not shown.size or bool(shown.min() == shown.max())

    def _judged(self, look: Look) -> SceneChange | None:
        usual = self._usual = self._usual or look
        bare = look.contrast < BARE * usual.contrast
        if not bare and look.fineness >= BLURRED * usual.fineness:
            self._usual, self._odd, self._look = usual.towards(look, FOLLOW), 0, None
            return None
        self._odd += 1
        state = SceneChange.COVERED if bare else SceneChange.DEFOCUSED
        if self._odd < CONFIRMING or self._look in (state, SceneChange.COVERED):
            return None
        self._look = state
        return state
