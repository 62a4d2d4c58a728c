"""The beginning of a scene: the first pictures of a camera, until enough is known of its background."""

from nvr.model import Picture

FRAMES = 5
"""Pictures before anything is judged: of so many, most show the background nearly everywhere, though much passes by."""

AGAIN = (8, 16, 24)
"""After so many pictures the median is taken anew: what passed by, and then slow things, have moved on."""


class Beginning:
    """Gathers one camera's first pictures, from the first median that is taken anew on by half."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self._seen = 0

    @property
    def is_over(self) -> bool:
        """Whether a background is known."""
        return self._seen >= FRAMES

    @property
    def is_settled(self) -> bool:
        """Whether what differs from the background is hardly its own fault any more."""
        return self._seen >= AGAIN[1]

    def add(self, picture: Picture) -> bool:
        """Take in the next picture `(90, 160)`; returns whether a background is to be made of `pictures` now."""
        if self._seen >= AGAIN[-1]:
            self.pictures = []  # they are not needed any more
            return False
        self._seen += 1
        if self._seen <= AGAIN[0] or self._seen % 2:
            self.pictures.append(picture)
        return self._seen == FRAMES or self._seen in AGAIN
