"""The hours of nuisances in small."""

from tests.bench.nuisances import HOLD_OUT, Hour, page, watched
from tests.scenarios.chance import NOMINAL
from tests.scenarios.score import Score


def test_a_nuisance_is_watched_as_long_as_asked() -> None:
    hour = watched("on-screen clock", HOLD_OUT, 15)
    assert (hour.score.frames, hour.score.false_events) == (75, 0)
    assert hour.seconds > 0


def test_the_page_marks_what_has_got_worse_with_the_seed_of_the_tests() -> None:
    def hour(seed: int, false: int) -> Hour:
        return Hour("rain", seed, Score(hours=1.0, frames=100, moving_frames=5, false_events=false), 20.0)

    lines = page([hour(NOMINAL, 0), hour(NOMINAL, 2), hour(HOLD_OUT, 3)])
    assert [line for line in lines if line.startswith("| rain")] == [
        "| rain | 1 | 0 | 0 | 5.00 % | 20 |",
        "| rain **more than known** | 1 | 2 | 0 | 5.00 % | 20 |",
        "| rain | 1001 | 3 |  | 5.00 % | 20 |",
    ]
    assert lines[-1] == "All in all 5 false events in 3 hours."
