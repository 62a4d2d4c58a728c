"""What the one deleter costs: deciding over a million segments, and deleting real files, beside the usual ways.

    python -m tests.bench.retention

The catalogue is a real one with its million rows, the files lie on a real tmpfs. The table goes to
docs/bench/retention.md.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from statistics import median

from exporters.metrics import Metrics
from ingest.cleanup import Cleanup
from ingest.holdings import Holdings
from ingest.retention_plan import Room, plan
from ingest.segment_name import path_of
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.model import Fact, Segment
from nvr.settings import Ages, Budget, RetentionSettings
from tests.bench.report import FOLDER, Setting, table, write

SEGMENTS, FILES, ROUNDS = 1_000_000, 20_000, 3
CAMERAS = 64
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = 86_400.0
LIMITS = RetentionSettings(Budget(None, 10**13), Ages(7 * DAY, 14 * DAY), Ages(inf, inf))
SETTING = Setting("make bench", ("numpy",))
SHARED_MEMORY = Path("/dev/shm")
"""A tmpfs on every Linux."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured, how fast, and how many times as long as the first of its kind it takes."""

    what: str
    took: str
    ratio: float


def segments(count: int, root: Path | None = None) -> Iterator[Segment]:
    """A minute each, of all cameras in turn, over two months. With `root` they have files."""
    apart = timedelta(days=60) / (count // CAMERAS + 1)
    for number in range(count):
        camera = f"camera-{number % CAMERAS}"
        start = NOW - timedelta(days=60) + apart * (number // CAMERAS)
        path = path_of(camera, start)
        if root:
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"footage" * 100)
        yield Segment(Segment.identity(camera, start), camera, start, 60.0, 10_000_000, path, "h264", 1920, 1080)


def fill(store: Store, found: Iterable[Segment]) -> None:
    """All at once: one by one it would take longer than all that is measured."""
    rows = [
        (
            s.id,
            s.camera,
            int(s.start.timestamp() * 1000),
            60_000,
            s.size_bytes,
            s.path,
            s.codec,
            s.width,
            s.height,
            s.id,
        )
        for s in found
    ]
    columns = "id, camera, start, duration, size, path, codec, width, height, origin"
    statement = f"INSERT INTO segments ({columns}) VALUES ({','.join('?' * 10)})"
    motion = "UPDATE segments SET motion = rowid % 10 = 0, protected = rowid % 100 = 0, importance = rowid % 7 / 7.0"
    store.catalogue._file.write(lambda database: database.executemany(statement, rows))
    store.catalogue._file.write(lambda database: database.execute(motion))


def room(holdings: Holdings) -> Room:
    """A budget of which nine tenths are used."""
    return Room(int(holdings.size_bytes.sum() / 0.9))


def plan_at_once(holdings: Holdings) -> int:
    steps = plan(holdings, LIMITS, {}, room(holdings), now_milliseconds=int(NOW.timestamp() * 1000))
    return sum(len(step.indices) for step in steps)


def plan_one_by_one(holdings: Holdings) -> int:
    """The same rules as a loop over segments, as one would write it first."""
    now, keep = int(NOW.timestamp() * 1000), LIMITS.keep_at_least
    budget = room(holdings).budget_bytes
    held = [
        (int(end) // 86_400_000, float(importance), int(end), int(size), bool(motion), bool(protected))
        for end, importance, size, motion, protected in zip(
            holdings.end_milliseconds,
            holdings.importance,
            holdings.size_bytes,
            holdings.motion,
            holdings.protected,
            strict=True,
        )
    ]
    used = sum(segment[3] for segment in held)
    needed, gone, count = used - LIMITS.target * budget, 0, 0
    if used < LIMITS.trigger * budget:
        return 0
    for _, _, end, size, motion, protected in sorted(held):
        promise = keep.motion if motion else keep.continuous
        if not protected and now - end > promise * 1000 and gone < needed:
            gone, count = gone + size, count + 1
    return count


def seconds(work: Callable[[], object], rounds: int) -> float:
    """CPU time, the median of some runs."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return median(found)


def deciding(folder: Path, count: int, rounds: int) -> list[Result]:
    with closing(Store(folder)) as store:
        fill(store, segments(count))
        load = seconds(lambda: Holdings.of(store.catalogue.holdings()), rounds)
        holdings = Holdings.of(store.catalogue.holdings())
    assert plan_at_once(holdings) == plan_one_by_one(holdings) > 0
    at_once = seconds(lambda: plan_at_once(holdings), rounds)
    one_by_one = seconds(lambda: plan_one_by_one(holdings), rounds)
    return [
        Result(f"{count:,} segments read from the catalogue", f"{load:.2f} s", load / at_once),
        Result("planned, as arrays", f"{at_once:.2f} s", 1.0),
        Result("planned, segment by segment", f"{one_by_one:.2f} s", one_by_one / at_once),
        Result("read and planned", f"{load + at_once:.2f} s", (load + at_once) / at_once),
    ]


def deleting(folder: Path, count: int) -> list[Result]:
    """Each way has files of its own; all but the first keep a tombstone of each."""
    ways: Sequence[tuple[str, Callable[[Store, list[Segment]], object]]] = (
        ("unlink alone", _unlink),
        ("clean-up: planned, unlinked and entered, 500 at a time", _clean_up),
        ("the same, one at a time", _one_by_one),
    )
    rates = {}
    for number, (name, way) in enumerate(ways):
        root = folder / f"way-{number}"
        with closing(Store(root)) as store:
            found = list(segments(count, root))
            fill(store, found)
            began = time.perf_counter()
            way(store, found)
            rates[name] = count / (time.perf_counter() - began)
            assert not any(root.rglob("*.mp4"))
        shutil.rmtree(root)
    first = rates[ways[0][0]]
    return [Result(name, f"{rate:,.0f} files/s", first / rate) for name, rate in rates.items()]


def _unlink(store: Store, found: list[Segment]) -> None:
    for segment in found:
        store.file(segment).unlink()


def _clean_up(store: Store, found: list[Segment]) -> None:
    limits = RetentionSettings(keep_at_least=Ages(0, 0), delete_after=Ages(0, 0, 0))
    clock = UtcClock(wall=(NOW + timedelta(days=1)).timestamp)
    cleanup = Cleanup(store, limits, {}, facts=_NoFacts(), telemetry=Metrics("bench"), clock=clock)
    run = cleanup.run(Room(10**15))
    assert sum(step.segments for step in run.steps) == len(found)


def _one_by_one(store: Store, found: list[Segment]) -> None:
    for segment in found:
        store.delete([segment], "budget", NOW, even_protected=True)


class _NoFacts:
    def put(self, fact: Fact) -> None:
        """The database is none of this."""


def page(decided: list[Result], deleted: list[Result]) -> list[str]:
    def rows(results: list[Result]) -> list[list[str]]:
        return [[result.what, result.took, f"{result.ratio:.1f}"] for result in results]

    return [
        "# What deleting footage costs",
        "",
        *SETTING.lines(),
        "",
        "To decide what goes, a clean-up reads all segments from the catalogue (SQLite, on the disk) and judges them"
        f" at once, as arrays; CPU time, medians of {ROUNDS} rounds in one process. Ratios are to the planning itself.",
        "",
        *table(["deciding", "took", "ratio"], rows(decided)),
        "",
        "To delete, each file is unlinked and its tombstone entered durably, on a tmpfs, so that this is what our side"
        " costs and no disk. Ratios are to unlinking alone.",
        "",
        *table(["deleting", "rate", "ratio"], rows(deleted)),
    ]


def main(
    file: Path = FOLDER / "retention.md", *, count: int = SEGMENTS, files: int = FILES, rounds: int = ROUNDS
) -> None:
    with tempfile.TemporaryDirectory() as disk, tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as memory:
        decided = deciding(Path(disk), count, rounds)
        print("decided", file=sys.stderr)
        deleted = deleting(Path(memory), files)
    lines = page(decided, deleted)
    write(file, lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
