"""A track of an MP4 file, and what its video is."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ingest.mp4_boxes import Box, boxes_in, descend, read

_CODECS = {b"avc1": "h264", b"avc3": "h264", b"hvc1": "hevc", b"hev1": "hevc", b"av01": "av1"}
_OBJECT_TYPES = {0x20: "mpeg4", 0x61: "mpeg2video", 0x6C: "mjpeg"}
"""What `mp4v` holds (ISO/IEC 14496-1, table 5)."""


@dataclass(slots=True)
class Track:
    number: int = 0
    timescale: int = 0
    codec: str = ""
    width: int = 0
    height: int = 0
    is_video: bool = False


def video_track(file: BinaryIO, moov: Box) -> Track | None:
    return next((track for track in tracks(file, moov) if track.is_video), None)


def tracks(file: BinaryIO, moov: Box) -> Iterator[Track]:
    for trak in boxes_in(file, moov.body, moov.end):
        if trak.kind != b"trak":
            continue
        track = Track()
        for box in descend(file, trak):
            _learn(track, box.kind, read(file, box, 256))
        yield track


def _learn(track: Track, kind: bytes, body: bytes) -> None:
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
