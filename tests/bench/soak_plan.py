"""What a soak is to do: how many cameras, for how long, showing what, and how much may grow."""

import contextlib
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ingest.demo.scenes import Scene, lights, slow_object, walker, yard
from tests.bench.verdict import Limits

SEGMENT = "10s"
"""Six times as many files as usual, so that what each leaves behind is seen sooner."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Cameras play `scenes` in turn. What happens in the first `warm_up_seconds` is not judged."""

    cameras: int
    seconds: float
    warm_up_seconds: float
    limits: Limits
    every_seconds: float = 5.0
    scenes: tuple[Scene, ...] = field(default_factory=lambda: (walker(), yard(), lights(), slow_object()))

    @classmethod
    def of_environment(cls) -> "Plan":
        """SOAK_CAMERAS and SOAK_MINUTES. A third of the time, at most five minutes, is for warming up."""
        cameras, minutes = _number("SOAK_CAMERAS", default=32, least=1), _number("SOAK_MINUTES", default=30, least=1)
        return cls(int(cameras), minutes * 60, min(300.0, minutes * 20), Limits())

    def warm_from(self, started: datetime) -> datetime:
        """When the warm-up is over."""
        return started + timedelta(seconds=self.warm_up_seconds)

    @property
    def command(self) -> str:
        return f"make soak SOAK_CAMERAS={self.cameras} SOAK_MINUTES={self.seconds / 60:g}"


def _number(name: str, *, default: float, least: float) -> float:
    """Ends the process, with the remedy, where the environment holds something else."""
    text = os.environ.get(name, str(default))
    with contextlib.suppress(ValueError):
        if (number := float(text)) >= least:
            return number
    raise SystemExit(f"{name}={text}: give a number of {least:g} or more, as in {name}={default:g}")
