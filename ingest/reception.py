"""What one run has received, by its reports: how far its media time reaches, since when, and with which holes."""

from datetime import datetime

from ingest.anchor import Anchor
from ingest.arrivals import Arrivals
from ingest.footage import Footage
from ingest.health import Health
from ingest.progress import Progress
from nvr.clock import UtcClock
from nvr.model import Cause
from nvr.ports import Telemetry

HOLE_SECONDS = 2.0
"""Media time that passes without pictures for longer than this is a gap within the run."""

LEAST_FPS_WITH_HOLES = 1.0
"""A camera with fewer pictures a second than this has none that are missing."""


class Reception:
    """Of one run. Bare floats are seconds of the monotonic clock."""

    def __init__(self, health: Health, telemetry: Telemetry, clock: UtcClock) -> None:
        self._health, self._telemetry, self._clock = health, telemetry, clock
        self._latest = Progress(0, 0.0)
        self._holes: list[tuple[float, float]] = []
        self.anchor, self.arrivals = Anchor(clock), Arrivals()
        self.first_frame: float | None = None
        self.last_growth = clock.monotonic()

    @property
    def running_seconds(self) -> float:
        """How long pictures have been coming."""
        return 0.0 if self.first_frame is None else self._clock.monotonic() - self.first_frame

    def take(self, report: Progress, footage: Footage) -> Cause | None:
        """Take a report; returns why the run must end where the camera's time has jumped."""
        now = self._clock.monotonic()
        new = report.frames - self._latest.frames
        if new <= 0:
            return None
        if not self.anchor.observe(report.media_seconds, now):
            return Cause.TIMESTAMP_JUMP
        if self.first_frame is None:
            self.first_frame = now
            self._look_for_late_pictures(report, footage)
        self.arrivals.reported(report)
        self._look_for_hole(report, footage)
        self._latest, self.last_growth = report, now
        footage.reached(report.media_seconds)
        self._health.advanced(now, self.anchor.utc(report.media_seconds), report.frames)
        self._telemetry.frames_received(self._health.camera, new)
        return None

    def closed(self, media_seconds: float, footage: Footage) -> None:
        """A file that reaches up to here is complete: where that comes before the first report it ended just now."""
        if not self.anchor.known:
            self.anchor.observe(media_seconds, self._clock.monotonic())
            footage.reached(media_seconds)

    def _look_for_late_pictures(self, report: Progress, footage: Footage) -> None:
        """A camera whose sound comes first: media time began with that, and footage begins with its pictures."""
        fps = self._health.expected_fps
        start = report.media_seconds - report.frames / fps if fps else 0.0
        if start > HOLE_SECONDS:
            footage.begins(start)

    def _look_for_hole(self, report: Progress, footage: Footage) -> None:
        """A camera that paused and went on: the run lasts, and its footage has a hole."""
        fps = self._health.rate.per_second(self.last_growth)
        fps = min(fps, self._health.expected_fps or fps)  # a burst at first is not the rate
        if fps < LEAST_FPS_WITH_HOLES:
            return
        start, end = self._latest.media_seconds, report.media_seconds - (report.frames - self._latest.frames) / fps
        if end - start > HOLE_SECONDS:
            self._holes.append((start, end))
            footage.skipped(end - start)

    def new_holes(self) -> list[tuple[datetime, datetime]]:
        """Those that were found since the last time."""
        holes, self._holes = self._holes, []
        return [(self.anchor.utc(start), self.anchor.utc(end)) for start, end in holes]
