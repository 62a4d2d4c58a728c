"""When a decoded picture was taken: by the recorder's anchor, or, for a sub-stream, by when it arrives."""

from datetime import datetime

from ingest.anchor import JUMP_SECONDS, Anchor
from nvr.clock import UtcClock


class Placing:
    """From media time to UTC: by the recorder's anchor, or, for a sub-stream, by when its pictures arrive."""

    def __init__(self, anchor: Anchor | None, clock: UtcClock, fps: float) -> None:
        self._monotonic = clock.monotonic
        self._anchor = anchor or Anchor(clock)
        self._is_own = anchor is None
        self._held_back = 1.0 / fps

    @property
    def settled(self) -> bool:
        return self._anchor.settled

    def arrived(self, media_seconds: float, received: float) -> bool:
        """A picture was there at `received`; False where its times have left the clock and a new beginning is due."""
        if self._is_own:  # ffmpeg holds each picture back until the next one is due (measured in 5.1 and later)
            steady = self._anchor.observe(media_seconds + self._held_back, received)
            return steady and not self._anchor.has_drifted and not self._anchor.clock_was_set
        if self._anchor.known:
            self._anchor.bound(media_seconds, received)
        return True

    def is_plausible(self, media_seconds: float) -> bool:
        """False for a picture from the future: the camera's time has jumped, which its recorder is about to notice."""
        return self._monotonic() - self._anchor.monotonic_of_wrapped(media_seconds) > -JUMP_SECONDS

    def utc(self, media_seconds: float) -> datetime:
        return self._anchor.utc_of_wrapped(media_seconds)
