"""Which pictures arrived when, in media time: what the decoder should have seen, whatever became of it.

Between recorder and decoder stands a fifo that drops packets when nobody reads, and ffmpeg does not count them. So the
pictures that arrived between two that were analysed are looked up here.
"""

from bisect import bisect_right
from collections import deque

from ingest.progress import Progress

REPORTS = 600
"""How many reports are remembered: five minutes of them, longer than any decoder takes to come back."""

SKIP_SECONDS = 1.0
"""Pictures that lie closer together than this have skipped none: times jitter, and reports come twice a second."""


class Arrivals:
    """The recorder's last reports of one run. For use within one event loop."""

    def __init__(self) -> None:
        self._reports: deque[Progress] = deque(maxlen=REPORTS)

    def reported(self, progress: Progress) -> None:
        self._reports.append(progress)

    def skipped(self, earlier: float, later: float, fps: float) -> int:
        """How many pictures arrived between two media times that an analysis of `fps` a second should have seen.

        None are missing where the camera itself sent none, or fewer.
        """
        if later - earlier < SKIP_SECONDS:
            return 0
        arrived = self._count(later) - self._count(earlier)
        return max(0, round(min(arrived, (later - earlier) * fps)) - 1)

    def _count(self, media_seconds: float) -> float:
        """How many pictures had arrived by then, between reports in proportion."""
        index = bisect_right(self._reports, media_seconds, key=lambda report: report.media_seconds)
        if index == 0 or index == len(self._reports):
            return float(self._reports[min(index, len(self._reports) - 1)].frames) if self._reports else 0.0
        before, after = self._reports[index - 1], self._reports[index]
        share = (media_seconds - before.media_seconds) / (after.media_seconds - before.media_seconds)
        return before.frames + share * (after.frames - before.frames)
