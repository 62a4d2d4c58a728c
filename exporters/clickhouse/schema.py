"""The tables, as numbered steps that lead from any earlier schema to this one; running them again changes nothing.

Every table begins with `site`, so that several recorders share one server. Rows that change (an event or gap that
closes, a segment that is completed) are replaced by the one with the highest `version`: read them with `FINAL`.
"""

from exporters.clickhouse.client import Database
from nvr.errors import DatabaseError

_DURABLE = """SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1, concurrent_part_removal_threshold = 100000"""
"""Without the first two a power cut takes rows that were acknowledged; the third makes a repeated insert harmless.

The last keeps the embedded engine from starting a hundred threads, which it never ends, to remove a hundred old parts.
"""

_VERSION_TABLE = f"""CREATE TABLE IF NOT EXISTS schema_version (
    version UInt32,
    applied DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = MergeTree ORDER BY version {_DURABLE}"""

_FIRST = (
    f"""CREATE TABLE IF NOT EXISTS segments (
    site LowCardinality(String),
    camera LowCardinality(String),
    id String,
    start DateTime64(3, 'UTC'),
    duration_seconds Float64,
    size_bytes UInt64,
    path String,
    codec LowCardinality(String),
    width UInt16,
    height UInt16,
    complete Bool,
    version UInt64
) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(start) ORDER BY (site, camera, start, id) {_DURABLE}""",
    f"""CREATE TABLE IF NOT EXISTS gaps (
    site LowCardinality(String),
    camera LowCardinality(String),
    start DateTime64(3, 'UTC'),
    end Nullable(DateTime64(3, 'UTC')),
    cause LowCardinality(String),
    version UInt64
) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(start) ORDER BY (site, camera, start) {_DURABLE}""",
    f"""CREATE TABLE IF NOT EXISTS motion_events (
    site LowCardinality(String),
    camera LowCardinality(String),
    id UUID,
    start DateTime64(3, 'UTC'),
    end Nullable(DateTime64(3, 'UTC')),
    peak Float32,
    box_x Float32,
    box_y Float32,
    box_width Float32,
    box_height Float32,
    zones Array(LowCardinality(String)),
    footage_start DateTime64(3, 'UTC'),
    footage_end Nullable(DateTime64(3, 'UTC')),
    version UInt64
) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(start) ORDER BY (site, camera, start, id) {_DURABLE}""",
    f"""CREATE TABLE IF NOT EXISTS activity (
    site LowCardinality(String),
    camera LowCardinality(String),
    second DateTime('UTC'),
    score Float32,
    cells Array(UInt16)
) ENGINE = MergeTree PARTITION BY toYYYYMMDD(second) ORDER BY (site, camera, second) {_DURABLE}""",
    f"""CREATE TABLE IF NOT EXISTS heatmap (
    site LowCardinality(String),
    camera LowCardinality(String),
    hour DateTime('UTC'),
    cell UInt16,
    frames UInt64
) ENGINE = SummingMergeTree(frames) PARTITION BY toYYYYMM(hour) ORDER BY (site, camera, hour, cell) {_DURABLE}""",
    f"""CREATE TABLE IF NOT EXISTS tombstones (
    site LowCardinality(String),
    camera LowCardinality(String),
    id String,
    start DateTime64(3, 'UTC'),
    duration_seconds Float64,
    size_bytes UInt64,
    path String,
    deleted DateTime64(3, 'UTC'),
    policy LowCardinality(String)
) ENGINE = ReplacingMergeTree(deleted) PARTITION BY toYYYYMM(start) ORDER BY (site, camera, start, id) {_DURABLE}""",
    f"""CREATE TABLE IF NOT EXISTS alerts (
    site LowCardinality(String),
    fingerprint String,
    alertname LowCardinality(String),
    camera LowCardinality(String),
    severity LowCardinality(String),
    start DateTime64(3, 'UTC'),
    end Nullable(DateTime64(3, 'UTC')),
    labels Map(LowCardinality(String), String),
    annotations Map(LowCardinality(String), String),
    version UInt64
) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(start) ORDER BY (site, alertname, start, fingerprint)
{_DURABLE}""",
    f"""CREATE TABLE IF NOT EXISTS annotations (
    site LowCardinality(String),
    camera LowCardinality(String),
    id UUID,
    start DateTime64(3, 'UTC'),
    end Nullable(DateTime64(3, 'UTC')),
    tags Array(LowCardinality(String)),
    text String,
    author String,
    version UInt64
) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(start) ORDER BY (site, camera, start, id) {_DURABLE}""",
)

