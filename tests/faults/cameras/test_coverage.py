from datetime import timedelta

from tests.faults.cameras.coverage import Span, holes
from tests.ingest.conftest import NOON


def _span(start: float, end: float) -> Span:
    return Span(NOON + timedelta(seconds=start), NOON + timedelta(seconds=end))


def _missing(segments: list[Span], gaps: list[Span]) -> float:
    return sum(span.seconds for span in holes(segments, gaps))


def test_what_no_segment_covers_is_missing() -> None:
    assert _missing([], []) == 0
    assert _missing([_span(0, 5), _span(5, 10)], []) == 0
    assert _missing([_span(7, 10), _span(0, 5)], []) == 2
    assert _missing([_span(0, 9), _span(3, 5), _span(10, 11)], []) == 1


def test_a_gap_is_missing_also_where_a_segment_claims_it() -> None:
    segments = [_span(0, 5), _span(8, 20)]
    assert _missing(segments, [_span(5, 8)]) == 3
    assert _missing(segments, [_span(4, 8), _span(10, 11)]) == 5
    assert _missing(segments, [_span(-9, 1), _span(19, 30)]) == 5
