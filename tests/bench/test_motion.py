from pathlib import Path

import numpy as np

from tests.bench import motion
from tests.bench.contenders import contenders


def test_every_contender_is_measured_and_the_page_compares_them(tmp_path: Path) -> None:
    motion.main(tmp_path / "motion.md", rounds=1)
    lines = (tmp_path / "motion.md").read_text().splitlines()
    measured = [line.split("|")[1:-1] for line in lines if line.startswith("| ")][2:]
    assert [row[0].strip() for row in measured] == [contender.name for contender in contenders()]
    assert measured[0][4:] == [" 1.00 ", " 1.00 "]


def test_someone_walks_in_the_busy_minute_only() -> None:
    reels = motion.reels()
    assert sum(reels["busy"].counting) > 50
    assert not any(reels["busy"].counting[: motion.LEARNING_FRAMES])
    assert len(reels["idle"].pictures[1]) == len(reels["busy"].pictures[2]) == 300


def test_a_halved_picture_has_the_means_of_four_pixels() -> None:
    picture = np.array([[0, 4, 10, 10], [0, 4, 10, 10]], np.uint8)
    assert motion.halved(picture).tolist() == [[2, 10]]
