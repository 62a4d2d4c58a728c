"""A lane: one camera's way through the detector, with all that is remembered of it beside the background."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture, SceneChange
from nvr.settings import CameraSettings
from processor.acuity import Demand, Rung, Sizes, View, rungs, sensitivity_map
from processor.background import Background
from processor.beginning import Beginning
from processor.belief import Belief
from processor.cells import Bools, Counts, count_per_cell
from processor.cellset import ALL, CellSet, packed, union
from processor.exposure import exposed_alike
from processor.extent import covering
from processor.memory import FRAMES
from processor.tampering import UNHARMED, Tampering
from processor.upheaval import Upheavals
from processor.watch import Component, Sight, Watch

RESTART_AFTER = timedelta(seconds=30)
"""A pause after which a scene is learnt anew."""

RISING, FALLING, MOST_FLASHES = 1 / 16, 1 / 64, 24
"""How fast the usual number of sparks follows what is seen."""

FIRST_SPARKS = 1.4
"""What a scene begins with: until it is known whether it rains, nothing is believed at first sight."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one picture: the cells that move, the pixels that differ, for how many frames in a row they did
    before it was sure."""

    cells: CellSet = 0
    differing: Bools | None = None
    seen_before: int = 0
    change: SceneChange | None = None


class Lane:
    """Camera number `number` of a detector."""

    def __init__(self, number: int, settings: CameraSettings) -> None:
        self._number, self._view = number, View.of(settings)
        self._interior = self._view.interior.ravel()
        ladder = rungs(sensitivity_map(settings))
        watches = [Watch(rung.cell_pixels, rung.core_pixels, rung.least_strength) for rung, _ in ladder]
        self._neutral, self._demand = watches[0], ladder[0][1]
        self._keener = [(rung, demand, watch) for (rung, demand), watch in zip(ladder[1:], watches[1:], strict=True)]
        self._sizes = Sizes.of(settings)
        self._beginning, self._belief = Beginning(), Belief()
        self._upheavals, self._tampering = Upheavals(self._interior), Tampering(self._view.partial)
        self._sparks = FIRST_SPARKS
        self._pictures: deque[Picture] = deque(maxlen=3)
        self.times: deque[datetime] = deque(maxlen=FRAMES + 1)

    @property
    def held(self) -> CellSet:
        """The cells that the background is not to learn from the last picture."""
        return self._belief.held if self._beginning.is_over else ALL

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
        if not self._keener and counts.max() < self._neutral.cell_pixels:
            return self._rest(scene, change)
        return self._look(scene, self._sight(scene, differing, counts), change)

    def _note(self, time: datetime, picture: Picture) -> None:
        """After a long pause the scene is learnt anew: the sun has moved, and so may have things."""
        if self.times and abs(time - self.times[-1]) > RESTART_AFTER:
            for part in (self._beginning, self._tampering, self._belief):
                part.restart()
            self.times.clear()  # no onset lies before it
        self.times.append(time)
        self._pictures.append(picture.ravel())

    def _learn_scene(self, scene: Background, picture: Picture, differing: Bools) -> Counts:
        """Begin with the median of the pictures so far, and see those before the present one anew before it; returns
        the present counts."""
        scene.found(self._number, self._beginning.pictures)
        low, room = scene.low[self._number], scene.room[self._number]
        earlier = [one for one in self._beginning.pictures if one is not picture]
        counts = count_per_cell((np.stack([*earlier, picture]) - low) > room)
        seen = [packed(cells >= self._neutral.cell_pixels) for cells in counts[:-1]]
        self._neutral.recall(seen)
        self._belief.recall(seen)
        np.greater(picture - low, room, out=differing)
        present: Counts = counts[-1]
        return present

    def _sight(self, scene: Background, differing: Bools, counts: Counts) -> Sight:
        lane = self._number
        flat = differing.ravel()
        return Sight(
            picture=self._pictures[-1],
            earlier=self._pictures[0],
            light=scene.light[lane].ravel(),
            low=scene.low[lane].ravel(),
            room=scene.room[lane].ravel(),
            spread=scene.spread[lane].ravel(),
            differing=flat,
            clear=flat if self._view.is_whole else flat & self._interior,
            counts=counts.ravel(),
        )

    def _turned(self, time: datetime, scene: Background) -> SceneChange | None:
        """Told once the picture shows anything: what is seen after a cover is lifted is compared with what was before
        it was put on."""
        if self._tampering.is_blind:
            return None
        low, room = scene.low[self._number].ravel(), scene.room[self._number].ravel()
        change = self._upheavals.compare(self._pictures[-1], low, room)
        if change is SceneChange.TURNED:
            self._tampering.turned(time)
            scene.adopt(self._number, self._pictures[-1].reshape(FRAME_HEIGHT, FRAME_WIDTH))
        return change

    def _rest(self, scene: Background, change: SceneChange | None) -> Verdict:
        self._neutral.rest()
        self._upheavals.rest()
        self._adapt(scene, self._neutral.flashes())
        self._belief.judge(0, [], self._sparks, self._neutral.turned)
        return Verdict(change=change)

    def _look(self, scene: Background, sight: Sight, change: SceneChange | None) -> Verdict:
        shown, sight = sight.picture, self._exposed_alike(sight)
        suspects = self._neutral.suspect(sight)
        adopted, upheaval = self._upheavals.follow(sight, suspects, int(np.count_nonzero(sight.differing)))
        if adopted:
            scene.adopt(self._number, shown.reshape(FRAME_HEIGHT, FRAME_WIDTH))
        if not self._upheavals.settled:
            self._neutral.rest()
            self._belief.rest(self._neutral.turned)
            return Verdict(change=upheaval or change)
        found = self._neutral.judge(sight, self._sparks)
        found = self._belief.judge(suspects, found, self._sparks, self._neutral.turned)
        self._adapt(scene, self._neutral.flashes())
        return self._verdict(scene, sight, covering(found, sight, self._neutral.full), change)

    def _exposed_alike(self, sight: Sight) -> Sight:
        """As the camera would see it if it had not adapted its exposure to what passes."""
        picture = exposed_alike(sight.picture, sight.light)
        if picture is sight.picture:
            return sight
        self._pictures[-1] = picture
        return self._against(replace(sight, picture=picture), sight.low, sight.room)

    def _adapt(self, scene: Background, flashes: int) -> None:
        """Suspects that come from nowhere and are not confirmed are rain, snow or noise, once the scene is known."""
        if not self._beginning.is_settled:
            return
        flashes = min(flashes, MOST_FLASHES)
        scene.adapt(self._number, flashes)
        self._sparks += (flashes - self._sparks) * (RISING if flashes > self._sparks else FALLING)

    def _verdict(self, scene: Background, sight: Sight, found: list[Component], change: SceneChange | None) -> Verdict:
        chosen = self._counted(found, sight.counts, self._demand)
        for rung, demand, watch in self._keener:
            sight, more = self._keen_look(scene, sight, rung, watch)
            chosen += self._counted(more, sight.counts, demand)
        if not chosen:
            return Verdict(change=change)
        return Verdict(
            cells=union(cells for cells, _ in chosen),
            differing=sight.differing.reshape(FRAME_HEIGHT, FRAME_WIDTH),
            seen_before=max(seen for _, seen in chosen),
            change=change,
        )

    def _keen_look(self, scene: Background, sight: Sight, rung: Rung, watch: Watch) -> tuple[Sight, list[Component]]:
        low, room = (bounds.ravel() for bounds in scene.bounds(self._number, rung.contrast))
        keen = self._against(sight, low, room)
        watch.suspect(keen)
        return keen, watch.judge(keen, self._sparks)

    def _against(self, sight: Sight, low: Picture, room: Picture) -> Sight:
        """The same picture against other bounds of what is background, `(14400,)` each."""
        differing = (sight.picture - low) > room
        counts = count_per_cell(differing.reshape(1, FRAME_HEIGHT, FRAME_WIDTH)).ravel()
        clear = differing if self._view.is_whole else differing & self._interior
        return replace(sight, low=low, room=room, differing=differing, clear=clear, counts=counts)

    def _counted(self, found: Iterable[Component], counts: Counts, demand: Demand) -> list[tuple[CellSet, int]]:
        """What of each component is strong enough where it is, and of a wanted size, with how long it was seen."""
        return [
            (cells, one.seen_before)
            for one in found
            if self._sizes.allow(one.cells, counts) and (cells := one.cells & demand.met_by(one.strength))
        ]
