"""The table: `python -m tests.scenarios [--seeds N] [--hour] [NAME ...]` prints how every scenario is judged."""

import argparse
import sys
from collections.abc import Iterable
from statistics import median

from tests.scenarios.catalogue import SCENARIOS, Kind, Scenario
from tests.scenarios.score import Score
from tests.scenarios.trial import tried

HOUR = 3600.0
HEAD = ("scenario", "events", "found", "false", "false pictures", "onset", "told", "end", "IoU", "cell F1", "says")


def row(name: str, result: Score) -> list[str]:
    return [
        name,
        str(result.true_events),
        str(result.true_events - result.missed),
        str(result.false_events),
        f"{100 * result.false_frames / result.frames:.1f} %",
        _worst(result.onsets),
        _worst(result.told),
        _worst(result.ends),
        f"{median(result.overlaps):.2f}" if result.overlaps else "",
        f"{result.cell_f1:.2f}" if result.true_events else "",
        ", ".join(sorted(result.changes)),
    ]


def _worst(seconds: Iterable[float]) -> str:
    return f"{max(seconds, default=0):.1f}"


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


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds of each")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--hour", action="store_true", help="a simulated hour of each nuisance")
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios whose names hold one of these words")
    options = parser.parse_args(arguments)
    chosen = [one for one in SCENARIOS if not options.names or any(name in one.name for name in options.names)]
    seeds = range(options.first, options.first + options.seeds)
    results = measured(chosen, seeds, hour=options.hour)
    everything = total(results.values())
    print("\n".join(table([row(name, result) for name, result in results.items()])))
    print(
        f"\nrecall {everything.recall:.3f}, precision {everything.precision:.3f},"
        f" {everything.false_events / everything.hours:.1f} false events an hour in {everything.hours:.1f} hours"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
