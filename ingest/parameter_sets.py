"""The size of the pictures that a stream carries, from its parameter sets: what a camera changes in mid-stream.

The syntax is that of ITU-T H.264 (08/2021) 7.3.2.1 and H.265 (08/2021) 7.3.2.2. In files each NAL unit stands behind
its length.
"""

from collections.abc import Iterator

Size = tuple[int, int]
"""Width and height as coded, in whole macroblocks or coding blocks: nothing is cropped."""

_H264_SPS, _HEVC_SPS = 7, 33
_WITH_CHROMA_FORMAT = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""The profiles of H.264 whose sequence parameter sets say more of colours."""

_SEARCHED_UNITS = 8
"""A sequence parameter set comes among the first units of a key frame, or not at all."""


def picture_size(sample: bytes, codec: str) -> Size | None:
    """The size that the beginning of a picture's data declares; None where it declares none."""
    unit = parameter_set(sample, codec)
    if unit is None:
        return None
    try:
        return _h264_size(_Bits(unit[1:])) if codec == "h264" else _hevc_size(_Bits(unit[2:]))
    except IndexError:  # cut off, or damaged on its way
        return None


def parameter_set(sample: bytes, codec: str) -> bytes | None:
    """The unit that declares it, which a stream repeats as it is."""
    for unit in _units(sample):
        if codec == "h264" and unit[0] & 0x1F == _H264_SPS:
            return unit
        if codec == "hevc" and unit[0] >> 1 & 0x3F == _HEVC_SPS:
            return unit
    return None


def _units(sample: bytes) -> Iterator[bytes]:
    at = 0
    for _ in range(_SEARCHED_UNITS):
        length = int.from_bytes(sample[at : at + 4], "big")
        if not 0 < length <= len(sample) - at - 4:
            return
        yield sample[at + 4 : at + 4 + length]
        at += 4 + length


class _Bits:
    """Reads bits, and the Exp-Golomb codes of clause 9. Raises IndexError at the end."""

    def __init__(self, payload: bytes) -> None:
        self._bytes = payload.replace(b"\0\0\3", b"\0\0")  # clause 7.4.1: emulation prevention
        self._at = 0

    def read(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._bytes[self._at >> 3] >> (7 - self._at % 8) & 1
            self._at += 1
        return value

    def unsigned(self) -> int:
        zeros = 0
        while not self.read(1):
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)

    def signed(self) -> int:
        value = self.unsigned()
        return (value + 1) // 2 if value % 2 else -value // 2


def _h264_size(bits: _Bits) -> Size:
    profile = bits.read(8)
    bits.read(16)
    bits.unsigned()
    if profile in _WITH_CHROMA_FORMAT:
        _skip_colours(bits)
    bits.unsigned()
    _skip_order_count(bits)
    bits.unsigned()
    bits.read(1)
    width, height = 16 * (bits.unsigned() + 1), 16 * (bits.unsigned() + 1)
    fields = not bits.read(1)
    return width, height * (2 if fields else 1)


def _skip_colours(bits: _Bits) -> None:
    chroma_format = bits.unsigned()
    if chroma_format == 3:
        bits.read(1)
    bits.unsigned()
    bits.unsigned()
    bits.read(1)
    if bits.read(1):
        for index in range(12 if chroma_format == 3 else 8):
            if bits.read(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)


def _skip_scaling_list(bits: _Bits, entries: int) -> None:
    last = following = 8
    for _ in range(entries):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_order_count(bits: _Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.read(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.unsigned()):
            bits.signed()


def _hevc_size(bits: _Bits) -> Size:
    bits.read(4)
    sub_layers = bits.read(3)
    bits.read(1)
    bits.read(96)
    present = [(bits.read(1), bits.read(1)) for _ in range(sub_layers)]
    if sub_layers:
        bits.read(2 * (8 - sub_layers))
    for profile, level in present:
        bits.read(88 * profile + 8 * level)
    bits.unsigned()
    if bits.unsigned() == 3:
        bits.read(1)
    return bits.unsigned(), bits.unsigned()
