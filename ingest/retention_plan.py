"""What is to go from a volume, and why: one decision for all cameras, over all segments at once.

Footage goes in this order, each step taking only what the one before left:

1. `delete_after`: what has reached the age at which it goes, by class: continuous, with motion, protected.
2. `camera_budget`: a camera that takes more than its own budget gives up footage of its own.
3. `budget`: where the volume's trigger is reached, footage that has outlived its promise goes until the target is.
4. `emergency`: where the disk is about to fill in spite of that, the promise yields before recording does.

Within a step the oldest day goes first, and of one day the least interesting. Protected footage goes by its own
`delete_after` alone, and what is being written never.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.holdings import Holdings, Mask
from nvr.settings import WHOLE, Ages, Budget, RetentionSettings

Indices = npt.NDArray[np.intp]

DAY_MILLISECONDS = 86_400_000

EMERGENCY_TRIGGER, EMERGENCY_TARGET = 0.95, 0.90
"""Shares of the budget: beyond the first even promised footage goes, down to the second."""


@dataclass(frozen=True, slots=True)
class Room:
    """A volume's space: what footage may take of it, and how much must be freed at once, which is 0 but in need."""

    budget_bytes: int
    urgent_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Segments that go under one policy, in the order in which they go. `indices` point into the holdings."""

    policy: str
    indices: Indices
    size_bytes: int


class _Choice:
    """What is still there while the steps take from it."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings, self.steps = holdings, list[Step]()
        self.left = np.ones(len(holdings), dtype=bool)
        day = holdings.end_milliseconds // DAY_MILLISECONDS
        self._order = np.lexsort((holdings.end_milliseconds, holdings.importance, day))

    @property
    def freed_bytes(self) -> int:
        return sum(step.size_bytes for step in self.steps)

    def take(self, policy: str, candidates: Mask, needed_bytes: float = np.inf) -> None:
        """Let the first of the candidates go that together hold what is needed."""
        if needed_bytes <= 0:
            return
        chosen = self._order[(candidates & self.left)[self._order]]
        sizes = np.cumsum(self.holdings.size_bytes[chosen])
        chosen = chosen[: int(np.searchsorted(sizes, needed_bytes)) + 1]
        if len(chosen):
            self.left[chosen] = False
            self.steps.append(Step(policy, chosen, int(self.holdings.size_bytes[chosen].sum())))


def plan(
    holdings: Holdings,
    volume: RetentionSettings,
    cameras: Mapping[str, RetentionSettings],
    room: Room,
    *,
    now_milliseconds: int,
) -> list[Step]:
    """The steps by which a volume is brought within its limits, none where it is.

    `cameras` has the limits of those with limits of their own; their budgets are resolved against the volume's.
    """
    choice = _Choice(holdings)
    ages = now_milliseconds - holdings.end_milliseconds
    each = [cameras.get(name, volume) for name in holdings.cameras]
    choice.take("delete_after", ages > _by_class(holdings, [limits.delete_after for limits in each]))
    outlived = deletable(holdings, volume, cameras, now_milliseconds=now_milliseconds)
    _keep_camera_budgets(choice, cameras, outlived, room)
    used = int(holdings.size_bytes.sum())
    choice.take("budget", outlived, max(_excess(used - choice.freed_bytes, room, volume), _urgent(choice, room)))
    choice.take(
        "emergency", ~holdings.protected, max(_shortage(used - choice.freed_bytes, room), _urgent(choice, room))
    )
    return choice.steps


def deletable(
    holdings: Holdings, volume: RetentionSettings, cameras: Mapping[str, RetentionSettings], *, now_milliseconds: int
) -> Mask:
    """Which segments may go without breaking a promise `(n,)`."""
    keep = [cameras.get(name, volume).keep_at_least for name in holdings.cameras]
    return ~holdings.protected & (now_milliseconds - holdings.end_milliseconds > _by_class(holdings, keep))


def promised_seconds(
    holdings: Holdings, volume: RetentionSettings, cameras: Mapping[str, RetentionSettings]
) -> npt.NDArray[np.float64]:
    """The age that each segment is promised to reach `(n,)`, infinite for what is protected."""
    return _by_class(holdings, [cameras.get(name, volume).keep_at_least for name in holdings.cameras]) / 1000.0


def _by_class(holdings: Holdings, ages: list[Ages]) -> npt.NDArray[np.float64]:
    """The limit of each segment in milliseconds `(n,)`, infinite where there is none."""
    table = np.array([(age.continuous, age.motion, age.protected) for age in ages]).reshape(-1, 3)
    kind = np.where(holdings.protected, 2, holdings.motion.astype(np.intp))
    limits: npt.NDArray[np.float64] = table[holdings.camera, kind] * 1000.0
    return limits


def _keep_camera_budgets(choice: _Choice, cameras: Mapping[str, RetentionSettings], outlived: Mask, room: Room) -> None:
    for index, name in enumerate(choice.holdings.cameras):
        limits = cameras.get(name)
        if limits and limits.budget != WHOLE:
            own = choice.left & (choice.holdings.camera == index)
            used = int(choice.holdings.size_bytes[own].sum())
            budget = Room(resolved(limits.budget, room.budget_bytes))
            choice.take("camera_budget", own & outlived, _excess(used, budget, limits))


def resolved(budget: Budget, volume_bytes: int) -> int:
    """A camera's budget in bytes: a share is one of the volume's budget."""
    return min(volume_bytes, budget.resolve(volume_bytes))


def _excess(used_bytes: int, room: Room, limits: RetentionSettings) -> float:
    """What must go where the trigger is reached."""
    if used_bytes < limits.trigger * room.budget_bytes:
        return 0.0
    return used_bytes - limits.target * room.budget_bytes


def _shortage(used_bytes: int, room: Room) -> float:
    """What must go whatever was promised."""
    if used_bytes <= EMERGENCY_TRIGGER * room.budget_bytes:
        return 0.0
    return used_bytes - EMERGENCY_TARGET * room.budget_bytes


def _urgent(choice: _Choice, room: Room) -> float:
    return room.urgent_bytes - choice.freed_bytes
