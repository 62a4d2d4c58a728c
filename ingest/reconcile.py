"""Bringing a volume in order: torn files are adopted before anything is recorded, files and catalogue compared later.

To adopt is a matter of a few files a camera. To compare is one of all files there are: it is done in the background,
day by day, while footage is recorded and deleted; what is just being named or deleted is claimed, and left out.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from ingest.adoption import adopt_run
from ingest.mp4 import probe
from ingest.run import leftovers
from ingest.segment_name import start_of
from ingest.store import Store
from nvr.errors import MediaError, StorageError
from nvr.model import CAMERA_NAME, Segment, Tombstone
from nvr.ports import Telemetry

log = logging.getLogger(__name__)

PIECE = 50
"""So many files are looked into at a time."""


@dataclass(slots=True)
class Findings:
    """What a comparison found: `indexed` had no row, `missing` had no file, `removed` counts reserved names."""

    indexed: list[Segment] = field(default_factory=list)
    missing: list[Tombstone] = field(default_factory=list)
    removed: int = 0


def adopt(store: Store, camera: str, telemetry: Telemetry) -> list[Segment]:
    """Name what a camera's earlier runs left unfinished, and know its last file. None of its runs may be going on."""
    adopted: list[Segment] = []
    damaged = partial(telemetry.failed, "damaged file")
    for run in leftovers(camera, store.camera_folder(camera)):
        try:
            adopted += [segment for _, segment in adopt_run(store, run, run.read_note(), damaged=damaged)]
        except (OSError, StorageError) as error:
            log.error("files of an earlier run are left for the next start: %s", error)
    if adopted:
        log.info("%s: %d torn files adopted", camera, len(adopted))
    return adopted + _know_last(store, camera)


def _know_last(store: Store, camera: str) -> list[Segment]:
    """Where the catalogue is lost the last file says until when there is footage, and so since when it is missing."""
    if days := _days_on_disk(store, camera):
        paths = _on_disk(store, camera, max(days))
        if paths and not store.catalogue.at_path(max(paths)):
            return _settle(store, {max(paths)}, datetime.now(UTC)).indexed
    return []


def cameras_on_disk(store: Store) -> set[str]:
    """Which cameras have a folder."""
    return {entry.name for entry in store.root.iterdir() if CAMERA_NAME.fullmatch(entry.name) and entry.is_dir()}


def days(store: Store) -> list[tuple[str, date]]:
    """What there is to compare, the newest first: that is what people look for."""
    cameras = cameras_on_disk(store) | store.catalogue.sizes().keys()
    found = {(camera, day) for camera in cameras for day in _days_on_disk(store, camera) | store.catalogue.days(camera)}
    return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)


def compare(store: Store, camera: str, day: date, now: datetime) -> Iterator[Findings]:
    """Bury one day's rows without files and index its files without rows, a few at a time. Raises StorageError."""
    rows, files = store.catalogue.paths(camera, day), _on_disk(store, camera, day)
    suspects = sorted(rows ^ files)
    for first in range(0, len(suspects), PIECE):
        yield _settle(store, set(suspects[first : first + PIECE]), now)


def know_oldest(store: Store, size_bytes: int, now: datetime) -> Iterator[Findings]:
    """Compare the oldest days until so much footage is known of them: by it room is made. Raises StorageError."""
    for camera, day in reversed(days(store)):
        if size_bytes <= 0:
            return
        yield from compare(store, camera, day, now)
        start = datetime.combine(day, time(), UTC)
        known = store.catalogue.segments(camera, start, start + timedelta(days=1))
        size_bytes -= sum(segment.size_bytes for segment in known)


def _settle(store: Store, suspects: set[str], now: datetime) -> Findings:
    """Judge them again, now that nobody else touches them. Raises MountMissing where there is nothing to judge by."""
    found = Findings()
    store.check_mounted()
    with store.claims.free(suspects) as paths:
        for path in sorted(paths):
            segment, file = store.catalogue.at_path(path), store.root / path
            if segment and not file.exists():
                found.missing.append(Tombstone(segment, now, "missing"))
            elif file.exists() and not segment:
                _index(store, path, file, found)
        store.check_mounted()
        store.catalogue.bury(found.missing)
    return found


def _index(store: Store, path: str, file: Path, found: Findings) -> None:
    try:
        start = start_of(path)
        segment = store.describe(file, path.split("/", maxsplit=1)[0], start, probe(file))
    except MediaError as error:
        if file.stat().st_size == 0:  # a name that was reserved when the machine stopped
            file.unlink()
            found.removed += 1
        else:
            log.warning("a file is left alone: %s", error)
        return
    except ValueError:
        return
    store.catalogue.add(segment, origin=segment.id)
    found.indexed.append(segment)


def _days_on_disk(store: Store, camera: str) -> set[date]:
    found = set()
    for folder in store.camera_folder(camera).glob("????-??-??"):
        try:
            found.add(date.fromisoformat(folder.name))
        except ValueError:  # not ours
            continue
    return found


def _on_disk(store: Store, camera: str, day: date) -> set[str]:
    folder = store.camera_folder(camera) / day.isoformat()
    return {f"{camera}/{day}/{file.name}" for file in folder.glob("*Z.mp4")}
