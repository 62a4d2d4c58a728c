"""What became of each fault in a run of the tests, and the page that says so."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.rows import ROWS


@dataclass(slots=True)
class Finding:
    """One test of a row: what it measured, in words, and how long it took."""

    number: int
    test: str
    measured: list[str] = field(default_factory=list)
    seconds: float = 0.0
    outcome: str = "not run"


_HEAD = """# What breaks, and what is lost then

Each row is a fault that `make faults` injects into a real recorder with real ffmpeg, cameras and file systems, and what
it measured. "Loss" is footage, in seconds, that is missing because of the fault; a camera that is away delivers none.
This page is written by `make faults`.

| # | fault | how | what must follow | loss at most (s) | measured | seconds |
|---|---|---|---|---|---|---|
"""


def page(findings: Iterable[Finding]) -> str:
    """The findings as a Markdown page, in the order of the rows."""
    by_row: dict[int, list[Finding]] = {}
    for finding in findings:
        by_row.setdefault(finding.number, []).append(finding)
    return _HEAD + "".join(_line(number, by_row.get(number, [])) for number in ROWS)


def _line(number: int, findings: list[Finding]) -> str:
    row = ROWS[number]
    measured = "; ".join(words for finding in findings for words in _words(finding)) or "not run"
    seconds = sum(finding.seconds for finding in findings)
    cells = (str(number), row.fault, row.injected, row.expected, row.loss_seconds, measured, f"{seconds:.1f}")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _words(finding: Finding) -> list[str]:
    if finding.outcome == "passed":
        return finding.measured or ["held"]
    return [f"**{finding.outcome}**: {finding.test}"]
