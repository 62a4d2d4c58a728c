"""The bench of lag in small: every picture comes through, is judged, and becomes an event where someone walks."""

import asyncio
from pathlib import Path

import pytest

from ingest.beat import Beat
from tests.bench.lag import FPS, Lag, measure, page
from tests.bench.spy import PARTS, ROOT, Spy, part_of


@pytest.mark.parametrize("beat", [None, Beat()])
def test_pictures_of_several_cameras_are_judged_together_or_as_they_come(tmp_path: Path, beat: Beat | None) -> None:
    lag = asyncio.run(measure(tmp_path, cameras=4, seconds=4, warm_seconds=1, beat=beat))
    assert 4 * FPS < len(lag.lags) <= 4 * FPS * 5
    assert 0 <= lag.percentile(50) <= lag.percentile(99) < 2
    assert 0 < lag.share < 1


def test_the_page_says_whether_the_aims_are_kept_and_why_there_is_no_picture_of_the_time() -> None:
    singly = Lag(64, 30.0, [0.0007] * 99, 0.0047, 5)
    quick, slow = (
        page(Lag(64, 60.0, [seconds] * 99, 0.002, 5), singly, Spy(reason="no py-spy")) for seconds in (0.01, 0.5)
    )
    assert ": kept." in "\n".join(quick)
    assert "**not kept**" in "\n".join(slow)
    assert "| each as it comes | 0.47 | 0.7 | 0.7 | 0.7 | 0.7 |" in quick
    assert quick[-1] == "(left out: no py-spy)"


@pytest.mark.parametrize(
    ("stack", "number"),
    [
        (f"run (/lib/asyncio/events.py:1);_judge ({ROOT}nvr/analysis.py:50);detect ({ROOT}processor/detector.py:9)", 0),
        (f"run (/lib/asyncio/events.py:1);_judge ({ROOT}nvr/analysis.py:50)", 4),
        ("run (/nvr/lib/asyncio/base_events.py:1);_select (/nvr/lib/selectors.py:4)", 7),
    ],
)
def test_a_stack_belongs_to_the_first_part_that_occurs_in_it(stack: str, number: int) -> None:
    assert part_of(stack) == list(PARTS.values())[number]
    assert part_of("start (threading.py:1)") == "the rest"
