"""What a recorder reports of itself through ffmpeg's `-progress`: how many pictures, and up to which media time.

A report is written as soon as a packet has passed, so the clock at receipt less the media time is the run's anchor to
the millisecond, and the count of pictures shows muted video under live audio, which no socket timeout sees.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Pictures copied and the media time reached since the run began."""

    frames: int
    media_seconds: float


class ProgressReader:
    """Collects `key=value` lines into one `Progress` a report."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def feed(self, line: str) -> Progress | None:
        """Take one line; returns the report it completes."""
        key, _, value = line.strip().partition("=")
        if key != "progress":
            self._values[key] = value.strip()
            return None
        values, self._values = self._values, {}
        try:
            return Progress(int(values["frame"]), int(values["out_time_us"]) / 1e6)
        except (KeyError, ValueError):  # "N/A" until the first packet
            return None
