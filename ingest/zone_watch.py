"""The zones of a camera that ask for alerts, and whether something moves in them."""

from collections.abc import Collection

HELD_SECONDS = 60.0
"""How long motion in a zone is shown after its last moment: a visit is often shorter than the time between scrapes."""


class ZoneWatch:
    """Bare floats are of the monotonic clock."""

    def __init__(self) -> None:
        self._touched: dict[str, float | None] = {}

    def watch(self, zones: Collection[str]) -> None:
        """These ask for alerts from now on."""
        self._touched = {zone: self._touched.get(zone) for zone in zones}

    def touched(self, zones: Collection[str], now: float) -> None:
        """Something moves in these; in others nobody asks."""
        self._touched.update((zone, now) for zone in zones if zone in self._touched)

    def active(self, now: float) -> dict[str, bool]:
        """Of each zone, whether something moves in it, or did a moment ago."""
        return {zone: last is not None and now - last < HELD_SECONDS for zone, last in self._touched.items()}
