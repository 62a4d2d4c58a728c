"""A page of a listing: which camera, which time, how many rows, and where the page before ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request

from exporters.web.cursor import Cursor
from exporters.web.parameters import optional_camera, parse_number, parse_span
from exporters.web.sources import Sources

DEFAULT_SPAN, LONGEST_SPAN = timedelta(days=1), timedelta(days=3660)
DEFAULT_LIMIT, MOST = 100, 1000


@dataclass(frozen=True, slots=True)
class Paging:
    """Rows that overlap `[start, end)`, newest first, of which `skip` begin at `end` and were on the page before."""

    camera: str | None
    start: datetime
    end: datetime
    limit: int
    cursor: Cursor

    @property
    def is_empty(self) -> bool:
        return self.start >= self.end

    def next_page(self, starts: Sequence[datetime], found: int) -> str | None:
        """The cursor behind a page whose rows begin at `starts`, where more than those were found."""
        return self.cursor.after(list(starts)).encode() if found > self.limit else None


def parse_paging(request: Request, sources: Sources) -> Paging:
    """From `camera`, `from`, `to`, `limit` and `next`. Raises RequestError."""
    query = request.query_params
    camera = optional_camera(request, sources)
    limit = parse_number(query, "limit", DEFAULT_LIMIT, 1, MOST)
    span = parse_span(query, sources, default=DEFAULT_SPAN, longest=LONGEST_SPAN)
    cursor = Cursor.decode(query["next"]) if "next" in query else Cursor(span.end)
    return Paging(camera, span.start, min(cursor.end, span.end), limit, cursor)
