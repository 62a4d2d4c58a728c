"""The segments of one volume: their final names, their catalogue, and what an earlier run left behind.

A finished segment lies at `CAMERA/YYYY-MM-DD/HHMMSS.mmmZ.mp4`, named by its true start in UTC. No file is ever
overwritten: a name is reserved first, and where it is taken the next millisecond is.
"""

import logging
import os
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.claims import Claims
from ingest.deletion import Deletion, unlinked
from ingest.mp4 import Media, probe
from ingest.protections import Protections
from ingest.run import Run, sync
from ingest.segment_name import link, named, start_of_link
from ingest.volume import Mounted
from nvr.errors import MediaError, StorageError
from nvr.housekeeping import DeletedFootage
from nvr.lock_file import LockFile
from nvr.model import Gap, Segment

log = logging.getLogger(__name__)

CATALOGUE = "catalogue.sqlite"
LOCK = ".lock"
TRIAL = ".trial"
"""A byte is written to it to see whether that can be done."""


class Store:
    """The footage under one folder. All methods may be called from any thread; they touch the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the storage folder cannot be used, {error.strerror}", path=root) from error
        self._lock = LockFile(root / LOCK)  # a second recorder would take the files of the first for torn ones
        self.catalogue = Catalogue(root / CATALOGUE)
        self._mounted = Mounted(root)
        self.claims = Claims()
        self._lost_folders = int(self.catalogue.was_missing and any(root.glob("*/????-??-??")))
        self._settled = 0
        self._open: dict[str, Segment] = {}
        self._open_lock = threading.Lock()
        self._folders_lock = threading.Lock()
        """Held while a day's folder is made and gets a file, and while one that is empty goes."""

    def is_mounted(self) -> bool:
        """Whether it is still the same volume that lies here."""
        try:
            self.check_mounted()
        except StorageError:
            return False
        return True

    def check_mounted(self) -> None:
        """Raise MountMissing where it is not: then a file that is not there is none that has gone."""
        self._mounted.check()

    def is_writable(self) -> bool:
        """Whether a byte can be written: permissions alone do not tell, nor does how the volume is mounted."""
        if not self.is_mounted():
            return False
        try:
            descriptor = os.open(self.root / TRIAL, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644)
            try:
                os.pwrite(descriptor, b".", 0)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            return False
        return True

    def close(self) -> None:
        self.catalogue.close()
        self._lock.close()

    # Asking

    @property
    def protections(self) -> Protections:
        return self.catalogue.protections

    def segments(self, camera: str, start: datetime, end: datetime) -> list[Segment]:
        """Those that overlap `[start, end)`, oldest first, the one being written included."""
        found = self.catalogue.segments(camera, start, end)
        growing = self._growing(camera)
        if growing and growing.start < end and growing.end > start:
            found.append(growing)
        return found

    def segment(self, segment_id: str) -> Segment | None:
        """By its id, or by the one it had while it was being written."""
        if finished := self.catalogue.segment(segment_id):
            return finished
        with self._open_lock:
            return next((segment for segment in self._open.values() if segment.id == segment_id), None)

    def gaps(self, camera: str | None, start: datetime, end: datetime) -> list[Gap]:
        """Those that overlap `[start, end)`, oldest first; of all cameras where none is named."""
        return self.catalogue.gaps.between(camera, start, end)

    def deleted(self, camera: str, start: datetime, end: datetime) -> list[DeletedFootage]:
        """What of `[start, end)` was deleted in the last weeks and why, oldest first."""
        return self.catalogue.tombstones.between(camera, start, end)

    def file(self, segment: Segment) -> Path:
        return self.root / segment.path

    def camera_folder(self, camera: str) -> Path:
        return self.root / camera

    def _growing(self, camera: str) -> Segment | None:
        with self._open_lock:
            return self._open.get(camera)

    # Recording

    def begin_run(self, camera: str, now: datetime) -> Run:
        """A run whose folder is there, whatever was deleted. Raises MountMissing rather than make it elsewhere."""
        self._mounted.check()
        if not self.camera_folder(camera).is_dir() and self.catalogue.last_end(camera):
            log.error("%s: its folder was deleted, and is made anew", camera)
            self._lost_folders += 1
        return Run.begin(camera, self.camera_folder(camera), now)

    @property
    def doubts(self) -> int:
        """Rises whenever files and catalogue may have ceased to agree."""
        return self._lost_folders + self.catalogue.renewals + self._mounted.returns

    @property
    def is_in_doubt(self) -> bool:
        """Whether there may be older footage than the catalogue knows: nothing goes by it but in need."""
        return self.doubts != self._settled

    def settle(self, doubts: int) -> None:
        """Files and catalogue agree: they were compared after so many doubts."""
        self._settled = doubts

    def look(self) -> None:
        """Notice what was done to the folder and the catalogue, and make both anew. Raises StorageError."""
        self._mounted.check()
        if not (self.root / LOCK).exists():
            log.error("the lock of the storage folder %s was deleted, and is made anew", self.root)
            self._lock.close()
            self._lock = LockFile(self.root / LOCK)
        self.catalogue.look()

    def set_growing(self, camera: str, segment: Segment | None) -> None:
        """Say which segment is being written, and how long it is by now."""
        with self._open_lock:
            if segment is None:
                self._open.pop(camera, None)
            else:
                self._open[camera] = segment

    def growing(self, run: Run, index: int, start: datetime, duration_seconds: float, media: Media) -> Segment:
        """The segment that a run is writing, as it is now."""
        file = run.file(index)
        return Segment(
            id=run.origin(index),
            camera=run.camera,
            start=start,
            duration_seconds=duration_seconds,
            size_bytes=file.stat().st_size,
            path=str(file.relative_to(self.root)),
            codec=media.codec,
            width=media.width,
            height=media.height,
            complete=False,
        )

    def finish(
        self,
        run: Run,
        index: int,
        start: datetime,
        duration_seconds: float | None = None,
        *,
        clock_step_seconds: float = 0.0,
        clock_offset_seconds: float = 0.0,
    ) -> Segment:
        """Give a closed file its final name, and enter it. Its duration is measured where it is not given.

        Raises MediaError where the file holds no picture.
        """
        file = run.file(index)
        media = probe(file)
        if not media.pictures:
            raise MediaError("no whole picture in this file", path=file)
        sync(file)
        segment = replace(
            self.describe(file, run.camera, start, media, duration_seconds),
            clock_step_seconds=clock_step_seconds,
            clock_offset_seconds=clock_offset_seconds,
        )
        segment = self._as_linked(file, segment)
        while not self._enter(file, segment, run.origin(index)):
            segment = named(segment, segment.start + timedelta(milliseconds=1))
        file.unlink(missing_ok=True)
        return segment

    def describe(
        self, file: Path, camera: str, start: datetime, media: Media, duration_seconds: float | None = None
    ) -> Segment:
        """The segment that a file is, or is to be; its duration is that of the media where it is not given."""
        segment = Segment(
            id="",
            camera=camera,
            start=start,
            duration_seconds=media.duration_seconds if duration_seconds is None else duration_seconds,
            size_bytes=file.stat().st_size,
            path="",
            codec=media.codec,
            width=media.width,
            height=media.height,
        )
        return named(segment, start)

    def _as_linked(self, file: Path, segment: Segment) -> Segment:
        """The segment by the name that an earlier attempt gave its file, which a note may be some milliseconds off."""
        status = file.stat()
        if status.st_nlink == 1:
            return segment
        for days in (0, -1, 1):
            folder = self.file(named(segment, segment.start + timedelta(days=days))).parent
            if start := start_of_link(folder, status.st_ino):
                return named(segment, start)
        return segment

    def _enter(self, file: Path, segment: Segment, origin: str) -> bool:
        """Link a file to a segment's name and enter it; False where the name is another's.

        Its old name stays, so that whoever plays it by that name finds it, until it is in the catalogue.
        """
        target = self.file(segment)
        with self.claims.one(segment.path):
            try:
                with self._folders_lock:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    link(file, target)
            except FileExistsError:
                if not target.samefile(file):  # it is, where an earlier attempt got no further
                    return False
            sync(target.parent)
            self.catalogue.add(segment, origin=origin)
        return True

    # Deleting

    def delete(
        self, segments: Iterable[Segment], policy: str, now: datetime, *, even_protected: bool = False
    ) -> Deletion:
        """Delete files and leave tombstones; raises StorageError where the catalogue refuses those.

        One that refuses keeps no other, but a volume that cannot be written as a whole refuses once.
        Protected ones are spared, also those that were not yet when they were chosen; what another has deleted since
        is left out, or it would be buried twice. Raises MountMissing where the files are out of reach.
        """
        self.check_mounted()
        wanted = {segment.path: segment for segment in segments}
        with self.claims.free(wanted) as paths:
            there = self.catalogue.standing([segment.id for path, segment in wanted.items() if path in paths])
            spared = {segment_id for segment_id, is_protected in there.items() if is_protected and not even_protected}
            chosen = [each for each in wanted.values() if each.id in there.keys() - spared and each.path in paths]
            stones, refusals = unlinked(self.root, chosen, policy, now)
            self.check_mounted()
            self.catalogue.bury(stones)
        self._prune({self.file(stone.segment).parent for stone in stones})
        return Deletion(stones, refusals, spared)

    def _prune(self, folders: Iterable[Path]) -> None:
        """Remove days that have become empty."""
        for folder in folders:
            with self._folders_lock:
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()
