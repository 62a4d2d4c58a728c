"""A story that promtool plays on the real rules: series over time, and which alert fires when."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.prometheus.series import TARGET, Course, full_name, level, steady, written

ROOT = Path(__file__).parents[2]
RULES = ROOT / "prometheus" / "rules"

FOREVER = 10.0**9


@dataclass(frozen=True, slots=True)
class Moment:
    """At this second the alert fires, or does not."""

    seconds: float
    alert: str
    fires: bool


@dataclass(frozen=True, slots=True)
class Story:
    """`series` of one recorder, which may die and come back. Where it is down it has no series at all."""

    series: dict[str, Course]
    moments: tuple[Moment, ...]
    dies: float = FOREVER
    returns: float = FOREVER
    step: int = 15

    def play(self, folder: Path) -> None:
        """Fails with what promtool says."""
        wanted = {"NvrDown", *(moment.alert for moment in self.moments)}
        (folder / "rules.yml").write_text(yaml.safe_dump({"groups": needed_by(wanted)}), encoding="utf-8")
        file = folder / "story.yml"
        file.write_text(yaml.safe_dump(self._document()), encoding="utf-8")
        done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr

    def _document(self) -> dict[str, Any]:
        return {
            "rule_files": ["rules.yml"],
            "evaluation_interval": f"{self.step}s",
            "tests": [
                {
                    "interval": f"{self.step}s",
                    "input_series": self._input(),
                    "promql_expr_test": [_expected(moment) for moment in self.moments],
                }
            ],
        }

    def _input(self) -> list[dict[str, str]]:
        end = max(moment.seconds for moment in self.moments) + self.step
        alive = level((0, 1), (self.dies, 0), (self.returns, 1))
        courses = {"process_start_time_seconds": steady(0), **self.series}
        up = (self.series.get("up") or alive).values(end, self.step)
        rows = [{"series": full_name("up", TARGET), "values": written(up)}]
        for name, course in courses.items():
            values = [value if lives else None for value, lives in zip(course.values(end, self.step), up, strict=True)]
            if name != "up":
                rows.append({"series": full_name(name, TARGET), "values": written(values)})
        return rows


def _expected(moment: Moment) -> dict[str, Any]:
    firing = f'ALERTS{{alertname="{moment.alert}", alertstate="firing"}}'
    samples = [{"labels": '{fires="yes"}', "value": 1}] if moment.fires else []
    expr = f'label_replace(max({firing}), "fires", "yes", "", "")'
    return {"expr": expr, "eval_time": f"{int(moment.seconds)}s", "exp_samples": samples}


@cache
def groups() -> list[dict[str, Any]]:
    """Every group of rules, as written."""
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(RULES.glob("*.yml"))]
    return [group for document in documents for group in document["groups"]]


@cache
def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for group in groups() for rule in group["rules"] if "alert" in rule}


def named(expr: str) -> set[str]:
    """The metrics of ours that an expression names: the recorder's, and what rules record."""
    return set(re.findall(r"nvr[:_][\w:]+", expr))


def needed_by(wanted: set[str]) -> list[dict[str, Any]]:
    """The groups with only those rules that these alerts need: promtool is slow where it evaluates all of them."""
    recorded = {rule["record"]: rule for group in groups() for rule in group["rules"] if "record" in rule}
    needed, todo = set(wanted), {name for alert in wanted for name in named(alerts()[alert]["expr"])}
    while todo:
        needed |= todo
        todo = {name for metric in todo & recorded.keys() for name in named(recorded[metric]["expr"])} - needed
    kept = [
        {"name": group["name"], "rules": [r for r in group["rules"] if r.get("record", r.get("alert")) in needed]}
        for group in groups()
    ]
    return [group for group in kept if group["rules"]]


def seconds(duration: str) -> float:
    """Of Prometheus's notation, as far as the rules use it: `90s`, `5m`, `3h`, `1d`."""
    return float(duration[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[duration[-1]]
