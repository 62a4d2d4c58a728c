"""The table: `python -m tests.scenarios [--seeds 1,101-110] [--hour] [NAME ...]`: how every scenario is judged."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from statistics import median

from tests.scenarios.catalogue import SCENARIOS, Kind, Scenario
from tests.scenarios.chance import NOMINAL
from tests.scenarios.hours import HOUR
from tests.scenarios.score import Score
from tests.scenarios.trial import tried

HEAD = (
    *("scenario", "events", "recall", "precision", "false", "false an hour", "called motion", "false pictures"),
    *("onset", "told", "end", "IoU", "cell F1", "says"),
)


def row(name: str, result: Score) -> list[str]:
    return [
        name,
        str(result.true_events),
        f"{result.recall:.3f}" if result.true_events else "",
        f"{result.precision:.3f}" if result.detected else "",
        str(result.false_events),
        f"{result.false_events / result.hours:.1f}",
        f"{100 * result.moving_frames / result.frames:.1f} %",
        f"{100 * result.false_frames / result.frames:.1f} %",
        _spread(result.onsets),
        _spread(result.told),
        _spread(result.ends),
        f"{median(result.overlaps):.2f}" if result.overlaps else "",
        f"{result.cell_f1:.2f}" if result.true_events else "",
        ", ".join(sorted(result.changes)),
    ]


def _spread(seconds: Sequence[float]) -> str:
    """The median and the worst."""
    return f"{median(seconds):.1f} / {max(seconds):.1f}" if seconds else ""


def table(rows: list[list[str]]) -> list[str]:
    lines = [list(HEAD), ["---"] * len(HEAD), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def seconds_of(scenario: Scenario, *, hour: bool) -> float:
    return HOUR if hour and scenario.kind is Kind.NUISANCE else scenario.seconds


def measured(scenarios: Iterable[Scenario], seeds: Iterable[int], *, hour: bool = False) -> dict[str, Score]:
    results: dict[str, Score] = {}
    for scenario in scenarios:
        result = results.setdefault(scenario.name, Score())
        for seed in seeds:
            result += tried(scenario, seed, seconds_of(scenario, hour=hour))
    return results


def total(results: Iterable[Score]) -> Score:
    everything = Score()
    for result in results:
        everything += result
    return everything


def seeds_of(text: str) -> tuple[int, ...]:
    """From `7`, `1,5` or `101-110`."""
    spans = [span.partition("-") for span in text.split(",")]
    return tuple(seed for first, _, last in spans for seed in range(int(first), int(last or first) + 1))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios", description=__doc__)
    parser.add_argument("--seeds", type=seeds_of, default=(NOMINAL,), help="such as 7 or 1,101-110")
    parser.add_argument("--hour", action="store_true", help="a simulated hour of each nuisance")
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios whose names hold one of these words")
    options = parser.parse_args(arguments)
    chosen = [one for one in SCENARIOS if not options.names or any(name in one.name for name in options.names)]
    results = measured(chosen, options.seeds, hour=options.hour)
    rows = [row(name, result) for name, result in (*results.items(), ("all", total(results.values())))]
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main(sys.argv[1:])
