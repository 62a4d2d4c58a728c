from datetime import timedelta

import pytest

from tests.bench.coverage import uncovered_seconds
from tests.ingest.conftest import NOON


@pytest.mark.parametrize(
    ("footage", "missing"),
    [
        ([(-5, 20)], 0.0),
        ([(-5, 4), (4.04, 20)], 0.0),
        ([(-5, 4), (3.8, 20)], 0.0),
        ([(0, 4), (6.5, 10)], 2.5),
        ([(1, 4), (4, 8)], 3.0),
        ([(-5, 2), (12, 20)], 8.0),
        ([], 10.0),
    ],
)
def test_what_no_segment_holds_is_missing(footage: list[tuple[float, float]], missing: float) -> None:
    stretches = [(NOON + timedelta(seconds=start), NOON + timedelta(seconds=end)) for start, end in footage]
    assert uncovered_seconds(stretches, NOON, NOON + timedelta(seconds=10)) == pytest.approx(missing)
