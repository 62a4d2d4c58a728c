"""The troubles of one camera, on a schedule: it hangs, and it loses its power."""

from enum import StrEnum
from pathlib import Path

from ingest.demo.camera import DemoCamera


class Condition(StrEnum):
    RUNNING = "running"
    FROZEN = "frozen"
    UNPLUGGED = "unplugged"


PERIOD_SECONDS = 90.0
FROZEN_SECONDS = (20.0, 35.0)
UNPLUGGED_SECONDS = (60.0, 70.0)


def condition_at(seconds: float) -> Condition:
    """How the camera is `seconds` after the beginning."""
    phase = seconds % PERIOD_SECONDS
    if FROZEN_SECONDS[0] <= phase < FROZEN_SECONDS[1]:
        return Condition.FROZEN
    if UNPLUGGED_SECONDS[0] <= phase < UNPLUGGED_SECONDS[1]:
        return Condition.UNPLUGGED
    return Condition.RUNNING


class FlakyCamera:
    """A running camera that follows the schedule."""

    def __init__(self, camera: DemoCamera, clip: Path) -> None:
        self._camera, self._clip = camera, clip
        self.condition = Condition.RUNNING

    def follow(self, seconds: float) -> None:
        before, self.condition = self.condition, condition_at(seconds)
        if before is self.condition:
            return
        if self.condition is Condition.FROZEN:
            self._camera.freeze()
        elif self.condition is Condition.UNPLUGGED:
            self._camera.kill()
        elif before is Condition.FROZEN:
            self._camera.thaw()
        else:
            self._camera.start(self._clip)
