"""A camera's gaps: every stretch in which footage was wanted and is missing, with its cause.

A gap opens when footage ends and closes when footage begins again. It keeps the cause it opened with: what came later,
while nothing was recorded anyway, explains no other loss. Only where the camera went silent without a reason does what
it says later count: that it is another one by now, or that the password is wrong.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import Enum

from ingest.catalogue import Catalogue
from ingest.schedule import Schedule
from nvr.clock import UtcClock
from nvr.errors import StorageError
from nvr.model import Cause, Gap
from nvr.ports import FactSink, Telemetry

log = logging.getLogger(__name__)

HINDSIGHT_SECONDS = 10.0
"""How long footage may have come again before that is known: what is younger is not counted as missing yet."""

NOTICED_SECONDS = 60.0
"""A loss is noticed within this: where one seems older, the clock was set between footage and loss."""

NEGLIGIBLE_SECONDS = 0.1
"""Less than a picture or so between two runs is no gap."""

_UNEXPLAINED = (Cause.EOF, Cause.STALLED, Cause.TIMEOUT)
"""The camera went silent, and nothing says why."""

_OURS = (Cause.RECORDER_DOWN, Cause.CONFIG_CHANGE)


class Arrival(Enum):
    """How a camera comes to be recorded."""

    START = "the recorder starts"
    ADDED = "it is new in the configuration of a recorder that runs"
    CHANGED = "it was recorded until now, with other settings"


class GapLedger:
    """The gaps of one camera, kept in the catalogue and sent on. May be used from any thread.

    A disk that refuses, a full one above all, stops nothing: the gap is told of, and saved when it can be. Only
    making a ledger and `begin` touch the disk themselves, and keep nobody waiting meanwhile; saving is handed to
    `aside`, and done at once without it. Gaps are dated by the wall clock and counted by the monotonic one.
    """

    def __init__(
        self,
        camera: str,
        catalogue: Catalogue,
        facts: FactSink,
        telemetry: Telemetry,
        clock: UtcClock,
        *,
        aside: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._camera, self._catalogue, self._facts, self._telemetry = camera, catalogue, facts, telemetry
        self._clock = clock
        self._aside = aside or (lambda save: save())
        self._lock = threading.RLock()
        self._saving = False
        self._open = catalogue.gaps.open(camera)
        self._counted: float | None = None
        self._is_unsaved = False

    def begin(self, now: datetime, arrival: Arrival = Arrival.START) -> None:
        """It is wanted from now on. At a start it was wanted since its last footage; without any it is new."""
        asks = self._open is None and arrival is not Arrival.ADDED
        since = self._accounted_until() if asks else None
        with self._lock:
            if self._open is None:
                cause = Cause.RECORDER_DOWN if since and arrival is Arrival.START else Cause.CONFIG_CHANGE
                self._put(Gap(self._camera, min(since or now, now), None, cause))
            self._counted = self._clock.monotonic()

    def keep_only(self, schedule: Schedule, now: datetime) -> None:
        """Of the gap that is open only what the schedule wanted is missing."""
        with self._lock:
            gap = self._open
            if gap is None:
                return
            missing, is_wanted = schedule.wanted(gap.start, now), schedule.is_wanted(now)
            since = missing.pop()[0] if is_wanted and missing and missing[-1][1] == now else now
            if is_wanted and since == gap.start:
                return
            self._close(gap.start)
            for start, end in missing:
                self._keep(replace(gap, start=start, end=end))
            if is_wanted:
                self._put(replace(gap, start=since))

    def lost(self, cause: Cause, since: datetime, now: datetime) -> None:
        """There is no footage from `since` on. A gap from before our start ends where this cause takes over."""
        since = min(since, now)
        with self._lock:
            if self._open and self._open.cause in _OURS and self._counted is not None:
                self._close(since)
            if self._open is None:
                self._put(Gap(self._camera, since, None, cause))
                self._counted = max(self._monotonic(since), self._clock.monotonic() - NOTICED_SECONDS)
            elif cause is Cause.AUTH and self._open.cause in _UNEXPLAINED:
                self._put(replace(self._open, cause=cause))  # it hung up to ask for another password

    def explain(self, cause: Cause) -> None:
        """What the camera says when it is back tells more of the gap that is ending than how it began."""
        with self._lock:
            if self._open and self._open.cause in _UNEXPLAINED:
                self._put(replace(self._open, cause=cause))

    def hole(self, cause: Cause, start: datetime, end: datetime) -> None:
        """Footage is missing between two pictures of a run that went on."""
        with self._lock:
            self._keep(Gap(self._camera, start, end, cause))
            self._telemetry.gap_grew(self._camera, cause, (end - start).total_seconds())

    def clock_set(self, start: datetime, end: datetime) -> None:
        """The clock was set ahead: what lies between was left out by the clock, and does not count as missing."""
        with self._lock:
            self._keep(Gap(self._camera, start, end, Cause.CLOCK_STEP))

    def recording(self, since: datetime) -> None:
        """There is footage from `since` on."""
        with self._lock:
            if self._open:
                self._close(since)

    def end(self, now: datetime) -> None:
        """The recorder stops: from now on it is not the camera that is missing."""
        with self._lock:
            if self._open:
                self._close(now)

    def tick(self) -> None:
        """Count a gap while it lasts, as far back as it is sure, and save what could not be saved before."""
        with self._lock:
            self._count(self._clock.monotonic() - HINDSIGHT_SECONDS)
            if self._is_unsaved:
                self._have_saved()

    def _accounted_until(self) -> datetime | None:
        """Up to when footage or the reason of its absence is known."""
        try:
            known = (self._catalogue.last_end(self._camera), self._catalogue.gaps.last_end(self._camera))
        except StorageError as error:
            log.error("%s: %s", self._camera, error)
            return None
        return max((time for time in known if time), default=None)

    def _monotonic(self, time: datetime) -> float:
        """The monotonic clock's reading at a time of the last seconds, never one that is still to come."""
        return self._clock.monotonic() - max(0.0, (self._clock.now() - time).total_seconds())

    def _count(self, until: float) -> None:
        """Up to a reading of the monotonic clock."""
        if self._open and self._counted is not None and until > self._counted:
            self._telemetry.gap_grew(self._camera, self._open.cause, until - self._counted)
            self._counted = until

    def _close(self, end: datetime) -> None:
        assert self._open is not None
        self._count(self._monotonic(end))
        end = max(self._open.start, end)
        negligible = (end - self._open.start).total_seconds() < NEGLIGIBLE_SECONDS
        self._put(Gap(self._camera, self._open.start, self._open.start if negligible else end, self._open.cause))
        self._open = None

    def _put(self, gap: Gap) -> None:
        self._open = gap
        self._keep(gap)

    def _keep(self, gap: Gap) -> None:
        self._facts.put(gap)
        self._catalogue.gaps.note(gap)
        self._have_saved()

    def _have_saved(self) -> None:
        self._is_unsaved = True
        if not self._saving:  # else it is still to begin, and will find this too
            self._saving = True
            self._aside(self._save)

    def _save(self) -> None:
        with self._lock:
            self._saving = self._is_unsaved = False
        try:
            self._catalogue.gaps.save()
        except StorageError as error:
            self._is_unsaved = True
            log.debug("%s: a gap waits to be saved: %s", self._camera, error)
