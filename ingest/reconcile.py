"""What a start does about the last end: torn files are adopted, and the catalogue and the files are made to agree."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ingest.mp4 import probe
from ingest.run import Run, leftovers
from ingest.store import Store, start_of
from nvr.clock import from_timestamp
from nvr.errors import MediaError
from nvr.model import CAMERA_NAME, Segment, Tombstone

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reconciliation:
    """What was found: `adopted` were torn, `indexed` had no row, `missing` had no file, `removed` had no picture."""

    adopted: list[Segment] = field(default_factory=list)
    indexed: list[Segment] = field(default_factory=list)
    missing: list[Tombstone] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)

    @property
    def segments(self) -> list[Segment]:
        return [*self.adopted, *self.indexed]


def reconcile(store: Store, now: datetime) -> Reconciliation:
    """Bring a store in order before anything records into it."""
    found = Reconciliation()
    folders = sorted(entry for entry in store.root.iterdir() if CAMERA_NAME.fullmatch(entry.name) and entry.is_dir())
    for folder in folders:
        adopt(store, folder.name, found)
    _compare(store, folders, now, found)
    log.info(
        "storage %s: %d torn files adopted, %d files indexed, %d missing, %d empty ones removed",
        store.root,
        len(found.adopted),
        len(found.indexed),
        len(found.missing),
        len(found.removed),
    )
    return found


def adopt(store: Store, camera: str, found: Reconciliation) -> None:
    """Name what a camera's earlier runs left unfinished. None of its runs may be going on."""
    for run in leftovers(camera, store.camera_folder(camera)):
        try:
            _adopt_run(store, run, found)
        except OSError as error:
            log.error("files of an earlier run are left for the next start: %s", error)


def _adopt_run(store: Store, run: Run, found: Reconciliation) -> None:
    note = run.read_note()
    media_start = None
    for index in run.indices():
        if note and index == note.index:
            media_start = note.media_start
        file = run.file(index)
        if store.catalogue.segment(run.origin(index)):  # named already, and stopped before the old name went
            file.unlink()
            continue
        try:
            duration = probe(file).duration_seconds
            if note and media_start is not None:
                start = from_timestamp(note.anchor + media_start)
                media_start += duration
            else:  # the last write was at the end of what it holds
                start = from_timestamp(file.stat().st_mtime) - timedelta(seconds=duration)
            found.adopted.append(store.finish(run, index, start))
        except MediaError as error:
            log.warning("a file of an earlier run is removed: %s", error)
            file.unlink()
            found.removed.append(file)
    run.remove_note()


def _compare(store: Store, folders: list[Path], now: datetime, found: Reconciliation) -> None:
    """Rows without files become tombstones, files without rows are indexed."""
    rows = store.catalogue.paths()
    files = {str(file.relative_to(store.root)) for folder in folders for file in folder.glob("????-??-??/*Z.mp4")}
    gone = [segment for path in sorted(rows - files) if (segment := store.catalogue.at_path(path))]
    found.missing = [Tombstone(segment, now, "missing") for segment in gone]
    store.catalogue.bury(found.missing)
    for path in sorted(files - rows):
        _index(store, path, found)


def _index(store: Store, path: str, found: Reconciliation) -> None:
    file = store.root / path
    try:
        start, media = start_of(path), probe(file)
    except MediaError as error:
        if file.stat().st_size == 0:  # a name that was reserved when the machine stopped
            file.unlink()
            found.removed.append(file)
        else:
            log.warning("a file is left alone: %s", error)
        return
    except ValueError:
        return
    segment = store.describe(path, start, media)
    store.catalogue.add(segment, origin=segment.id)
    found.indexed.append(segment)
