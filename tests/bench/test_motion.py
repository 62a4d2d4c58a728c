from pathlib import Path

import numpy as np
import pytest

from tests.bench import motion
from tests.bench.contenders import contenders, usual_ways
from tests.bench.judgement import events_of
from tests.bench.programs import Missing, debian_motion
from tests.scenarios.score import Found, Seen


def test_every_contender_is_measured_and_the_page_compares_them() -> None:
    lines = motion.page(motion.measure(rounds=1, frames=90), motion.Verdicts(0, ()))
    measured = [line.split("|")[1:-1] for line in lines if line.startswith("| ")][4:]
    assert [row[0].strip() for row in measured] == [contender.name for contender in contenders()]
    compared = motion.yardstick(contenders()).name
    assert [row[4:] for row in measured if row[0].strip() == compared] == [[" 1.00 ", " 1.00 "]]


def test_all_are_judged_on_the_same_film_and_ours_finds_the_walker() -> None:
    said = motion.verdicts(("walker near",), whole_programs=False)
    assert [one.name for one in said.judged[1:]] == [way.name for way in usual_ways()]
    assert {one.frames for one in said.judged} == {200}
    ours = said.judged[0].score
    assert (ours.recall, ours.precision, ours.true_events) == (1.0, 1.0, 1)


def test_moving_pictures_are_joined_to_events_as_the_truth_is() -> None:
    moving = np.ones((18, 32), bool)
    seen = [Seen(second, moving if second in (4, 5, 7, 20) else ~moving) for second in range(30)]
    assert events_of(seen) == [Found(4, 7, 4), Found(20, 20, 20)]


def test_a_program_that_cannot_be_had_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Missing, match=r"`apt-get download motion \.\.\.` failed"):
        debian_motion((), tmp_path)


def test_someone_walks_in_the_busy_minute_only() -> None:
    reels = motion.reels()
    assert sum(reels["busy"].counting) > 50
    assert not any(reels["busy"].counting[: motion.LEARNING_FRAMES])
    assert len(reels["idle"].pictures[1]) == len(reels["busy"].pictures[2]) == 300


def test_a_halved_picture_has_the_means_of_four_pixels() -> None:
    picture = np.array([[0, 4, 10, 10], [0, 4, 10, 10]], np.uint8)
    assert motion.halved(picture).tolist() == [[2, 10]]
