"""What makes a segment important, noticed as it happens and written down a little later: motion in it, looks at it.

Nobody waits for it: what is noticed stays in memory until the next turn, and is lost with it. It is lost as well where
the catalogue is made anew; all footage then counts as equally important, and the oldest goes first.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TypeVar

from ingest.importance import VIEWS, of_event
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.disk import DiskThread
from nvr.errors import StorageError
from nvr.housekeeping import View
from nvr.model import Fact, MotionEvent, Segment
from nvr.ports import FactSink, Telemetry

log = logging.getLogger(__name__)

T = TypeVar("T")

PERIOD_SECONDS = 10.0
MOST_WAITING = 10_000
"""Events and looks; beyond it the oldest are forgotten, and that is counted."""

LATEST = timedelta(hours=2)
"""No segment is longer: what was not entered so long after an event is not going to be."""

LIVE = timedelta(minutes=2)
"""Who looks at what is younger looks at what is going on, and so does every wall of monitors."""

LOOK_SECONDS = 3600.0
"""Within so long one look at a segment counts: a player reads it in many pieces."""


class Interest:
    """One store's. It is a FactSink that passes on what it is given; `put` and `viewed` touch no disk.

    `alert_zones` has those of each camera's zones that alert, and may be replaced.
    """

    def __init__(
        self,
        store: Store,
        facts: FactSink,
        *,
        alert_zones: Mapping[str, Collection[str]],
        telemetry: Telemetry,
        clock: UtcClock,
    ) -> None:
        self._store, self._facts, self.alert_zones = store, facts, alert_zones
        self._telemetry, self._clock = telemetry, clock
        self._disk = DiskThread("interest")
        self._moved = deque[MotionEvent](maxlen=MOST_WAITING)
        self._viewed = deque[tuple[float, str]](maxlen=MOST_WAITING)
        self._counted: dict[str, float] = {}
        self._lock = threading.Lock()

    def put(self, fact: Fact) -> None:
        self._facts.put(fact)
        if isinstance(fact, MotionEvent) and fact.end is not None:
            self._keep(self._moved, fact)

    def viewed(self, segment: Segment, view: View) -> None:
        """Somebody looks at it. Live footage does not count."""
        now = self._clock.monotonic()
        if not segment.complete or segment.end > self._clock.now() - LIVE:
            return
        if now - self._counted.get(segment.id, -LOOK_SECONDS) >= LOOK_SECONDS:
            self._counted[segment.id] = now
            self._keep(self._viewed, (VIEWS[view], segment.id))
        while len(self._counted) > MOST_WAITING:
            del self._counted[next(iter(self._counted))]

    async def run(self) -> None:
        """Write it down every ten seconds, until cancelled."""
        failing = False
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            try:
                await self._disk.do(self.run_once)
                failing = False
            except StorageError as error:
                self._telemetry.failed("interest")
                log.log(logging.DEBUG if failing else logging.WARNING, "importance is not written down: %s", error)
                failing = True

    def run_once(self) -> None:
        """Write down what is known of footage that was entered. Raises StorageError, and keeps it then."""
        with self._lock:
            moved, viewed = list(self._moved), list(self._viewed)
            self._moved.clear()
            self._viewed.clear()
        try:
            late = self._write_down(moved, viewed)
        except StorageError:
            self._put_back(moved, viewed)
            raise
        self._put_back(late, [])

    def _write_down(self, moved: list[MotionEvent], viewed: list[tuple[float, str]]) -> list[MotionEvent]:
        """The events that are still to wait."""
        ripe = [event for event in moved if self._is_ripe(event)]
        chances = [*viewed, *(chance for event in ripe for chance in self._chances(event))]
        if chances:
            self._store.catalogue.add_importance(chances)
        return [event for event in moved if event not in ripe]

    def _put_back(self, moved: list[MotionEvent], viewed: list[tuple[float, str]]) -> None:
        with self._lock:
            self._moved.extendleft(reversed(moved))
            self._viewed.extendleft(reversed(viewed))

    def _is_ripe(self, event: MotionEvent) -> bool:
        """Whether all its footage has been entered that ever will be."""
        assert event.end is not None
        last = self._store.catalogue.last_end(event.camera)
        return (last is not None and last >= event.end) or self._clock.now() - event.end > LATEST

    def _chances(self, event: MotionEvent) -> list[tuple[float, str]]:
        assert event.end is not None
        end = max(event.end, event.start + timedelta(milliseconds=1))
        zones = self.alert_zones.get(event.camera, ())
        segments = self._store.catalogue.segments(event.camera, event.start, end)
        return [(of_event(event, segment, zones), segment.id) for segment in segments]

    def _keep(self, queue: deque[T], item: T) -> None:
        with self._lock:
            if len(queue) == MOST_WAITING:
                self._telemetry.failed("interest")
            queue.append(item)
