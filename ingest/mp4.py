"""What a fragmented MP4 file holds, read from its boxes: also of a file whose writer was killed.

ISO/IEC 14496-12 has the boxes. A torn file's last fragment is counted up to its last whole picture.
"""

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.mp4_boxes import Box, boxes_in, descend, read
from ingest.mp4_track import tracks, video_track
from nvr.errors import MediaError

_TOP_LEVEL = {
    b"ftyp",
    b"styp",
    b"free",
    b"skip",
    b"sidx",
    b"moov",
    b"moof",
    b"mdat",
    b"mfra",
    b"emsg",
    b"prft",
    b"uuid",
}

HEAD_BYTES = 2048
"""So much of a fragment's media data holds the parameter sets of its first picture."""

_DEFAULT_DURATION_PRESENT, _DEFAULT_SIZE_PRESENT = 0x8, 0x10


@dataclass(frozen=True, slots=True)
class Media:
    """A file's video: whole pictures only. `duration_seconds` is 0.0 where there is none yet."""

    codec: str
    width: int
    height: int
    duration_seconds: float
    pictures: int


def probe(path: Path) -> Media:
    """Read a file's video properties. Raises MediaError where it holds no video track (yet)."""
    with path.open("rb") as file:
        try:
            media = _read_media(file, file.seek(0, 2))
        except (struct.error, IndexError) as error:
            raise MediaError("the boxes of this file are damaged", path=path) from error
    if media is None:
        raise MediaError("no video in this file", path=path)
    return media


def is_bare(path: Path) -> bool:
    """Whether a file was empty, or cut off before its first picture was whole: nothing is lost with it.

    Not so where its boxes are damaged, which may hide pictures. Raises OSError.
    """
    with path.open("rb") as file:
        try:
            return _is_bare(file, file.seek(0, 2))
        except (struct.error, IndexError):
            return False


def _is_bare(file: BinaryIO, size: int) -> bool:
    boxes = list(boxes_in(file, 0, size))
    if not _are_sound(file, boxes, size):
        return False
    if all(box.kind != b"mdat" for box in boxes):
        return True
    media = _read_media(file, size)
    return media is not None and not media.pictures


def _are_sound(file: BinaryIO, boxes: list[Box], size: int) -> bool:
    """Whether boxes that are known fill a file, none of them hides another, and no media data is whole but sound."""
    if size - (boxes[-1].end if boxes else 0) >= 8 or any(box.kind not in _TOP_LEVEL for box in boxes):
        return False
    if any(box.kind == b"mdat" and box.is_whole for box in boxes) and not _are_sound_only(file, boxes):
        return False
    return all(box.is_whole or box.kind == b"mdat" or b"mdat" not in read(file, box) for box in boxes)


def _are_sound_only(file: BinaryIO, boxes: list[Box]) -> bool:
    """Whether all fragments are of tracks that are there and no video, as where a camera's pictures never came."""
    known = {
        track.number
        for moov in boxes
        if moov.kind == b"moov"
        for track in tracks(file, moov)
        if track.timescale and not track.is_video
    }
    headers = [
        read(file, box, 8)
        for moof in boxes
        if moof.kind == b"moof"
        for box in descend(file, moof)
        if box.kind == b"tfhd"
    ]
    return bool(headers) and {int.from_bytes(header[4:], "big") for header in headers} <= known


def fragment_heads(path: Path, offset: int = 0) -> Iterator[tuple[bytes, int]]:
    """How the media data of each whole fragment from `offset` on begin, with the offset behind it.

    `offset` is 0, or what came with an earlier one. Raises OSError.
    """
    with path.open("rb") as file:
        for box in boxes_in(file, offset, file.seek(0, 2)):
            if box.is_whole:
                yield (read(file, box, HEAD_BYTES) if box.kind == b"mdat" else b""), box.end


def _read_media(file: BinaryIO, size: int) -> Media | None:
    video, duration, pictures = None, 0, 0
    for box in boxes_in(file, 0, size):
        if box.kind == b"moov" and box.is_whole:
            video = video_track(file, box)
        elif box.kind == b"moof" and box.is_whole and video is not None:
            with contextlib.suppress(struct.error, IndexError):  # a damaged one costs none of the others
                ticks, count = _fragment(file, box, video.number, size)
                duration, pictures = duration + ticks, pictures + count
    if video is None or not video.timescale:
        return None
    return Media(video.codec, video.width, video.height, duration / video.timescale, pictures)


def _fragment(file: BinaryIO, moof: Box, track: int, size: int) -> tuple[int, int]:
    """Ticks and pictures of one track in one fragment, as far as the file holds them."""
    ticks = pictures = 0
    for traf in boxes_in(file, moof.body, moof.end):
        if traf.kind != b"traf":
            continue
        children = {box.kind: read(file, box) for box in boxes_in(file, traf.body, traf.end)}
        header = children.get(b"tfhd", b"")
        if len(header) >= 8 and struct.unpack_from(">I", header, 4)[0] == track and b"trun" in children:
            more = _run(children[b"trun"], *_defaults(header), start=moof.body - 8, size=size)
            ticks, pictures = ticks + more[0], pictures + more[1]
    return ticks, pictures


def _defaults(tfhd: bytes) -> tuple[int, int]:
    """A fragment's default duration and size of a picture."""
    flags, at = int.from_bytes(tfhd[1:4], "big"), 8
    at += 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    duration = struct.unpack_from(">I", tfhd, at)[0] if flags & _DEFAULT_DURATION_PRESENT else 0
    at += 4 * bool(flags & _DEFAULT_DURATION_PRESENT)
    return duration, struct.unpack_from(">I", tfhd, at)[0] if flags & _DEFAULT_SIZE_PRESENT else 0


def _run(trun: bytes, duration: int, length: int, *, start: int, size: int) -> tuple[int, int]:
    """Ticks and pictures of a track run, whose data lie from `start` plus its offset, in a file of `size` bytes."""
    flags, count = int.from_bytes(trun[1:4], "big"), struct.unpack_from(">I", trun, 4)[0]
    at, offset = 8, 0
    if flags & 0x1:
        offset, at = struct.unpack_from(">i", trun, at)[0], at + 4
    at += 4 * bool(flags & 0x4)
    fields = [flags & bit for bit in (0x100, 0x200, 0x400, 0x800)]
    width = 4 * sum(map(bool, fields))
    count = min(count, size)
    if len(trun) < at + count * width:
        return 0, 0
    ticks, pictures, data = 0, 0, start + offset
    for index in range(count):
        entry = at + index * width
        picture_ticks = struct.unpack_from(">I", trun, entry)[0] if fields[0] else duration
        data += struct.unpack_from(">I", trun, entry + 4 * bool(fields[0]))[0] if fields[1] else length
        if data > size:
            break
        ticks, pictures = ticks + picture_ticks, pictures + 1
    return ticks, pictures
