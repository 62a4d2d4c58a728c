"""What a faulty camera plays: the pictures of a raw H.264 or HEVC file, each as its NAL units."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_START_CODE = b"\0\0\1"
_DELIMITERS = {"h264": 9, "hevc": 35}
_KEYS = {"h264": (5,), "hevc": tuple(range(16, 22))}
_PARAMETER_SETS = {"h264": (7, 8), "hevc": (32, 33, 34)}


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit, without its delimiter."""

    units: tuple[bytes, ...]
    is_key: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """Pictures to be repeated for ever; the first is a key frame."""

    codec: str
    fps: int
    pictures: tuple[Picture, ...]

    @classmethod
    def read(cls, path: Path, codec: str, fps: int) -> "Clip":
        """A file in the format of Annex B whose pictures are preceded by access unit delimiters."""
        return cls(codec, fps, tuple(_pictures(path.read_bytes(), codec)))

    @property
    def parameter_sets(self) -> list[bytes]:
        """What a decoder must know first, as the first key frame has it."""
        return [unit for unit in self.pictures[0].units if unit_type(unit, self.codec) in _PARAMETER_SETS[self.codec]]


def unit_type(unit: bytes, codec: str) -> int:
    return unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F


def _pictures(stream: bytes, codec: str) -> Iterator[Picture]:
    units: list[bytes] = []
    for unit in (part.rstrip(b"\0") for part in stream.split(_START_CODE)[1:]):
        if unit_type(unit, codec) != _DELIMITERS[codec]:
            units.append(unit)
        elif units:
            yield _picture(units, codec)
            units = []
    yield _picture(units, codec)


def _picture(units: list[bytes], codec: str) -> Picture:
    return Picture(tuple(units), any(unit_type(unit, codec) in _KEYS[codec] for unit in units))
