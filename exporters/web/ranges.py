"""Byte ranges of RFC 9110, section 14: pure, and bounded whatever a client sends."""

import re
from dataclasses import dataclass

MOST_RANGES = 16
"""More than these, after joining what overlaps, and the header is ignored, as section 14.2 allows."""
LONGEST_HEADER = 2048

_UNIT = re.compile(r"bytes=(.*)", re.ASCII | re.IGNORECASE)
_RANGE = re.compile(r"[ \t]*(\d{0,19})-(\d{0,19})[ \t]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def content_range(self, size: int) -> str:
        return f"bytes {self.first}-{self.last}/{size}"


def parse_ranges(header: str, size: int) -> list[ByteRange] | None:
    """The ranges to send of `size` bytes: None where the header is to be ignored, none where none can be satisfied."""
    match = _UNIT.fullmatch(header) if len(header) <= LONGEST_HEADER else None
    if match is None:
        return None
    parts = [_RANGE.fullmatch(part) for part in match[1].split(",") if part.strip(" \t")]
    if not parts or any(part is None or not _is_valid(part[1], part[2]) for part in parts):
        return None
    found = [_resolve(part[1], part[2], size) for part in parts if part]
    joined = join([byte_range for byte_range in found if byte_range])
    return joined if len(joined) <= MOST_RANGES else None


def _is_valid(first: str, last: str) -> bool:
    return bool(first or last) and not (first and last and int(first) > int(last))


def _resolve(first: str, last: str, size: int) -> ByteRange | None:
    """None where the range lies past the end. Without a first it asks for the last so many bytes."""
    if not first:
        wanted = min(int(last), size)
        return ByteRange(size - wanted, size - 1) if wanted else None
    if int(first) >= size:
        return None
    return ByteRange(int(first), min(int(last), size - 1) if last else size - 1)


def join(ranges: list[ByteRange]) -> list[ByteRange]:
    """Ranges that overlap or touch made one, so that nobody gets a byte twice; otherwise in the order asked for."""
    joined: list[ByteRange] = []
    for byte_range in ranges:
        near = [r for r in joined if r.first <= byte_range.last + 1 and byte_range.first <= r.last + 1]
        whole = ByteRange(min(r.first for r in [byte_range, *near]), max(r.last for r in [byte_range, *near]))
        joined = [r for r in joined if r not in near] + [whole]
    return joined
