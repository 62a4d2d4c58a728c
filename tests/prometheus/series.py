"""What the recorder's metrics say over time, as promtool is to be told: levels, ages and counters in pieces."""

from dataclasses import dataclass
from typing import Literal

TARGET = {"job": "nvr", "instance": "nvr:8080", "site": "home"}

Piece = tuple[float, float | None]
"""From this second on this value; None where the series does not exist."""


@dataclass(frozen=True, slots=True)
class Course:
    """A series over time, steady in pieces: a level, how old a timestamp is, or how fast a counter grows a second."""

    kind: Literal["level", "age", "counter"]
    pieces: tuple[Piece, ...]
    start: float = 0.0

    def values(self, seconds: float, step: int) -> list[float | None]:
        """One value each `step` seconds."""
        total, found = self.start, list[float | None]()
        for time in range(0, int(seconds) + 1, step):
            now = self._at(time)
            if self.kind == "counter":
                total += (now or 0.0) * step if time else 0.0
                found.append(None if now is None else total)
            elif self.kind == "age":
                found.append(None if now is None else time - now)
            else:
                found.append(now)
        return found

    def _at(self, time: float) -> float | None:
        return [value for since, value in self.pieces if since <= time][-1]


def level(*pieces: Piece) -> Course:
    return Course("level", pieces)


def age(*pieces: Piece) -> Course:
    return Course("age", pieces)


def counter(*pieces: Piece, start: float = 0.0) -> Course:
    return Course("counter", pieces, start)


def steady(value: float) -> Course:
    return level((0, value))


def written(values: list[float | None]) -> str:
    """In promtool's notation. A series that ends does so with a stale marker, as a failed scrape leaves it."""
    words, before = [], None
    for value in values:
        words.append(f"{value:.6f}" if value is not None else "stale" if before is not None else "_")
        before = value
    return " ".join(words)


def full_name(series: str, labels: dict[str, str]) -> str:
    """`name{a="b"}` with these labels too."""
    name, _, own = series.partition("{")
    return (
        name + "{" + ",".join([*([own.rstrip("}")] if own else []), *(f'{k}="{v}"' for k, v in labels.items())]) + "}"
    )
