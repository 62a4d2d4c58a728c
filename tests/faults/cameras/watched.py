"""One camera of a running recorder, as its timeline, gaps, metrics and log show it."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.e2e.live import LiveRecorder
from tests.faults.cameras.coverage import Span, holes
from tests.faults.rtsp.camera import FaultyCamera


def stretched(seconds: float) -> float:
    """A bound that holds where each core is wanted by two at most, for a machine that is more crowded."""
    wanting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * max(1.0, wanting / 2)


@dataclass(slots=True)
class Watched:
    """A camera, what the recorder knows of it, and when its fault came and went."""

    name: str
    camera: FaultyCamera
    recorder: LiveRecorder
    injected: datetime | None = None
    mended: datetime | None = None

    @property
    def outage_seconds(self) -> float:
        assert self.injected is not None
        assert self.mended is not None
        return (self.mended - self.injected).total_seconds()

    def gaps(self) -> list[dict[str, Any]]:
        """Oldest first, without the one from before it was first recorded."""
        found = reversed(self.recorder.get("/api/gaps", camera=self.name)["gaps"])
        return [gap for gap in found if gap["cause"] != "config_change"]

    def causes(self) -> list[str]:
        return [str(gap["cause"]) for gap in self.gaps()]

    def segments(self) -> list[dict[str, Any]]:
        """Oldest first, with the one that is being written."""
        return list(self.recorder.timeline(self.name)["segments"])

    def lost_seconds(self) -> float:
        """What is missing between the first picture on disk and the last."""
        return sum(span.seconds for span in self._holes())

    def longest_hole_seconds(self) -> float:
        return max((span.seconds for span in self._holes()), default=0.0)

    def _holes(self) -> list[Span]:
        gaps = [_span(gap) for gap in self.gaps() if gap["end"]]
        return holes([_span(segment) for segment in self.segments()], gaps)

    def metric(self, name: str, **labels: str) -> float:
        return self.recorder.metric(name, camera=self.name, **labels)

    def restarts(self, cause: str) -> float:
        return self.metric("nvr_ffmpeg_restarts_total", role="recorder", reason=cause)

    def gap_seconds(self, cause: str) -> float:
        return self.metric("nvr_recording_gap_seconds_total", reason=cause)

    def status(self) -> dict[str, Any]:
        return dict(self.recorder.get(f"/api/cameras/{self.name}"))

    def says(self, words: str) -> bool:
        """Whether a line of the log about this camera has them."""
        return re.search(rf"^.*\b{self.name}: .*{words}", self.recorder.log.read_text(), re.MULTILINE) is not None

    def recorded_since_fault_seconds(self) -> float:
        assert self.injected is not None
        return (datetime.fromisoformat(self.segments()[-1]["end"]) - self.injected).total_seconds()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        self.recorder.wait_for(condition, seconds)

    def closed_gap(self, cause: str, seconds: float = 60.0) -> dict[str, Any]:
        """The first gap of this cause, once it has ended."""

        def ended() -> list[dict[str, Any]]:
            return [gap for gap in self.gaps() if gap["cause"] == cause and gap["end"]]

        self.wait_for(lambda: bool(ended()), seconds)
        return ended()[0]


def _span(entry: dict[str, Any]) -> Span:
    return Span(datetime.fromisoformat(entry["start"]), datetime.fromisoformat(entry["end"]))
