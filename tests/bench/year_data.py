"""A database of a simulated year, made inside the engine: motion events, segments, gaps, activity, heatmaps.

Sixteen cameras record all day in segments of a minute, and each sees something every fifty seconds (10 million events):
a busy street, more than most will ever have. Months are inserted one after another, as they would have come.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exporters.clickhouse.client import Database

CAMERAS = 16
SITE = "home"
END = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; the year's end is always `END`."""

    events: int
    days: int

    @property
    def start(self) -> datetime:
        return END - timedelta(days=self.days)

    @property
    def months(self) -> Iterator[tuple[datetime, float]]:
        """When each stretch begins, and for how many days it lasts."""
        for first in range(0, self.days, 30):
            yield self.start + timedelta(days=first), min(30, self.days - first)


YEAR = Size(10_000_000, 365)
SMALL = Size(100_000, 4)
"""As dense as the year."""

_ZONES = "[['porch'], ['lawn'], ['porch', 'lawn'], []]"
_CAMERA = f"concat('camera-', leftPad(toString(number % {CAMERAS}), 2, '0'))"
_MOMENT = "toDateTime64({start:String}, 3, 'UTC')"


def _spread(seconds: str = "{seconds:Float64}", rows: str = "{rows:UInt64}") -> str:
    """Row after row through the stretch, so that each camera's rows lie evenly in it, within a few seconds."""
    return f"{_MOMENT} + toIntervalMillisecond(toInt64((number + rand(1) % {CAMERAS}) * 1000 * {seconds} / {rows}))"


_EVENTS = f"""INSERT INTO motion_events
SELECT '{SITE}', {_CAMERA}, generateUUIDv4(number), {_spread()} AS began, began + toIntervalSecond(2 + rand(2) % 18),
0.01 + rand(3) % 1000 / 2000, 0.1, 0.2, 0.3, 0.4, {_ZONES}[1 + rand(4) % 4], began - toIntervalSecond(5),
began + toIntervalSecond(25), toUnixTimestamp64Milli(began) FROM numbers({{rows:UInt64}})"""

_SEGMENTS = f"""INSERT INTO segments (site, camera, id, start, duration_seconds, size_bytes, path, codec, width, height,
complete, version)
SELECT '{SITE}', {_CAMERA}, concat({_CAMERA}, '-', formatDateTime(began, '%Y%m%dT%H%i%S.000Z')) AS name,
{_MOMENT} + toIntervalSecond(60 * intDiv(number, {CAMERAS})) AS began, 60, 7500000 + rand(1) % 1000000,
concat(name, '.mp4'), 'h264', 1920, 1080, true, 1099511687776 FROM numbers({{rows:UInt64}})"""

_GAPS = f"""INSERT INTO gaps
SELECT '{SITE}', {_CAMERA}, {_spread()} AS began, began + toIntervalSecond(2 + rand(2) % 30),
['eof', 'stalled', 'refused'][1 + rand(3) % 3], toUnixTimestamp64Milli(began) FROM numbers({{rows:UInt64}})"""

_ACTIVITY = f"""INSERT INTO activity
SELECT '{SITE}', {_CAMERA}, toDateTime({_spread()}), 0.01 + rand(2) % 1000 / 2000,
arrayMap(one -> toUInt16(rand(3) % 500 + one), range(5 + rand(4) % 20)) FROM numbers({{rows:UInt64}})"""

_HEATMAP = f"""INSERT INTO heatmap
SELECT '{SITE}', {_CAMERA}, toDateTime({_MOMENT}) + toIntervalHour(intDiv(number, {CAMERAS * 300})) AS hour,
(intDiv(number, {CAMERAS}) % 300) * 7 % 3600 + cityHash64(hour) % 5, 1 + rand(2) % 40 FROM numbers({{rows:UInt64}})"""


async def fill(database: Database, size: Size) -> None:
    """All tables. Heatmaps: 300 cells of each hour; activity: three seconds of each event."""
    for start, days in size.months:
        share = days / size.days
        await _insert(database, _EVENTS, start, days, int(size.events * share))
        await _insert(database, _ACTIVITY, start, days, int(3 * size.events * share))
        await _insert(database, _SEGMENTS, start, days, int(days * 1440 * CAMERAS))
        await _insert(database, _GAPS, start, days, int(days * 2 * CAMERAS))
        await _insert(database, _HEATMAP, start, days, int(days * 24 * CAMERAS * 300))
    await database.command("OPTIMIZE TABLE heatmap FINAL")  # as the merges of a year have left it
    for number in range(60):
        await _insert(database, _HEATMAP.replace("% 40", f"% {number + 1}"), END - timedelta(hours=1), 0, CAMERAS * 50)


async def _insert(database: Database, statement: str, start: datetime, days: float, rows: int) -> None:
    text = statement.replace("{start:String}", f"'{start:%Y-%m-%d %H:%M:%S}'")
    text = text.replace("{seconds:Float64}", f"{days * 86400:.1f}").replace("{rows:UInt64}", str(rows))
    await database.command(f"{text} SETTINGS max_block_size = 65536, throw_on_max_partitions_per_insert_block = 0")
