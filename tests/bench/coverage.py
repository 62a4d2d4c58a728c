"""Whether there is footage of every moment, by what the timeline says of each camera."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from nvr.model import isoformat
from tests.e2e.live import LiveRecorder

SEAM_SECONDS = 0.1
"""Between two segments less than a picture or so is nothing that is missing."""

Stretch = tuple[datetime, datetime]


def uncovered_seconds(footage: Iterable[Stretch], start: datetime, end: datetime) -> float:
    """How many seconds from `start` to `end` are in none of the stretches, which are in order."""
    missing, reached = 0.0, start
    for begin, until in [*footage, (end, end)]:
        hole = (min(begin, end) - reached).total_seconds()
        missing += hole if hole > SEAM_SECONDS else 0.0
        reached = max(reached, until)
    return missing


def uncovered(recorder: LiveRecorder, cameras: Iterable[str], start: datetime, end: datetime) -> dict[str, float]:
    """The seconds without footage, by camera. Asked soon after `end`, as segments that still grow count."""
    span = {"from": isoformat(start), "to": isoformat(end + timedelta(seconds=1))}
    found = {}
    for camera in cameras:
        segments = recorder.get("/api/timeline", camera=camera, **span)["segments"]
        stretches = [(datetime.fromisoformat(s["start"]), datetime.fromisoformat(s["end"])) for s in segments]
        found[camera] = uncovered_seconds(stretches, start, end)
    return found
