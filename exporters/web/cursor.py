"""The opaque `next` of a paged list, newest first: everything from a time on was delivered, but for what it skips.

It names a time, not an offset, so that what is added meanwhile moves nothing: times have milliseconds, and `skip`
counts the entries of that very millisecond that were delivered already.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exporters.web.errors import RequestError, shown
from exporters.web.parameters import LAST

_TEXT = re.compile(rb"(\d{1,14})\.(\d{1,6})")
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Go on with what starts before `end`, without the first `skip` of it."""

    end: datetime
    skip: int = 0

    def encode(self) -> str:
        milliseconds = (self.end - datetime.fromtimestamp(0, UTC)) // _MILLISECOND
        return base64.urlsafe_b64encode(f"{milliseconds}.{self.skip}".encode()).decode().rstrip("=")

    @staticmethod
    def decode(text: str) -> "Cursor":
        """Raises RequestError for what `encode` never made."""
        try:
            match = _TEXT.fullmatch(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
            if match is None:
                raise ValueError(text)
            end = datetime.fromtimestamp(0, UTC) + int(match[1]) * _MILLISECOND
            if end > LAST:
                raise ValueError(text)
            return Cursor(end, int(match[2]))
        except (ValueError, OverflowError) as error:
            hint = "use the next of the page before as it was, or none for the first page"
            raise RequestError(400, f"next is not one of ours: {shown(text)}", hint=hint) from error

    def after(self, starts: Sequence[datetime]) -> "Cursor":
        """The cursor behind a page whose entries started at `starts`, newest first."""
        end = _ceiling(starts[-1])
        here = sum(1 for start in starts if _ceiling(start) == end)
        return Cursor(end, here + (self.skip if end == self.end else 0))


def _ceiling(start: datetime) -> datetime:
    """The first whole millisecond after `start`: the end of a span that just includes it."""
    return start - timedelta(microseconds=start.microsecond % 1000) + _MILLISECOND
