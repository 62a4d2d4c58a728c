"""A lane: one camera's way through the detector, with all that is remembered of it beside the background."""

from collections import deque
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture, SceneChange
from nvr.settings import CameraSettings
from processor.acuity import View
from processor.background import Background
from processor.beginning import Beginning
from processor.belief import Belief
from processor.cells import Bools, Counts, count_per_cell
from processor.cellset import ALL, CellSet, packed, union
from processor.exposure import exposed_alike
from processor.extent import covering
from processor.ladder import Ladder, Report
from processor.memory import FRAMES
from processor.sight import Sight, seen
from processor.standing import Standing
from processor.tampering import UNHARMED, Tampering
from processor.upheaval import Upheavals

RESTART_AFTER = timedelta(seconds=30)
"""A pause after which a scene is learnt anew."""

RISING, FALLING, MOST_FLASHES = 1 / 16, 1 / 64, 24
"""How fast the usual number of sparks follows what is seen."""

FIRST_SPARKS = 1.4
"""What a scene begins with: until it is known whether it rains, nothing is believed at first sight."""


class Verdict(NamedTuple):
    """What is said of one picture: what moves in it, where what moved stands still, and what became of the scene."""

    report: Report | None = None
    standing: CellSet = 0
    change: SceneChange | None = None


class Lane:
    """Camera number `number` of a detector."""

    def __init__(self, number: int, settings: CameraSettings) -> None:
        self._number, self._settings, view = number, settings, View.of(settings)
        self._visible, self._tampering = view.interior.ravel(), Tampering(view.partial)
        self._interior = None if view.is_whole else self._visible
        self._begin()

    def _begin(self) -> None:
        """Of a scene that is not known."""
        self._ladder = Ladder(self._settings)
        self._neutral = self._ladder.neutral
        self._beginning, self._belief, self._upheavals = Beginning(), Belief(), Upheavals(self._visible)
        self._standing = Standing(timedelta(seconds=self._settings.motion.stands_for_seconds))
        self._sparks = FIRST_SPARKS
        self._pictures: deque[Picture] = deque(maxlen=3)
        self.times: deque[datetime] = deque(maxlen=FRAMES + 1)

    @property
    def held(self) -> CellSet:
        """The cells that the background is not to learn from the last picture."""
        return self._belief.held | self._standing.cells if self._beginning.is_over else ALL

    @property
    def tampering(self) -> frozenset[SceneChange]:
        """What the camera suffers now."""
        return self._tampering.present(self.times[-1]) if self.times else UNHARMED

    def judge(self, time: datetime, picture: Picture, scene: Background, differing: Bools, counts: Counts) -> Verdict:
        """Of the next picture `(90, 160)`, in which `differing` pixels `(90, 160)` make `counts` by cell `(18, 32)`."""
        self._note(time, picture)
        change = self._tampering.follow(picture, time)
        if self._beginning.add(picture):
            counts = self._learn_scene(scene, picture, differing)
        if not self._beginning.is_over:
            return Verdict(change=change)
        change = self._turned(time, scene) or change
        if not self._ladder.is_keen and counts.max() < self._neutral.cell_pixels:
            return self._rest(scene, change)
        return self._look(scene, picture, self._sight(scene, differing, counts), change)

    def _note(self, time: datetime, picture: Picture) -> None:
        """After a long pause the scene is learnt anew: the sun has moved, and so may have things."""
        if self.times and abs(time - self.times[-1]) > RESTART_AFTER:
            self._tampering.restart()
            self._begin()
        elif self.times and time < self.times[-1]:
            self.times.clear()  # the clock was set back: no onset lies before
        self.times.append(time)
        self._pictures.append(picture.ravel())

    def _learn_scene(self, scene: Background, picture: Picture, differing: Bools) -> Counts:
        """Begin with the median of the pictures so far, and see those before the present one anew before it; returns
        the present counts."""
        scene.found(self._number, self._beginning.pictures)
        low, room = scene.low[self._number], scene.room[self._number]
        earlier = [one for one in self._beginning.pictures if one is not picture]
        counts = count_per_cell((np.stack([*earlier, picture]) - low) > room)
        suspects = [packed(cells >= self._neutral.cell_pixels) for cells in counts[:-1]]
        self._neutral.recall(suspects)
        self._belief.recall(suspects)
        np.greater(picture - low, room, out=differing)
        present: Counts = counts[-1]
        return present

    def _sight(self, scene: Background, differing: Bools, counts: Counts) -> Sight:
        """As the camera would see it if it had not adapted its exposure to what passes."""
        lane, shown = self._number, self._pictures[-1]
        light, low, room = scene.light[lane].ravel(), scene.low[lane].ravel(), scene.room[lane].ravel()
        picture, brightening = exposed_alike(shown, light)
        if picture is shown:
            differing, counts = differing.ravel(), counts.ravel()
        else:
            self._pictures[-1] = picture
            differing, counts = seen(picture, low, room)
        return Sight(
            picture=picture,
            earlier=self._pictures[0],
            light=light,
            brightening=brightening,
            spread=scene.spread[lane].ravel(),
            room=room,
            margins=scene.margins[lane],
            differing=differing,
            counts=counts,
            interior=self._interior,
        )

    def _turned(self, time: datetime, scene: Background) -> SceneChange | None:
        """Told once the picture shows anything: what is seen after a cover is lifted is compared with what was before
        it was put on."""
        if self._tampering.is_blind:
            return None
        room = scene.room[self._number].ravel()
        change = self._upheavals.compare(self._pictures[-1], self._pictures[0], room)
        if change is SceneChange.TURNED:
            self._tampering.turned(time)
            scene.adopt(self._number, self._pictures[-1].reshape(FRAME_HEIGHT, FRAME_WIDTH))
        return change

    def _rest(self, scene: Background, change: SceneChange | None) -> Verdict:
        self._neutral.rest()
        self._upheavals.rest()
        self._adapt(scene, self._neutral.flashes())
        self._belief.judge(0, [], self._sparks, self._neutral.turned)
        self._standing.follow(self.times[-1], 0, 0)
        return Verdict(change=change)

    def _look(self, scene: Background, picture: Picture, sight: Sight, change: SceneChange | None) -> Verdict:
        suspects = self._neutral.suspect(sight)
        adopted, upheaval = self._upheavals.follow(sight, suspects)
        if adopted:
            scene.adopt(self._number, picture)
        if not self._upheavals.settled:
            self._ladder.rest()
            self._belief.rest(self._neutral.turned)
            return Verdict(change=change or upheaval)
        found = self._neutral.judge(sight, self._sparks)
        found = self._belief.judge(suspects, found, self._sparks, self._neutral.turned)
        self._adapt(scene, self._neutral.flashes())
        if found:
            assert self._neutral.evidence is not None  # of this picture
            found = covering(found, self._neutral.evidence, self._neutral.full, sight.counts)
        self._standing.follow(self.times[-1], self._neutral.full, union(one.cells for one in found))
        bounds = partial(scene.bounds, self._number)
        report = self._ladder.report(found, sight, bounds, self._belief, self._sparks)
        return Verdict(report, self._standing.cells, change)

    def _adapt(self, scene: Background, flashes: int) -> None:
        """Suspects that come from nowhere and are not confirmed are rain, snow or noise, once the scene is known."""
        if not self._beginning.is_settled:
            return
        flashes = min(flashes, MOST_FLASHES)
        scene.adapt(self._number, flashes)
        self._sparks += (flashes - self._sparks) * (RISING if flashes > self._sparks else FALLING)
