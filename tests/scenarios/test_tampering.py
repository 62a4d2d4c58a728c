"""What is done to a camera is told by its kind in time, is no motion, and is over once the camera sees as before."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nvr.model import Frame, SceneChange
from processor.analyser import CameraAnalyser
from processor.tampering import TURNED_FOR
from tests.scenarios import lights, nuisances, veils
from tests.scenarios.chance import Chance
from tests.scenarios.compression import compressed
from tests.scenarios.film import FPS, Film
from tests.scenarios.ground import street, yard
from tests.scenarios.trial import CAMERA, EPOCH

START, END, SECONDS = 12.0, 40.0, 52.0
FILM = Film(yard(2), SECONDS, seed=2)

MEDDLED = {
    "a dark cloth": (SceneChange.COVERED, replace(FILM, veils=(veils.covered(START, 18, END),)), 20),
    "a bright sheet": (SceneChange.COVERED, replace(FILM, veils=(veils.covered(START, 225, END),)), 20),
    "defocused at once": (SceneChange.DEFOCUSED, replace(FILM, veils=(veils.defocused(START, 1, end=END),)), 24),
    "defocused slowly": (SceneChange.DEFOCUSED, replace(FILM, veils=(veils.defocused(START, 4, end=END),)), 32),
    "frozen": (SceneChange.FROZEN, replace(FILM, frozen=(START, END)), 100),
    "turned": (SceneChange.TURNED, replace(FILM, veils=(veils.turned(START, 1.5, street(2)),)), 25),
    "turned at once": (SceneChange.TURNED, replace(FILM, swap=(START, yard(52))), 25),
}
"""By name: what is to be told of a film, and within how many pictures from its start."""

LASTING = [name for name, (kind, _, _) in MEDDLED.items() if kind is not SceneChange.TURNED]


class Told:
    """What an analyser tells of a film: moments as seconds from its first picture."""

    def __init__(self, film: Film) -> None:
        self.changes: list[tuple[float, SceneChange]] = []
        self.suffered: dict[float, frozenset[SceneChange]] = {}
        self.moving: list[float] = []
        analyser = CameraAnalyser(CAMERA)
        for shot in film.shots():
            activity = analyser.analyse(Frame(CAMERA.name, _time(shot.seconds), shot.picture)).activity
            self.suffered[shot.seconds] = analyser.tampering
            self.changes += [(shot.seconds, activity.scene_change)] if activity.scene_change else []
            self.moving += [shot.seconds] if len(activity.cells) else []


def _time(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


@pytest.mark.parametrize("name", MEDDLED)
def test_it_is_told_once_by_its_kind_in_time_and_is_no_motion(name: str) -> None:
    kind, film, pictures = MEDDLED[name]
    told = Told(film)
    [(first, seen)] = [(at, change) for at, change in told.changes if change is not SceneChange.LIGHT]
    assert seen is kind
    assert START < first <= START + pictures / FPS
    assert [at for at in told.moving if at < END] == []
    assert told.suffered[first] == {kind}


@pytest.mark.parametrize("name", LASTING)
def test_it_is_over_once_the_camera_sees_as_before(name: str) -> None:
    kind, film, _ = MEDDLED[name]
    suffered = Told(film).suffered
    assert suffered[END - 1 / FPS] == {kind}
    assert suffered[END + 5] == frozenset()


def test_a_camera_turned_at_night_is_told_and_what_it_shows_then_is_soon_no_motion() -> None:
    night = replace(FILM, light=lights.dim(0.3), noise=1.5, swap=(START, yard(52)))
    told = Told(night)
    assert [change for _, change in told.changes] == [SceneChange.TURNED]
    assert max(told.moving) < START + 4


def test_noise_that_an_encoder_makes_of_the_dark_is_no_other_scene() -> None:
    shots = compressed(nuisances.night_noise(Chance(6002), 8.0, 1.5).shots())
    analyser = CameraAnalyser(CAMERA)
    seen = [analyser.analyse(Frame(CAMERA.name, _time(shot.seconds), shot.picture)).activity for shot in shots]
    assert [one.scene_change for one in seen if one.scene_change] == []


def test_a_camera_turned_under_its_cover_is_turned() -> None:
    told = Told(replace(FILM, veils=(veils.covered(START, 18, END),), swap=(START + 10, yard(52))))
    kinds = [change for _, change in told.changes if change is not SceneChange.LIGHT]
    assert kinds == [SceneChange.COVERED, SceneChange.TURNED]


def test_a_camera_counts_as_turned_for_a_while_only() -> None:
    analyser = CameraAnalyser(CAMERA)
    shots = list(replace(FILM, seconds=30, swap=(START, yard(52))).shots())
    for shot in shots:
        analyser.analyse(Frame(CAMERA.name, _time(shot.seconds), shot.picture))
    assert analyser.tampering == {SceneChange.TURNED}
    for number in range(int(TURNED_FOR / timedelta(seconds=10))):
        later = _time(30 + 10 * number)
        analyser.analyse(Frame(CAMERA.name, later, shots[-1 - number % 20].picture))
    assert analyser.tampering == frozenset()
