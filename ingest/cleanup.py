"""The one deleter: it plans what goes from a volume, lets it go, and keeps a tombstone of each segment."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf, isfinite
from types import MappingProxyType

import numpy as np

from ingest.deletion import Deletion
from ingest.holdings import Holdings
from ingest.retention_plan import Indices, Room, Step, deletable, plan, promised_seconds
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.housekeeping import CleanupPlan, CleanupRun, CleanupStep
from nvr.model import Segment
from nvr.ports import FactSink, Telemetry
from nvr.settings import RetentionSettings

log = logging.getLogger(__name__)

BATCH = 500
"""How many segments go at a time: recording comes in between."""

NO_MOTION = "no_motion"
"""The policy under which goes what was recorded in mode `motion` and has none."""

NOTHING_PROMISED: Mapping[str, float] = MappingProxyType({})

MOST_REFUSALS = 20
"""After so many files that refuse, a clean-up stops: it is not one file's owner that is wrong."""


class Cleanup:
    """One volume's. It touches the disk; methods may be called from any thread, and run one after another.

    `cameras` has the limits of those with limits of their own. Raises StorageError where the catalogue refuses.
    """

    def __init__(
        self,
        store: Store,
        volume: RetentionSettings,
        cameras: Mapping[str, RetentionSettings],
        *,
        facts: FactSink,
        telemetry: Telemetry,
        clock: UtcClock,
    ) -> None:
        self._store, self._facts, self._telemetry, self._clock = store, facts, telemetry, clock
        self.volume, self.cameras = volume, cameras
        self._turn = threading.Lock()
        self._refused: set[int] = set()
        """Rows whose files would not go: they are left out until the next start, or a clean-up would end with them."""

    def preview(self, room: Room, camera: str | None = None) -> CleanupPlan:
        """What `run` would do, and what there is to be done with; of one camera, or of all."""
        holdings, now = self._holdings(), self._clock.now()
        of = holdings.of_camera(camera)
        planned = ((step.policy, step.indices[of[step.indices]]) for step in self._plan(holdings, room))
        free = of & deletable(holdings, self.volume, self.cameras, now_milliseconds=self._milliseconds())
        return CleanupPlan(
            time=now,
            steps=tuple(holdings.step(policy, indices) for policy, indices in planned if len(indices)),
            ages=holdings.by_age(now, of),
            cameras=tuple(held for held in holdings.by_camera() if camera in (None, held.camera)),
            freeable_bytes=int(holdings.size_bytes[free].sum()),
            trigger_bytes=int(self.volume.trigger * room.budget_bytes),
            target_bytes=int(self.volume.target * room.budget_bytes),
        )

    def run(self, room: Room) -> CleanupRun:
        """Bring the volume within its limits."""
        with self._turn:
            started, clock = self._clock.now(), time.monotonic()
            holdings, done, error = self._holdings(), list[CleanupStep](), ""
            refused = len(self._refused)
            for step in self._plan(holdings, room):
                gone, error = self._let_go(holdings, step)
                if len(gone):
                    done.append(holdings.step(step.policy, gone))
                    self._log(done[-1])
                if error:
                    break
            return CleanupRun(
                started, time.monotonic() - clock, tuple(done), refused=len(self._refused) - refused, error=error
            )

    def let_go(self, segments: Sequence[Segment]) -> None:
        """Delete these out of turn: nothing moved in them. What is marked or refuses is left to the plans."""
        marked = self._store.catalogue.motion.among([segment.id for segment in segments])
        deletion = self._deleted([segment for segment in segments if segment.id not in marked], NO_MOTION)
        if deletion.refusals:
            self._telemetry.failed("retention")
            first = deletion.refusals[0]
            log.error("footage without motion stays, %s cannot be deleted: %s", first.filename, first.strerror)

    def _holdings(self) -> Holdings:
        holdings = Holdings.of(self._store.catalogue.holdings())
        return holdings.without(self._refused) if self._refused else holdings

    def _plan(self, holdings: Holdings, room: Room) -> list[Step]:
        return plan(holdings, self.volume, self.cameras, room, now_milliseconds=self._milliseconds())

    def _milliseconds(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _let_go(self, holdings: Holdings, step: Step) -> tuple[Indices, str]:
        """What of a step has gone, and why the rest has not."""
        gone, error = list[int](), ""
        promises = promised_seconds(holdings, self.volume, self.cameras)
        for batch, outlived in _batches(holdings, step.indices):
            of_row = {int(holdings.row[index]): int(index) for index in batch}
            segments = self._still(holdings, of_row)
            promised = {segment.id: float(promises[of_row[row]]) for row, segment in segments.items()}
            deleted, error = self._delete(segments, step.policy, promised, even_protected=outlived)
            gone += [of_row[row] for row in deleted]
            if error:
                break
        return np.array(gone, dtype=np.intp), error

    def _still(self, holdings: Holdings, of_row: Mapping[int, int]) -> dict[int, Segment]:
        """The segments of these rows, as far as they are the same: a catalogue that was renewed numbers anew."""
        found = self._store.catalogue.numbered(of_row)
        return {row: segment for row, segment in found.items() if holdings.is_segment(of_row[row], segment)}

    def _delete(
        self, segments: Mapping[int, Segment], policy: str, promised: Mapping[str, float], *, even_protected: bool
    ) -> tuple[list[int], str]:
        """The rows that have gone, and why a clean-up cannot go on."""
        deletion = self._deleted(segments.values(), policy, promised, even_protected=even_protected)
        gone = {stone.segment.id for stone in deletion.stones}
        deleted = [row for row, segment in segments.items() if segment.id in gone]
        if not deletion.refusals:
            return deleted, ""
        if deletion.is_refused_by_volume:
            return deleted, f"the volume refuses: {deletion.refusals[0].strerror}"
        kept = gone | deletion.spared
        refused = {row for row, segment in segments.items() if segment.id not in kept}
        return deleted, self._leave_alone(refused, deletion.refusals[0])

    def _deleted(
        self,
        segments: Iterable[Segment],
        policy: str,
        promised: Mapping[str, float] = NOTHING_PROMISED,
        *,
        even_protected: bool = False,
    ) -> Deletion:
        deletion = self._store.delete(segments, policy, self._clock.now(), even_protected=even_protected)
        for stone in deletion.stones:
            promise = promised.get(stone.segment.id, inf)
            self._facts.put(replace(stone, promised_seconds=promise) if isfinite(promise) else stone)
            self._telemetry.segment_deleted(stone)
        return deletion

    def _leave_alone(self, refused: set[int], first: OSError) -> str:
        self._refused |= refused
        log.error(
            "retention: %d files cannot be deleted, the first is %s: %s", len(refused), first.filename, first.strerror
        )
        return "too many files refuse" if len(self._refused) > MOST_REFUSALS else ""

    def _log(self, step: CleanupStep) -> None:
        level = logging.ERROR if step.policy == "emergency" else logging.INFO
        log.log(level, "retention: %d segments deleted (%s), %d bytes", step.segments, step.policy, step.size_bytes)


def _batches(holdings: Holdings, indices: Indices) -> Iterator[tuple[Indices, bool]]:
    """A step's segments, a few at a time: those that may be deleted unless protected, then those although they are."""
    for outlived in (False, True):
        chosen = indices[holdings.protected[indices] == outlived]
        yield from ((chosen[at : at + BATCH], outlived) for at in range(0, len(chosen), BATCH))
