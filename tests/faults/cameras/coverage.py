"""How much is missing in what a timeline claims to have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Span:
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


def holes(segments: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """What lies between the first segment's start and the last one's end without a segment, or within a gap."""
    spans = sorted(segments)
    if not spans:
        return []
    first, last = spans[0].start, max(span.end for span in spans)
    missing = [Span(max(gap.start, first), min(gap.end, last)) for gap in gaps]
    missing += [
        Span(earlier.end, later.start) for earlier, later in zip(_united(spans), _united(spans)[1:], strict=False)
    ]
    return _united(span for span in missing if span.end > span.start)


def _united(spans: Iterable[Span]) -> list[Span]:
    """The same without overlaps."""
    united: list[Span] = []
    for span in sorted(spans):
        if united and span.start <= united[-1].end:
            united[-1] = Span(united[-1].start, max(united[-1].end, span.end))
        else:
            united.append(span)
    return united
