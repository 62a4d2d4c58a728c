"""Finishing what nobody closed: the files of a run whose process was killed, or whose recorder was."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

from ingest.mp4 import is_bare, probe
from ingest.run import Note, Run
from ingest.store import Store
from nvr.clock import from_timestamp
from nvr.errors import MediaError
from nvr.model import Segment

log = logging.getLogger(__name__)


def _nobody_counts() -> None:
    """A damaged file is in the log only."""


def adopt_run(
    store: Store,
    run: Run,
    note: Note | None,
    *,
    reached: float = inf,
    damaged: Callable[[], None] = _nobody_counts,
) -> Iterator[tuple[int, Segment]]:
    """Name the files that a run left, by the times of its note, and weed out what has no picture. None must be written.

    No file reaches beyond the media time `reached`; `damaged` hears of each that is kept aside. Raises OSError and
    StorageError where the disk refuses: the remaining files then wait.
    """
    media_start = None
    for index in run.indices():
        if note and index == note.index:
            media_start = note.media_start
        file = run.file(index)
        if named := store.catalogue.segment(run.origin(index)):  # and stopped before the old name went
            file.unlink()
            media_start = None if media_start is None else media_start + named.duration_seconds
            continue
        try:
            whole = probe(file).duration_seconds
            duration = whole if media_start is None else max(0.0, min(whole, reached - media_start))
            start = _start(file, whole, note, media_start)
            step, offset = (note.clock_step_seconds, note.clock_offset_seconds) if note else (0.0, 0.0)
            yield (
                index,
                store.finish(run, index, start, duration, clock_step_seconds=step, clock_offset_seconds=offset),
            )
            media_start = None if media_start is None else media_start + whole
        except MediaError as error:
            if not weed_out(run, index, error):
                damaged()
                media_start = None  # nobody knows how long it was
    run.remove_note()


def weed_out(run: Run, index: int, error: MediaError) -> bool:
    """Remove a file without a picture; keep a damaged one, which may have some, out of the way, and say False."""
    file = run.file(index)
    if not file.exists():
        return True
    if not is_bare(file):
        log.error("%s: a damaged file is kept as %s: %s", run.camera, run.set_aside(index), error)
        return False
    log.warning("%s: a file without a picture is removed: %s", run.camera, error)
    file.unlink(missing_ok=True)
    return True


def _start(file: Path, duration: float, note: Note | None, media_start: float | None) -> datetime:
    if note and media_start is not None:
        return from_timestamp(note.anchor + media_start)
    # The last write was at the end of what it holds.
    return from_timestamp(file.stat().st_mtime) - timedelta(seconds=duration)
