"""Memory: where a camera's cells moved in the last frames, by which sparks are told from what stays or travels."""

from collections import deque

from processor.cellset import CellSet, grown

FRAMES = 8
"""How far back an onset may lie."""

CONFIRMING = 4
"""Earlier frames that can confirm what is seen now."""

SHARE, SHARE_IN_SHOWER = 1 / 3, 0.62
"""The share of something that was there a frame earlier where it is followed back; drops and flakes have less, where
many fall less than the latter."""

LARGE = 10
"""Cells from which on a component is too big to be a spark."""


class Memory:
    """The last frames, newest first."""

    def __init__(self) -> None:
        self._shown: deque[CellSet] = deque([0] * FRAMES, FRAMES)
        self._near: deque[CellSet] = deque([0] * CONFIRMING, CONFIRMING)

    def note(self, cells: CellSet) -> None:
        """What the present frame showed; it is an earlier one from now on."""
        self._shown.appendleft(cells)
        self._near.appendleft(grown(cells))

    def repeats(self, component: CellSet) -> int:
        """In how many of the last frames something was where it may have come from, at half a cell a frame beyond its
        own neighbourhood; a large one may have come twice as fast."""
        count, large = 0, component.bit_count() >= LARGE
        for ago, near in enumerate(self._near):
            count += bool(near & component)
            if large or ago % 2:
                component = grown(component)
        return count

    def run(self, component: CellSet, in_shower: bool) -> int:
        """For how many frames in a row it has been there, back to where it came from."""
        large, share = component.bit_count() >= LARGE, SHARE_IN_SHOWER if in_shower else SHARE
        for ago, shown in enumerate(self._shown):
            part = shown & (grown(grown(component)) if large else grown(component))
            if part.bit_count() < share * component.bit_count():
                return ago
            component = part
        return FRAMES
