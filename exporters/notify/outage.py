"""How long something was out, and why: for a camera as its gaps have it, else as long as the alert held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nvr.alert import Alert
from nvr.model import Gap

NOTICED_WITHIN = timedelta(minutes=2)
"""A gap that ended so long before its alert began is another story."""


@dataclass(frozen=True, slots=True)
class Outage:
    """`end` is None while it lasts; `cause` is empty where no gap tells it."""

    start: datetime
    end: datetime | None
    cause: str = ""

    def seconds(self, now: datetime) -> float:
        return ((self.end or now) - self.start).total_seconds()


def outage_of(alert: Alert, gaps: Sequence[Gap]) -> Outage:
    """`gaps` are the camera's around the alert. The first that it can mean says when and why it began."""
    about = [gap for gap in gaps if (gap.end or alert.start) >= alert.start - NOTICED_WITHIN and _begins(gap, alert)]
    if not about:
        return Outage(alert.start, alert.end)
    lasting = [gap for gap in about if gap.end is None]
    ends = [gap.end for gap in about if gap.end is not None]
    first = min(_covering(about, alert), key=lambda gap: gap.start)
    return Outage(first.start, None if lasting else max(ends), first.cause.value)


def _begins(gap: Gap, alert: Alert) -> bool:
    return alert.end is None or gap.start <= alert.end


def _covering(gaps: Sequence[Gap], alert: Alert) -> Sequence[Gap]:
    """Those that lasted when the alert began, or else all."""
    return [gap for gap in gaps if gap.start <= alert.start and (gap.end is None or gap.end >= alert.start)] or gaps
