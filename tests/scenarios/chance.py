"""Chance: what its seed decides of a scenario, within what the scenario's name promises."""

import numpy as np

NOMINAL = 1
"""The seed of the tests, with which every scenario is as it is written. All others are a hold-out: never look at one
of them in order to change the detector, and then quote it as a proof."""

WARM = 12.0
"""Seconds before anything happens, in which a camera learns its scene."""


class Chance:
    """The draws of one film, in the order of its making; the same seed always draws the same."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._random = np.random.default_rng([seed, 0xF11])

    def about(self, middle: float, spread: float) -> float:
        """`middle`, give or take at most `spread`."""
        return middle + spread * self._draw(-1.0)

    def later(self, time: float, seconds: float = 3.0) -> float:
        """`time`, or up to so many seconds after it."""
        return time + seconds * self._draw(0.0)

    def way(self, start: float, end: float) -> tuple[float, float]:
        """From one side to the other, or back."""
        return (end, start) if self._draw(-1.0) > 0 else (start, end)

    def _draw(self, low: float) -> float:
        drawn = float(self._random.uniform(low, 1.0))
        return 0.0 if self.seed == NOMINAL else drawn