_CLOCKS = (
    "ALTER TABLE segments ADD COLUMN IF NOT EXISTS clock_step_seconds Float64 AFTER complete",
    "ALTER TABLE segments ADD COLUMN IF NOT EXISTS clock_offset_seconds Float64 AFTER clock_step_seconds",
)

_ENDS = (
    "ALTER TABLE motion_events ADD INDEX IF NOT EXISTS ends `end` TYPE minmax GRANULARITY 1",
    "ALTER TABLE motion_events MATERIALIZE INDEX ends",
)
"""What reaches into a time, and what has no end, is found without reading all that began before."""

_PROMISES = ("ALTER TABLE tombstones ADD COLUMN IF NOT EXISTS promised_seconds Nullable(Float64) AFTER policy",)

_LIVES = (
    "ALTER TABLE alerts ADD COLUMN IF NOT EXISTS acknowledged Nullable(DateTime64(3, 'UTC')) AFTER annotations",
    "ALTER TABLE alerts ADD COLUMN IF NOT EXISTS acknowledged_by String AFTER acknowledged",
    """ALTER TABLE alerts ADD COLUMN IF NOT EXISTS deliveries Array(Tuple(channel String, status String, outcome String,
    time DateTime64(3, 'UTC'), error String)) AFTER acknowledged_by""",
)
"""Who took an alert up, and whom it was told to."""

_DAYS = (
    "ALTER TABLE heatmap MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild'",
    """ALTER TABLE heatmap ADD PROJECTION IF NOT EXISTS days
    (SELECT site, camera, toDate(hour), cell, sum(frames) GROUP BY site, camera, toDate(hour), cell)""",
    "ALTER TABLE heatmap MATERIALIZE PROJECTION days",
)
"""Heatmaps of many days are added up from days. Unlike a materialised view's, these sums are part of their rows: a
repeated insert that changes nothing changes nothing of them."""

MIGRATIONS = (_FIRST, _CLOCKS, _ENDS, _PROMISES, _LIVES, _DAYS)
"""Step n leads from schema n to schema n + 1. Never change one that was released: add the next."""

TIME_COLUMNS = {
    "segments": "start",
    "gaps": "start",
    "motion_events": "start",
    "activity": "second",
    "heatmap": "hour",
    "tombstones": "deleted",
    "alerts": "start",
    "annotations": "start",
}
"""What each table's age is counted from."""


async def create_schema(database: Database, *, keep_days: int | None = None) -> None:
    """Bring the tables to this version and rows to the age they may reach; None keeps them for ever."""
    await database.command(_VERSION_TABLE)
    found = await version(database)
    if found > len(MIGRATIONS):
        raise DatabaseError(
            f"the database at {database.dsn} has schema {found}, this program knows {len(MIGRATIONS)}",
            hint="install the newer nvr that wrote it, or point database.dsn elsewhere",
        )
    for number, statements in enumerate(MIGRATIONS[found:], found + 1):
        for statement in statements:
            await database.command(statement)
        await database.command(f"INSERT INTO schema_version (version) VALUES ({number})")
    for table, column in TIME_COLUMNS.items():
        await _keep(database, table, column, keep_days)


async def version(database: Database) -> int:
    """The schema that the database has; 0 where it has none."""
    ((found,),) = await database.query("SELECT max(version) FROM schema_version")
    return int(found)


async def _keep(database: Database, table: str, column: str, days: int | None) -> None:
    found = await database.query(
        "SELECT engine_full FROM system.tables WHERE database = {database:String} AND name = {table:String}",
        {"database": database.dsn.database, "table": table},
    )
    if not found:
        hint = "drop the table schema_version too: whatever is missing is then made anew, empty"
        raise DatabaseError(f"the table {table} is missing from the database at {database.dsn}", hint=hint)
    ((engine,),) = found
    wanted = f"TTL toDateTime({column}) + toIntervalDay({days})"
    if days is None and " TTL " in engine:
        await database.command(f"ALTER TABLE {table} REMOVE TTL")
    elif days is not None and wanted not in engine:
        await database.command(f"ALTER TABLE {table} MODIFY {wanted}")
