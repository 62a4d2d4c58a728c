"""The beginning of a scene: the first pictures of a camera, until enough is known of its background."""

from nvr.model import Picture

FRAMES = 8
"""Pictures before anything is judged: of so many, most show the background, also where much passes by."""

AGAIN = (16, 24)
"""After so many pictures the median is taken anew: slow things have moved on by then."""


class Beginning:
    """Gathers one camera's first pictures, the later ones by half."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self._seen = 0

    @property
    def is_over(self) -> bool:
        """Whether a background is known."""
        return self._seen >= FRAMES

    def restart(self) -> None:
        self.pictures, self._seen = [], 0

    def add(self, picture: Picture) -> bool:
        """Take in the next picture `(90, 160)`; returns whether a background is to be made of `pictures` now."""
        if self._seen >= AGAIN[-1]:
            return False
        self._seen += 1
        if self._seen <= FRAMES or self._seen % 2:
            self.pictures.append(picture)
        return self._seen == FRAMES or self._seen in AGAIN

    def finish(self) -> None:
        """Forget what is not needed any more."""
        if self._seen >= AGAIN[-1]:
            self.pictures = []
