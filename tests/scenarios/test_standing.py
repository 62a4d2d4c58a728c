"""One who stands still for some seconds and moves on is one event, however little stands out from the scene."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nvr.model import Frame, MotionEvent
from processor.analyser import CameraAnalyser
from tests.scenarios import motions
from tests.scenarios.chance import Chance
from tests.scenarios.compression import compressed
from tests.scenarios.film import Film
from tests.scenarios.trial import CAMERA, EPOCH, judge


def waiting(seed: int, contrast: float | None) -> Film:
    film = motions.pauses(Chance(seed), 40.0)
    return replace(film, actors=tuple(replace(actor, contrast=contrast) for actor in film.actors))


@pytest.mark.parametrize("contrast", [10.0, 24.0, -32.0, None])
def test_one_who_stands_still_and_moves_on_is_one_event(contrast: float | None) -> None:
    _, events = judge(waiting(3, contrast).shots())
    assert len(events) == 1


def test_so_it_is_through_an_encoder() -> None:
    _, events = judge(compressed(waiting(4, 16.0).shots()))
    assert len(events) == 1


def test_the_event_of_one_who_stays_ends_with_his_last_step_and_is_not_waited_for_longer_than_asked() -> None:
    film = motions.stays(Chance(2), 40.0)
    moved = [shot.seconds for shot in film.shots() if shot.cells.any()]
    analyser = CameraAnalyser(CAMERA)
    told: list[tuple[float, MotionEvent]] = []
    for shot in film.shots():
        facts = analyser.analyse(Frame(CAMERA.name, EPOCH + timedelta(seconds=shot.seconds), shot.picture)).facts
        told += [(shot.seconds, fact) for fact in facts if isinstance(fact, MotionEvent) and fact.end]
    [(closed, event)] = told
    assert event.end is not None
    last = (event.end - EPOCH).total_seconds()
    assert abs(last - moved[-1]) <= 1
    most = CAMERA.motion.off_after_seconds + CAMERA.motion.stands_for_seconds
    assert CAMERA.motion.stands_for_seconds < closed - last <= most + 0.2
