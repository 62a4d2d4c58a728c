"""What a camera was seen to send, from what ffmpeg says when it has connected; remembered between runs.

How packets must be handled depends on their codecs, which are known only once the camera is connected. So the first run
of a camera assumes the usual, and is begun anew where the camera turns out to be unusual.
"""

import contextlib
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nvr.model import Cause

_VIDEO = re.compile(r"Stream #0:\d+.*?: Video: (?P<codec>\w+).*?, (?P<width>\d{2,5})x(?P<height>\d{2,5})\b(?P<rest>.*)")
_AUDIO = re.compile(r"Stream #0:\d+.*?: Audio: (?P<codec>\w+)")
_OUTPUT = re.compile(r"\] *Output #0")
_RATE = re.compile(r"([\d.]+) (?:fps|tbr)")

_IN_MPEGTS = frozenset({"h264", "hevc"})
_MEMORY = ".stream.json"


@dataclass(frozen=True, slots=True)
class Handling:
    """How a camera's packets are treated.

    `packet_format` is the container in which they go to the decoder: MPEG-TS can be joined late, but holds few codecs.
    """

    packet_format: str = "mpegts"
    copy_audio: bool = False


@dataclass(frozen=True, slots=True)
class Streams:
    """A camera's video, and the codec of its audio if it has any. `fps` is what it declares, 0.0 for nothing."""

    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    audio_codec: str = ""

    def handling(self, before: Handling) -> Handling:
        """What suits these streams. Audio that did not show this time is no reason to change its handling."""
        copy_audio = self.audio_codec == "aac" if self.audio_codec else before.copy_audio
        return Handling("mpegts" if self.codec in _IN_MPEGTS else "nut", copy_audio)

    def change_since(self, before: "Streams | None") -> Cause | None:
        """How a camera came back different, which explains why it was away."""
        if before is None:
            return None
        if before.codec != self.codec:
            return Cause.CODEC
        return Cause.RESOLUTION if (before.width, before.height) != (self.width, self.height) else None


class StreamListener:
    """Gathers `Streams` from the lines in which ffmpeg describes its input."""

    def __init__(self) -> None:
        self._streams = Streams()
        self.heard: Streams | None = None

    def feed(self, line: str) -> Streams | None:
        """Take a line; returns the streams once, when the description of the input is over."""
        if self.heard is not None:
            return None
        if _OUTPUT.search(line) or "Stream mapping:" in line:
            self.heard = self._streams if self._streams.codec else None
            return self.heard
        if not self._streams.codec and (video := _VIDEO.search(line)):
            rate = _RATE.search(video["rest"])
            self._streams = replace(
                self._streams,
                codec=video["codec"],
                width=int(video["width"]),
                height=int(video["height"]),
                fps=float(rate[1]) if rate else 0.0,
            )
        elif not self._streams.audio_codec and (audio := _AUDIO.search(line)):
            self._streams = replace(self._streams, audio_codec=audio["codec"])
        return None


def remembered(camera_folder: Path) -> Handling:
    """What suited the camera last time; the usual where nothing is known."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        values = json.loads((camera_folder / _MEMORY).read_text(encoding="utf-8"))
        return Handling(str(values["packet_format"]), bool(values["copy_audio"]))
    return Handling()


def remember(camera_folder: Path, handling: Handling) -> None:
    """Keep it for the next start. It is a convenience: a disk that refuses is not worth an error here."""
    with contextlib.suppress(OSError):
        (camera_folder / _MEMORY).write_text(json.dumps(asdict(handling)), encoding="utf-8")
