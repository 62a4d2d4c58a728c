"""Facts to put into spool and database, and a telemetry that remembers what was counted."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from nvr.model import Activity, Cause, Gap, HeatmapCounts, MotionEvent, Segment, Tombstone
from nvr.ports import InsertOutcome, Telemetry

START = datetime(2026, 11, 22, 17, 1, 0, 123000, UTC)
HOUR = datetime(2026, 11, 22, 17, tzinfo=UTC)


class CountedRows(Telemetry):
    """Counts rows; hears everything else and forgets it."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self.inserted: Counter[tuple[str, str]] = Counter()
        self.failures: Counter[str] = Counter()

    def failed(self, component: str) -> None:
        self.failures[component] += 1

    def rows_dropped(self, table: str, rows: int) -> None:
        self.dropped[table] += rows

    def rows_inserted(self, table: str, outcome: InsertOutcome, rows: int, seconds: float) -> None:
        assert seconds >= 0
        self.inserted[table, outcome] += rows


def counted_rows() -> CountedRows:
    return CountedRows()  # type: ignore[abstract]  # The port's other methods do nothing, which is what is wanted.


def motion_event(offset: float = 0, length: float | None = None, camera: str = "front-door") -> MotionEvent:
    start = START + timedelta(seconds=offset)
    end = None if length is None else start + timedelta(seconds=length)
    return MotionEvent(
        id=MotionEvent.identity(camera, start),
        camera=camera,
        start=start,
        end=end,
        peak=0.25,
        box=(0.125, 0.25, 0.5, 0.0625),
        zones=("porch", "it's"),
        footage_start=start - timedelta(seconds=5),
        footage_end=None if end is None else end + timedelta(seconds=5),
    )


def gap(offset: float = 0, length: float | None = None, camera: str = "front-door") -> Gap:
    start = START + timedelta(seconds=offset)
    return Gap(camera, start, None if length is None else start + timedelta(seconds=length), Cause.STALLED)


def segment(offset: float = 0, complete: bool = True, camera: str = "front-door") -> Segment:
    start = START + timedelta(seconds=offset)
    identity = Segment.identity(camera, start)
    return Segment(identity, camera, start, 60.0, 1_000_000, f"{camera}/a.mp4", "h264", 1920, 1080, complete)


def tombstone(offset: float = 0) -> Tombstone:
    return Tombstone(segment(offset), START + timedelta(days=30), "delete_after")


def activity(offset: int = 0, cells: tuple[int, ...] = (1, 2, 575), camera: str = "front-door") -> Activity:
    return Activity(camera, HOUR + timedelta(seconds=offset), 0.5, cells)


def heatmap(hour: int = 0, camera: str = "front-door", **cells: int) -> HeatmapCounts:
    """`heatmap(c12=3)` counts three frames in cell 12."""
    counts = {int(cell[1:]): frames for cell, frames in cells.items()}
    return HeatmapCounts(camera, HOUR + timedelta(hours=hour), counts)
