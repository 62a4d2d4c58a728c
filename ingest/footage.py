"""The files of one run while they grow: synced each second, named when closed, adopted when nobody closed them."""

import contextlib
import logging
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.adoption import adopt_run, weed_out
from ingest.anchor import Anchor
from ingest.gaps import GapLedger
from ingest.health import Health
from ingest.mp4 import Media, probe
from ingest.run import Note, Run, sync
from ingest.store import Store
from nvr.errors import MediaError
from nvr.model import Segment, isoformat
from nvr.ports import FactSink, Telemetry

log = logging.getLogger(__name__)

ANCHOR_SECONDS = 3.0
"""From this media time on a run's anchor is good enough to say when its footage began."""

REPORT_SLACK_SECONDS = 2.0
"""How far a file may truly reach beyond the last report of the media time: what it claims beyond that is a jump."""

NOTE_SECONDS = 0.02
"""A better anchor than this is worth a new note."""


@dataclass(slots=True)
class _Growing:
    """The file being written: its number, where it begins in media time, and the bytes counted so far."""

    index: int = 0
    media_start: float = 0.0
    counted_bytes: int = 0
    media: Media | None = None


class Footage:
    """What one run leaves on disk. What touches the disk is for one thread, and no cancellation leaves it half done.

    What was received (`reached`, `begins`, `skipped`) is told by another, and each value is written by one of the two.

    Methods raise OSError and StorageError where the disk does not do as it should; the files stay for a later run.
    """

    def __init__(
        self,
        run: Run,
        anchor: Anchor,
        *,
        store: Store,
        facts: FactSink,
        telemetry: Telemetry,
        gaps: GapLedger,
        health: Health,
    ) -> None:
        self._run, self._anchor, self._store = run, anchor, store
        self._facts, self._telemetry, self._gaps, self._health = facts, telemetry, gaps, health
        self._growing = _Growing()
        self._noted = Note(0.0, -1, 0.0)
        self._reached = 0.0
        self._is_adopted = False
        self._began = False
        self._beginning = self._skipped_seconds = self._counted_seconds = 0.0
        self._end: datetime | None = None

    @property
    def end(self) -> datetime | None:
        """Until when the footage reaches, finished or not; None where there is none.

        Until all of it is adopted, which a disk that hangs or refuses keeps from happening, that is what was received.
        """
        if self._is_adopted or not self._anchor.known:
            return self._end
        return self._anchor.utc(self._reached)

    def reached(self, media_seconds: float) -> None:
        """Media up to here has been received."""
        self._reached = media_seconds

    def begins(self, media_seconds: float) -> None:
        """Before this media time there are no pictures."""
        self._beginning = media_seconds

    def skipped(self, seconds: float) -> None:
        """So much of what comes next has no pictures: it does not count as footage. Said before that is reached."""
        self._skipped_seconds += seconds

    @property
    def growing_file(self) -> Path:
        return self._run.file(self._growing.index)

    def keep(self) -> None:
        """Once a second: sync the growing file, show it as it is, and note what is needed to adopt it."""
        if self._reached > ANCHOR_SECONDS:
            self._footage_began()
        growing = self._growing
        file = self._run.file(growing.index)
        if not file.exists():
            return
        sync(file, data_only=True)
        if not self._anchor.known:  # its header comes before the first report
            return
        try:
            growing.media = growing.media or probe(file)
        except MediaError:  # nothing flushed yet
            return
        self._write_note(growing)
        self._show(growing, growing.media)

    def closed(self, index: int, media_start: float, media_end: float) -> None:
        """ffmpeg has closed a file: name it. Its end, or what came after it, has been observed."""
        media_end = min(media_end, max(media_start, self._reach, media_start + self._seconds_of_pictures(index)))
        self._finish(index, media_start, media_end - media_start)
        self._growing = _Growing(index + 1, media_end)
        self._store.set_growing(self._run.camera, None)
        if self._anchor.clock_was_set:
            self._follow_clock(self._growing.media_start)
        elif self._anchor.known:
            self._anchor.follow_camera()

    def _follow_clock(self, media_seconds: float) -> None:
        """A file keeps the clock it began with, and the next one has the clock as it was set meanwhile."""
        before = self._anchor.utc(media_seconds)
        step = self._anchor.follow_clock()
        after = self._anchor.utc(media_seconds)
        log.warning("%s: from %s on by the clock as it was set (%+.1f s)", self._run.camera, isoformat(after), step)
        if after > before:
            self._gaps.clock_set(before, after)

    def adopt_rest(self) -> None:
        """Finish the files that nobody closed: the process was killed before it could say so."""
        note = self._note(self._growing) if self._anchor.known else None  # else it was over before the first report
        for index, segment in adopt_run(self._store, self._run, note, reached=self._reach, damaged=self._damaged):
            self._footage_began(None if note else segment.start)
            self._finished(index, segment)
        self._is_adopted = True
        self._count_seconds()
        self._store.set_growing(self._run.camera, None)

    def _damaged(self) -> None:
        self._telemetry.failed("damaged file")

    @property
    def _reach(self) -> float:
        return self._reached + REPORT_SLACK_SECONDS if self._anchor.known else math.inf

    def _finish(self, index: int, media_start: float, duration: float) -> None:
        self._footage_began()
        try:
            segment = self._store.finish(
                self._run,
                index,
                self._anchor.utc(media_start),
                duration,
                clock_step_seconds=self._anchor.step_seconds,
                clock_offset_seconds=self._anchor.ahead_seconds,
            )
        except MediaError as error:
            if not weed_out(self._run, index, error):
                self._damaged()
        else:
            self._finished(index, segment)

    def _seconds_of_pictures(self, index: int) -> float:
        """How long a file is by its pictures: a camera's first burst is written before its first report is read."""
        fps = self._health.expected_fps
        with contextlib.suppress(MediaError):
            return probe(self._run.file(index)).pictures / fps if fps else 0.0
        return 0.0

    def _finished(self, index: int, segment: Segment) -> None:
        self._end = self._health.last_segment_time = segment.end
        counted = self._growing.counted_bytes if index == self._growing.index else 0
        self._telemetry.footage_recorded(segment.camera, 0.0, max(0, segment.size_bytes - counted))
        self._telemetry.segment_recorded(segment)
        self._facts.put(segment)

    def _footage_began(self, start: datetime | None = None) -> None:
        if not self._began:
            self._began = True
            self._gaps.recording(start or self._anchor.utc(self._beginning))

    def _show(self, growing: _Growing, media: Media) -> None:
        duration = max(0.0, self._reached - growing.media_start)
        start = self._anchor.utc(growing.media_start)
        segment = self._store.growing(self._run, growing.index, start, duration, media)
        self._store.set_growing(self._run.camera, segment)
        self._telemetry.footage_recorded(segment.camera, 0.0, max(0, segment.size_bytes - growing.counted_bytes))
        growing.counted_bytes = max(growing.counted_bytes, segment.size_bytes)
        self._count_seconds()

    def _count_seconds(self) -> None:
        reached = self._reached  # before what was skipped, which is said first
        seconds = reached - self._beginning - self._skipped_seconds
        self._telemetry.footage_recorded(self._run.camera, max(0.0, seconds - self._counted_seconds), 0)
        self._counted_seconds = max(self._counted_seconds, seconds)

    def _write_note(self, growing: _Growing) -> None:
        note = self._note(growing)
        if note.index != self._noted.index or abs(note.anchor - self._noted.anchor) > NOTE_SECONDS:
            self._run.write_note(note)
            self._noted = note

    def _note(self, growing: _Growing) -> Note:
        anchor = self._anchor
        return Note(
            anchor.utc(0.0).timestamp(),
            growing.index,
            growing.media_start,
            clock_step_seconds=anchor.step_seconds,
            clock_offset_seconds=anchor.ahead_seconds,
        )
