"""A camera's gaps: every stretch in which footage was wanted and is missing, with its cause.

A gap opens when footage ends and closes when footage begins again. It keeps the cause it opened with: what came later,
while nothing was recorded anyway, explains no other loss.
"""

from datetime import datetime, timedelta

from ingest.catalogue import Catalogue
from nvr.model import Cause, Gap
from nvr.ports import FactSink, Telemetry

HINDSIGHT_SECONDS = 10.0
"""How long footage may have come again before that is known: what is younger is not counted as missing yet."""

NEGLIGIBLE_SECONDS = 0.1
"""Less than a picture or so between two runs is no gap."""


class GapLedger:
    """The gaps of one camera, kept in the catalogue and sent on. Its methods touch the disk."""

    def __init__(self, camera: str, catalogue: Catalogue, facts: FactSink, telemetry: Telemetry) -> None:
        self._camera, self._catalogue, self._facts, self._telemetry = camera, catalogue, facts, telemetry
        self._open = catalogue.open_gap(camera)
        self._counted: datetime | None = None

    def begin(self, now: datetime) -> None:
        """The recorder starts: since the last footage it was down; without any, the camera is new."""
        if self._open is None:
            last_end = self._catalogue.last_end(self._camera)
            if last_end is None:
                self._put(Gap(self._camera, now, None, Cause.CONFIG_CHANGE))
            else:
                self._put(Gap(self._camera, min(last_end, now), None, Cause.RECORDER_DOWN))
        self._counted = now

    def lost(self, cause: Cause, since: datetime, now: datetime) -> None:
        """There is no footage from `since` on. A gap from before our start ends where this cause takes over."""
        if self._open and self._open.cause in (Cause.RECORDER_DOWN, Cause.CONFIG_CHANGE) and self._counted:
            self._close(max(self._open.start, min(since, now)))
        if self._open is None:
            self._put(Gap(self._camera, since, None, cause))
            self._counted = since

    def recording(self, since: datetime) -> None:
        """There is footage from `since` on."""
        if self._open:
            self._close(max(self._open.start, since))

    def tick(self, now: datetime) -> None:
        """Count a gap while it lasts, as far back as it is sure."""
        self._count(now - timedelta(seconds=HINDSIGHT_SECONDS))

    def _count(self, until: datetime) -> None:
        if self._open and self._counted and until > self._counted:
            self._telemetry.gap_grew(self._camera, self._open.cause, (until - self._counted).total_seconds())
            self._counted = until

    def _close(self, end: datetime) -> None:
        assert self._open is not None
        self._count(end)
        negligible = (end - self._open.start).total_seconds() < NEGLIGIBLE_SECONDS
        self._put(Gap(self._camera, self._open.start, self._open.start if negligible else end, self._open.cause))
        self._open = None

    def _put(self, gap: Gap) -> None:
        self._open = gap
        self._catalogue.put_gap(gap)
        self._facts.put(gap)
