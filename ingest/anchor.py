"""When a run's media time 0 was, in wall-clock time.

Every observation of a media time is late by some delay and never early, so the smallest difference between the clock
at receipt and the media time is the best one known: the least delayed observation wins (as in Moonfire NVR).
"""

import math
import threading
from datetime import datetime

from nvr.clock import UtcClock

MPEGTS_WRAP_SECONDS = 2**33 / 90_000
"""After this time MPEG-TS counts from zero again."""

JUMP_SECONDS = 2.0
"""Media time that runs ahead of the clock by more than this has jumped; one that stays behind by more has drifted."""

STANDSTILL_SECONDS = 1.0
"""Media time that stands still for so long while pictures come has jumped back: ffmpeg dates them like the last one."""

PROGRESS_SECONDS = 0.01
"""Media time that passes by less than this stands still. ffmpeg lets a tick pass with each picture."""

SETTLED_SECONDS = 0.05
"""An observation that betters the anchor by less than this comes in real time."""

SETTLING_SECONDS = 10.0
"""How long after its first packet a run may still catch up with real time."""

DRIFT_PATIENCE_SECONDS = 30.0
"""How long media time may lag behind the clock before that is drift and not a slow network."""

FOLLOWED_SECONDS = 0.05
"""A camera whose clock is slow is followed when even the least delayed observations are later than this."""

WINDOW_SECONDS = 60.0
"""The least delayed observation is looked for in so long a time, and in that before it."""


class Anchor:
    """The anchor of one run, kept on the monotonic clock. May be used from any thread: it is moved by one at a time.

    Its UTC times follow the wall clock as it is slewed; where it is set they do so from `follow_clock` on.
    """

    def __init__(self, clock: UtcClock) -> None:
        self._clock, self._steps = clock, clock.steps_seconds
        self._lock = threading.RLock()
        """Held while it is moved: reports and pictures better it on one thread, closed files on another."""
        self._zero: float | None = None
        self._latest = 0.0
        self._reference: float | None = None
        self._first_seen = 0.0
        self._lagging_since: float | None = None
        self._observed = -math.inf
        self._progress = (0.0, 0.0)
        self._window, self._least, self._least_before = -math.inf, math.inf, -math.inf
        self.settled = False
        """Whether observations have stopped to better it much: the camera's first burst is over."""

    @property
    def known(self) -> bool:
        return self._zero is not None

    @property
    def clock_was_set(self) -> bool:
        """Whether the host's clock was set since the run began, or since it was last followed."""
        return self.step_seconds != 0.0

    @property
    def step_seconds(self) -> float:
        """By how much it was."""
        return self._clock.steps_seconds - self._steps

    def follow_clock(self) -> float:
        """From now on UTC times are by the clock as it was set; returns by how many seconds they move."""
        now = self._clock.steps_seconds
        with self._lock:
            step, self._steps = now - self._steps, now
        return step

    def follow_camera(self) -> float:
        """From now on UTC times have what a slow camera's clock has lost by now; returns how many seconds that is.

        Network delays come and go: only what all observations of the last minute or two have in common is the clock's.
        """
        with self._lock:
            assert self._zero is not None
            lost = min(self._least, self._least_before) - self._zero
            if lost < FOLLOWED_SECONDS:
                return 0.0
            self._zero += lost
        return lost

    @property
    def drift_seconds(self) -> float:
        """How far the camera's media time has fallen behind our clock since the best observation."""
        return 0.0 if self._zero is None else self._latest - self._zero

    @property
    def ahead_seconds(self) -> float:
        """How far the camera's media time has run ahead of our clock since the anchor settled; below 0 behind it."""
        return 0.0 if self._reference is None else self._reference - self._latest

    @property
    def has_drifted(self) -> bool:
        """Whether media time has stayed behind for so long that the anchor no longer dates it."""
        return (
            self._lagging_since is not None and self._clock.monotonic() - self._lagging_since > DRIFT_PATIENCE_SECONDS
        )

    def observe(self, media_seconds: float, received: float) -> bool:
        """A media time that was seen at `received` of the monotonic clock; False where the camera's time has jumped.

        A camera may deliver faster than real time only at first, when it empties its buffer. A jump moves nothing.
        """
        with self._lock:
            return self._observe(media_seconds, received)

    def _observe(self, media_seconds: float, received: float) -> bool:
        zero = received - media_seconds
        if self._stands_still(media_seconds, received):
            return False
        if self._zero is None:
            self._zero, self._first_seen = zero, received
        elif zero < self._zero - JUMP_SECONDS and received > self._first_seen + SETTLING_SECONDS:
            return False
        else:
            self.settled = self.settled or zero > self._zero - SETTLED_SECONDS
        self._latest = zero
        self._zero = min(self._zero, zero)
        self._note_least(zero, received)
        if self._reference is None and self.settled:
            self._reference = self._zero
        self._lagging_since = (self._lagging_since or received) if self.drift_seconds > JUMP_SECONDS else None
        return True

    def _note_least(self, zero: float, received: float) -> None:
        if received - self._window > WINDOW_SECONDS:
            is_first = self._window == -math.inf
            self._window, self._least_before, self._least = received, -math.inf if is_first else self._least, math.inf
        self._least = min(self._least, zero)

    def _stands_still(self, media_seconds: float, received: float) -> bool:
        """Whether media time does not pass although nothing was waited for."""
        has_paused = received - self._observed > STANDSTILL_SECONDS
        self._observed = received
        if has_paused or media_seconds > self._progress[0] + PROGRESS_SECONDS:
            self._progress = (media_seconds, received)
        return received - self._progress[1] > STANDSTILL_SECONDS

    def bound(self, media_seconds: float, received: float) -> None:
        """A picture was decoded by `received`: it is not from later than that. Requires an observation.

        Once the anchor is settled a picture betters it by a moment at most; what betters it more has jumped, and it is
        for `observe` to say so.
        """
        with self._lock:
            assert self._zero is not None
            zero = received - self.unwrapped(media_seconds)
            if not self.settled or zero > self._zero - JUMP_SECONDS:
                self._zero = min(self._zero, zero)

    def utc(self, media_seconds: float) -> datetime:
        """The wall-clock time of a media time. Requires an observation."""
        assert self._zero is not None
        return self._clock.utc(self._zero + media_seconds, steps_seconds=self._steps)

    def utc_of_wrapped(self, media_seconds: float) -> datetime:
        """As `utc`, for a time that came through MPEG-TS: the turn of its counter nearest to now is meant."""
        return self.utc(self.unwrapped(media_seconds))

    def unwrapped(self, media_seconds: float) -> float:
        """The media time of the run. Requires an observation."""
        return media_seconds + self._turns(media_seconds) * MPEGTS_WRAP_SECONDS

    def monotonic_of_wrapped(self, media_seconds: float) -> float:
        """The reading of the monotonic clock at that time."""
        assert self._zero is not None
        return self._zero + self.unwrapped(media_seconds)

    def _turns(self, media_seconds: float) -> int:
        assert self._zero is not None
        elapsed = self._clock.monotonic() - self._zero
        return max(0, round((elapsed - media_seconds) / MPEGTS_WRAP_SECONDS))
