"""What ffmpeg says of a camera's streams when it has connected."""

import re
from dataclasses import dataclass

_VIDEO = re.compile(r"Stream #0:\d+.*?: Video: (?P<codec>\w+).*?, (?P<width>\d{2,5})x(?P<height>\d{2,5})\b(?P<rest>.*)")
_RATE = re.compile(r"([\d.]+) (?:fps|tbr)")

_IN_MPEGTS = frozenset({"h264", "hevc"})


@dataclass(frozen=True, slots=True)
class VideoStream:
    """`fps` is what the camera declares, 0.0 where it declares nothing."""

    codec: str
    width: int
    height: int
    fps: float

    @property
    def packet_format(self) -> str:
        """The container in which its packets go to the decoder: MPEG-TS can be joined late, but holds few codecs."""
        return "mpegts" if self.codec in _IN_MPEGTS else "nut"


def parse_stream_line(line: str) -> VideoStream | None:
    """The video stream that a line of ffmpeg's standard error describes, if it does."""
    match = _VIDEO.search(line)
    if not match:
        return None
    rate = _RATE.search(match["rest"])
    return VideoStream(match["codec"], int(match["width"]), int(match["height"]), float(rate[1]) if rate else 0.0)
