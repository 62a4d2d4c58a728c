"""Pictures as RTP packets, interleaved with RTSP.

RFC 3550 has RTP, RFC 6184 H.264 in it, RFC 7798 HEVC, and RFC 2326 10.12 the interleaving.
"""

from collections.abc import Iterator

from tests.faults.rtsp.clip import unit_type

VIDEO_CLOCK, AUDIO_CLOCK = 90_000, 8_000
VIDEO_TYPE, AUDIO_TYPE = 96, 0
"""Payload types; 0 is PCMU."""

_PAYLOAD_BYTES = 1400
_H264_FRAGMENT, _HEVC_FRAGMENT = 28, 49
_START, _END = 0x80, 0x40


class PacketStream:
    """One RTP stream in one interleaved channel: numbers its packets."""

    def __init__(self, channel: int, payload_type: int) -> None:
        self._channel, self._payload_type, self._number = channel, payload_type, 0

    def packet(self, payload: bytes, timestamp: int, *, marker: bool) -> bytes:
        """The packet as it goes over the connection; of the timestamp its lower 32 bits."""
        kind = self._payload_type | (0x80 if marker else 0)
        header = bytes((0x80, kind)) + self._number.to_bytes(2, "big") + (timestamp % 2**32).to_bytes(4, "big")
        self._number = (self._number + 1) % 2**16
        packet = header + b"NVR\0" + payload
        return b"$" + bytes((self._channel,)) + len(packet).to_bytes(2, "big") + packet


def payloads(unit: bytes, codec: str) -> Iterator[bytes]:
    """A NAL unit in one payload, or in fragments where it is long."""
    if len(unit) <= _PAYLOAD_BYTES:
        yield unit
        return
    header, kind = _fragment_header(unit, codec)
    body = unit[len(header) :] if codec == "hevc" else unit[1:]
    for at in range(0, len(body), _PAYLOAD_BYTES):
        flags = (_START if at == 0 else 0) | (_END if at + _PAYLOAD_BYTES >= len(body) else 0)
        yield header + bytes((flags | kind,)) + body[at : at + _PAYLOAD_BYTES]


def _fragment_header(unit: bytes, codec: str) -> tuple[bytes, int]:
    """The fragments' own header, and the type of what they carry."""
    if codec == "h264":
        return bytes((unit[0] & 0xE0 | _H264_FRAGMENT,)), unit_type(unit, codec)
    return bytes((unit[0] & 0x81 | _HEVC_FRAGMENT << 1, unit[1])), unit_type(unit, codec)
