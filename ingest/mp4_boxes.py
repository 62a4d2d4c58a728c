"""The boxes that an MP4 file is made of (ISO/IEC 14496-12, 4.2)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    body: int
    end: int
    is_whole: bool


def boxes_in(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes of a range, the last one cut off at its end."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1 and start + 16 <= end:
            size, header = struct.unpack(">Q", file.read(8))[0], 16
        if size < header:
            return
        yield Box(kind, start + header, min(start + size, end), start + size <= end)
        start += size


def descend(file: BinaryIO, box: Box) -> Iterator[Box]:
    """All boxes below one, parents first."""
    for child in boxes_in(file, box.body, box.end):
        yield child
        if child.kind in _CONTAINERS:
            yield from descend(file, child)


def read(file: BinaryIO, box: Box, limit: int = 1 << 22) -> bytes:
    file.seek(box.body)
    return file.read(min(box.end - box.body, limit))
