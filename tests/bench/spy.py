"""py-spy on our own process: which part of the program its time goes to. It is fetched for the run."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.report import table

ROOT = f"{Path(__file__).resolve().parents[2]}/"

PARTS = {
    "(processor/detector": "the detector",
    "(processor/": "tracker, activity, heatmap",
    "(ingest/ring": "the ring: what recording by motion needs",
    "(exporters/metrics": "metrics",
    "(nvr/analysis": "frames from the queue and what is noted of them",
    "(ingest/reel": "pictures and times from the pipes",
    "(tests/bench": "pictures and times from the pipes",
    "/asyncio/": "asyncio: tasks and waiting",
}
"""The first that occurs anywhere in a stack takes it."""


@dataclass(slots=True)
class Spy:
    """`samples` are by part; without py-spy `reason` says why there are none."""

    process: "subprocess.Popen[bytes] | None" = None
    file: Path = Path()
    reason: str = ""
    samples: Counter[str] = field(default_factory=Counter)

    def finish(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        if not self.file.exists():
            self.reason = "py-spy may not look into this process"
            return
        for line in self.file.read_text(encoding="utf-8").splitlines():
            stack, _, count = line.rpartition(" ")
            self.samples[part_of(stack)] += int(count)

    def lines(self) -> list[str]:
        if not self.samples:
            return [f"(left out: {self.reason})"]
        total = sum(self.samples.values())
        rows = [[part, f"{100 * count / total:.0f}"] for part, count in self.samples.most_common()]
        return table(["part", "% of the CPU time"], rows)


def part_of(stack: str) -> str:
    """Of a stack as `function (file:line);...`."""
    ours = stack.replace(ROOT, "")
    return next((part for piece, part in PARTS.items() if piece in ours), "the rest")


@contextmanager
def spied(folder: Path) -> Iterator[Spy]:
    """Samples this process while the block runs."""
    try:
        subprocess.run([sys.executable, "-m", "venv", "spy"], cwd=folder, check=True, capture_output=True)
        install = ["spy/bin/python", "-m", "pip", "install", "--quiet", "py-spy"]
        subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        yield Spy(reason=f"py-spy could not be installed: {type(error).__name__}")
        return
    spy = Spy(file=folder / "stacks")
    record = [
        str(folder / "spy/bin/py-spy"),
        "record",
        "--pid",
        str(os.getpid()),
        "--format",
        "raw",
        "--full-filenames",
    ]
    spy.process = subprocess.Popen(
        [*record, "--rate", "50", "--duration", "100000", "--output", str(spy.file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield spy
    finally:
        if spy.process.poll() is None:
            spy.process.terminate()
            spy.process.wait()
