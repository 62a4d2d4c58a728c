"""Which picture comes next in a session, and when: without sockets and clocks."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.faults.rtsp.behaviour import Behaviour
from tests.faults.rtsp.clip import Clip, Picture
from tests.faults.rtsp.rtp import VIDEO_CLOCK, payloads

SEED = 7
GARBLED_BYTES = 20


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A picture ready to be sent: the payloads of its packets, and their time as RTP counts it."""

    payloads: tuple[bytes, ...]
    timestamp: int


class Playback:
    """One session's way through the clips. `seconds` is when the next picture is due."""

    def __init__(self, clips: Mapping[str, Clip], behaviour: Behaviour) -> None:
        self._clips, self._name, self._index = clips, behaviour.clip, 0
        self._random = random.Random(SEED)
        self.seconds = 0.0

    def next(self, behaviour: Behaviour) -> Outgoing:
        """The picture that is due, and on to the one after it."""
        picture = self._picture(behaviour)
        clip = self._clips[self._name]
        shifted = self.seconds + behaviour.timestamp_shift_seconds
        timestamp = behaviour.first_timestamp + round(shifted * VIDEO_CLOCK)
        self.seconds += behaviour.slowness / clip.fps
        return Outgoing(tuple(self._payloads(picture, clip.codec, behaviour.garbled_share)), timestamp)

    def _picture(self, behaviour: Behaviour) -> Picture:
        """A frozen camera repeats a key frame, so that what it sends can be decoded."""
        pictures = self._clips[self._name].pictures
        picture = pictures[self._index % len(pictures)]
        if picture.is_key and behaviour.clip != self._name:
            self._name, self._index = behaviour.clip, 0
            return self._picture(behaviour)
        if not (behaviour.frozen and picture.is_key):
            self._index += 1
        return picture

    def _payloads(self, picture: Picture, codec: str, garbled_share: float) -> Iterator[bytes]:
        for unit in picture.units:
            is_garbled = self._random.random() < garbled_share
            yield from payloads(self._garbled(unit) if is_garbled else unit, codec)

    def _garbled(self, unit: bytes) -> bytes:
        """The NAL unit with some of its bytes changed; its header stays, so that it arrives."""
        damaged = bytearray(unit)
        for _ in range(GARBLED_BYTES):
            damaged[self._random.randrange(2, len(damaged))] = self._random.randrange(256)
        return bytes(damaged)
