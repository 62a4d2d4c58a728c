"""What a fragmented MP4 file holds, read from its boxes: also of a file whose writer was killed.

ISO/IEC 14496-12 has the boxes. A torn file's last fragment is counted up to its last whole picture.
"""

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nvr.errors import MediaError

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}
_CODECS = {b"avc1": "h264", b"avc3": "h264", b"hvc1": "hevc", b"hev1": "hevc", b"av01": "av1"}
_OBJECT_TYPES = {0x20: "mpeg4", 0x61: "mpeg2video", 0x6C: "mjpeg"}
"""What `mp4v` holds (ISO/IEC 14496-1, table 5)."""

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


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    body: int
    end: int
    is_whole: bool


@dataclass(slots=True)
class _Track:
    number: int = 0
    timescale: int = 0
    codec: str = ""
    width: int = 0
    height: int = 0
    is_video: bool = False


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
    boxes = list(_boxes(file, 0, size))
    if not _are_sound(file, boxes, size):
        return False
    if all(box.kind != b"mdat" for box in boxes):
        return True
    media = _read_media(file, size)
    return media is not None and not media.pictures


def _are_sound(file: BinaryIO, boxes: list[_Box], size: int) -> bool:
    """Whether boxes that are known fill a file, none of them hides another, and no media data is whole but sound."""
    if size - (boxes[-1].end if boxes else 0) >= 8 or any(box.kind not in _TOP_LEVEL for box in boxes):
        return False
    if any(box.kind == b"mdat" and box.is_whole for box in boxes) and not _are_sound_only(file, boxes):
        return False
    return all(box.is_whole or box.kind == b"mdat" or b"mdat" not in _read(file, box) for box in boxes)


def _are_sound_only(file: BinaryIO, boxes: list[_Box]) -> bool:
    """Whether all fragments are of tracks that are there and no video, as where a camera's pictures never came."""
    known = {
        track.number
        for moov in boxes
        if moov.kind == b"moov"
        for track in _tracks(file, moov)
        if track.timescale and not track.is_video
    }
    headers = [
        _read(file, box, 8)
        for moof in boxes
        if moof.kind == b"moof"
        for box in _descend(file, moof)
        if box.kind == b"tfhd"
    ]
    return bool(headers) and {int.from_bytes(header[4:], "big") for header in headers} <= known


def fragment_heads(path: Path, offset: int = 0) -> Iterator[tuple[bytes, int]]:
    """How the media data of each whole fragment from `offset` on begin, with the offset behind it.

    `offset` is 0, or what came with an earlier one. Raises OSError.
    """
    with path.open("rb") as file:
        for box in _boxes(file, offset, file.seek(0, 2)):
            if box.is_whole:
                yield (_read(file, box, HEAD_BYTES) if box.kind == b"mdat" else b""), box.end


def _read_media(file: BinaryIO, size: int) -> Media | None:
    video, duration, pictures = None, 0, 0
    for box in _boxes(file, 0, size):
        if box.kind == b"moov" and box.is_whole:
            video = _video_track(file, box)
        elif box.kind == b"moof" and box.is_whole and video is not None:
            with contextlib.suppress(struct.error, IndexError):  # a damaged one costs none of the others
                ticks, count = _fragment(file, box, video.number, size)
                duration, pictures = duration + ticks, pictures + count
    if video is None or not video.timescale:
        return None
    return Media(video.codec, video.width, video.height, duration / video.timescale, pictures)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """The boxes of a range, the last one cut off at its end."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1 and start + 16 <= end:
            size, header = struct.unpack(">Q", file.read(8))[0], 16
        if size < header:
            return
        yield _Box(kind, start + header, min(start + size, end), start + size <= end)
        start += size


def _descend(file: BinaryIO, box: _Box) -> Iterator[_Box]:
    """All boxes below one, parents first."""
    for child in _boxes(file, box.body, box.end):
        yield child
        if child.kind in _CONTAINERS:
            yield from _descend(file, child)


def _read(file: BinaryIO, box: _Box, limit: int = 1 << 22) -> bytes:
    file.seek(box.body)
    return file.read(min(box.end - box.body, limit))


def _video_track(file: BinaryIO, moov: _Box) -> _Track | None:
    return next((track for track in _tracks(file, moov) if track.is_video), None)


def _tracks(file: BinaryIO, moov: _Box) -> Iterator[_Track]:
    for trak in _boxes(file, moov.body, moov.end):
        if trak.kind != b"trak":
            continue
        track = _Track()
        for box in _descend(file, trak):
            _learn(track, box.kind, _read(file, box, 256))
        yield track


def _learn(track: _Track, kind: bytes, body: bytes) -> None:
    if kind == b"tkhd":
        track.number = struct.unpack_from(">I", body, 20 if body[0] else 12)[0]
    elif kind == b"mdhd":
        track.timescale = struct.unpack_from(">I", body, 20 if body[0] else 12)[0]
    elif kind == b"hdlr":
        track.is_video = body[8:12] == b"vide"
    elif kind == b"stsd" and track.is_video and len(body) >= 44:
        fourcc = body[12:16]
        track.codec = _object_type(body) if fourcc == b"mp4v" else _CODECS.get(fourcc, _text(fourcc))
        track.width, track.height = struct.unpack_from(">HH", body, 40)


def _text(fourcc: bytes) -> str:
    return fourcc.decode("latin-1").strip().lower()


def _object_type(stsd: bytes) -> str:
    """The codec that an elementary stream descriptor names, behind its decoder configuration's tag and length."""
    at = stsd.find(b"\x04", stsd.find(b"esds") + 12) + 1
    while stsd[at] & 0x80:
        at += 1
    return _OBJECT_TYPES.get(stsd[at + 1], "mp4v")


def _fragment(file: BinaryIO, moof: _Box, track: int, size: int) -> tuple[int, int]:
    """Ticks and pictures of one track in one fragment, as far as the file holds them."""
    ticks = pictures = 0
    for traf in _boxes(file, moof.body, moof.end):
        if traf.kind != b"traf":
            continue
        children = {box.kind: _read(file, box) for box in _boxes(file, traf.body, traf.end)}
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
