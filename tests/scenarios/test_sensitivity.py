"""Raising the sensitivity, of a camera or of one of its zones, never finds less: over all scenarios, by chance."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest

from nvr.settings import CameraSettings, MotionSettings, Polygon, Zone
from tests.scenarios.catalogue import SCENARIOS, by_name
from tests.scenarios.film import Cells
from tests.scenarios.score import Seen
from tests.scenarios.trial import CAMERA, filmed, judge

NAMES = [scenario.name for scenario in SCENARIOS]
LEFT: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
PICTURES = 95
"""As many as there are in the seven seconds after all has begun."""


@pytest.mark.parametrize("name", NAMES)
def test_raising_it_never_finds_less(name: str) -> None:
    random = np.random.default_rng(NAMES.index(name))
    shots = list(islice(filmed(by_name()[name], seed=2), PICTURES))
    duller, middle, keener = sorted(int(drawn) for drawn in random.choice(100, 3, replace=False) + 1)
    dull, plain, keen = (judge(shots, _camera(sensitivity))[0] for sensitivity in (duller, middle, keener))
    assert not _lost(dull, plain)
    assert not _lost(plain, keen)
    zone_dull = judge(shots, _camera(middle, Zone("left", LEFT, duller)))[0]
    zone_keen = judge(shots, _camera(middle, Zone("left", LEFT, keener)))[0]
    assert not _lost(zone_dull, plain)
    assert not _lost(plain, zone_keen)


def _camera(sensitivity: int, *zones: Zone) -> CameraSettings:
    return CameraSettings(CAMERA.name, CAMERA.record, motion=MotionSettings(sensitivity=sensitivity), zones=zones)


def _lost(duller: Sequence[Seen], keener: Sequence[Seen]) -> list[tuple[float, Cells]]:
    """The times at which the keener one missed cells that the duller one saw."""
    pairs = zip(duller, keener, strict=True)
    return [(less.seconds, less.cells & ~more.cells) for less, more in pairs if (less.cells & ~more.cells).any()]


@pytest.mark.parametrize("name", ["snow", "moths at night", "night noise, compressed", "rain"])
def test_what_is_seen_more_keenly_is_believed_as_little(name: str) -> None:
    """In a scene that nobody knows yet, in weather and in the dark."""
    seen, events = judge(filmed(by_name()[name], 3001, 60.0), _camera(60))
    assert events == []
    assert not any(one.cells.any() for one in seen)
