"""The verdict on a soak: what must not grow, and what must not be lost, once the recorder has warmed up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import median
from typing import Any

from tests.bench.sample import MB, Sample, Usage
from tests.bench.scrape import increase, quantile

COUNTED = 0.995
"""The share of the expected footage that the counters must have: they count it late, and each run anew."""

COUNTED_WITHIN_SECONDS = 1.5
"""How late footage is counted: it may be missing at one end of the window."""

STARTING = "config_change"
"""The cause of a camera's first gap: it is new, and its footage has not begun."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be added between the first and the last third of the time after warm-up."""

    resident_bytes: float = 16 * MB
    descriptors: float = 3.0
    threads: float = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """The samples after warm-up. `gaps` is what `/api/gaps` says of the whole time.

    `uncovered` is how many seconds after warm-up each camera has no footage of, and `event_seconds` how long each
    event took from the first thing that moved until it could be asked for.
    """

    samples: Sequence[Sample]
    gaps: Sequence[dict[str, Any]]
    uncovered: Mapping[str, float] = field(default_factory=dict)
    event_seconds: Sequence[float] = ()

    @property
    def seconds(self) -> float:
        return self.samples[-1].seconds - self.samples[0].seconds

    @property
    def cpu(self) -> Usage:
        return self.samples[-1].cpu.since(self.samples[0].cpu)

    @property
    def cameras(self) -> int:
        return len(self.samples[-1].expected)

    def added(self, read: Callable[[Sample], float]) -> float:
        return read(self.samples[-1]) - read(self.samples[0])

    def growth(self, read: Callable[[Sample], float]) -> float:
        """From the middle of the first third to the middle of the last: no single sample decides."""
        third = max(1, len(self.samples) // 3)
        return median(map(read, self.samples[-third:])) - median(map(read, self.samples[:third]))

    @property
    def resident_bytes_per_hour(self) -> float:
        return self.growth(lambda sample: sample.resident_bytes) / (self.seconds * 2 / 3) * 3600

    def frame_lag(self, share: float) -> float:
        """Seconds from a frame to its judgement, as a quantile."""
        return quantile(share, increase(self.samples[0].frame_lag, self.samples[-1].frame_lag))

    @property
    def judging_seconds(self) -> float:
        """The mean for a frame."""
        return self.added(lambda s: s.judging_seconds) / max(1.0, self.added(lambda s: s.frames_processed))

    @property
    def loop_lag_p99(self) -> float:
        return quantile(0.99, increase(self.samples[0].loop_lag, self.samples[-1].loop_lag))

    @property
    def coverage(self) -> float:
        """The share of the time of which there is footage."""
        return 1 - sum(self.uncovered.values()) / (self.seconds * self.cameras)

    def uncounted(self) -> dict[str, float]:
        """Seconds of footage that should have been counted and were not, by camera."""
        return {
            camera: self.added(lambda s, c=camera: s.expected[c]) - self.added(lambda s, c=camera: s.recorded[c])  # type: ignore[misc]
            for camera in self.samples[-1].expected
        }

    def later_gaps(self) -> list[dict[str, Any]]:
        """All but each camera's first, from the start to its first footage."""
        by_camera = groupby(sorted(self.gaps, key=lambda gap: (gap["camera"], gap["start"])), lambda gap: gap["camera"])
        found = [list(gaps) for _, gaps in by_camera]
        return [gap for gaps in found for gap in gaps[1 if gaps[0]["cause"] == STARTING and gaps[0]["end"] else 0 :]]


def complaints(window: Window, limits: Limits) -> list[str]:
    """What is wrong, in words; nothing where the soak has passed."""
    last = window.samples[-1]
    grown = [
        ("MB of resident memory", window.growth(lambda s: s.resident_bytes) / MB, limits.resident_bytes / MB),
        ("open descriptors", window.growth(lambda s: s.descriptors), limits.descriptors),
        ("threads", window.growth(lambda s: s.threads), limits.threads),
    ]
    found = [f"{much:.0f} {what} were added, more than {most:g}" for what, much, most in grown if much > most]
    allowed = (1 - COUNTED) * window.seconds + COUNTED_WITHIN_SECONDS
    found += [
        f"{camera}: {lost:.1f} s of footage not counted"
        for camera, lost in window.uncounted().items()
        if lost > allowed
    ]
    found += [f"{camera}: {lost:.1f} s without footage" for camera, lost in window.uncovered.items() if lost]
    found += [f"{gap['camera']}: a gap at {gap['start']} ({gap['cause']})" for gap in window.later_gaps()]
    counts = [("frames dropped", last.frames_dropped), ("rows lost", last.rows_lost), ("errors", last.errors)]
    return found + [f"{count:.0f} {what}" for what, count in counts if count]
