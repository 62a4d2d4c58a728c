import pytest

from ingest.arrivals import REPORTS, Arrivals
from ingest.progress import Progress


def arrivals(*reports: tuple[int, float]) -> Arrivals:
    made = Arrivals()
    for frames, media_seconds in reports:
        made.reported(Progress(frames, media_seconds))
    return made


STEADY = [(round(25 * second / 2), second / 2) for second in range(1, 41)]
"""25 pictures a second for 20 s, reported twice a second."""


@pytest.mark.parametrize(
    ("earlier", "later", "skipped"),
    [
        (3.0, 3.2, 0),
        (3.0, 3.9, 0),
        (3.0, 5.0, 9),
        (3.1, 7.1, 19),
    ],
)
def test_pictures_that_arrived_and_were_not_seen_are_counted_as_they_would_be_analysed(
    earlier: float, later: float, skipped: int
) -> None:
    assert arrivals(*STEADY).skipped(earlier, later, 5.0) == skipped


def test_a_slow_camera_skips_nothing() -> None:
    slow = arrivals(*[(second // 2, float(second)) for second in range(2, 40, 2)])
    assert slow.skipped(10.0, 12.0, 5.0) == 0
    assert slow.skipped(10.0, 20.0, 5.0) == 4


def test_a_pause_of_the_camera_is_no_skip() -> None:
    paused = arrivals(*STEADY, (501, 30.0), (513, 30.5))
    assert paused.skipped(20.0, 30.0, 5.0) == 0


def test_what_was_reported_last_is_all_that_is_known() -> None:
    assert Arrivals().skipped(1.0, 9.0, 5.0) == 0
    assert arrivals(*STEADY).skipped(19.0, 29.0, 5.0) == 24


def test_memory_is_bounded() -> None:
    long = arrivals(*[(number, number / 2) for number in range(1, 10 * REPORTS)])
    assert len(long._reports) == REPORTS
