"""Few colours, each with one meaning on every dashboard."""

from typing import Any

GREEN, ORANGE, RED, GRAY, BLUE = "#56A64B", "#FF9830", "#E02F44", "#8E8E8E", "#5794F2"
DARK_RED, YELLOW, PURPLE = "#A1162A", "#FADE2A", "#B877D9"

STATES = {
    "starting": (1, BLUE),
    "healthy": (2, GREEN),
    "degraded": (3, ORANGE),
    "stale": (4, RED),
    "offline": (5, DARK_RED),
    "stopped": (6, GRAY),
}
"""Of each state of a camera, the number that stands for it in a panel, and its colour."""

TAMPERINGS = {"covered": (1, RED), "turned": (2, ORANGE), "defocused": (3, YELLOW), "frozen": (4, GRAY)}
"""Of each kind of tampering, the number that stands for it in a panel, and its colour."""

QUANTILES = {"p50": BLUE, "p99": PURPLE}
"""Half are faster, and 99 of 100."""


def thresholds(base: str, *steps: tuple[float, str]) -> dict[str, Any]:
    """`base` below the first step, then each step's colour from its value on."""
    rest = [{"color": colour, "value": value} for value, colour in steps]
    return {"mode": "absolute", "steps": [{"color": base, "value": None}, *rest]}


def mapping(words: dict[str, tuple[int, str]]) -> list[dict[str, Any]]:
    """Numbers shown as words in their colours."""
    options = {
        str(number): {"text": word, "color": colour, "index": index}
        for index, (word, (number, colour)) in enumerate(words.items())
    }
    return [{"type": "value", "options": options}]
